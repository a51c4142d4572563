"""The weekly funnel in words: the funnel, time in stage, and what is expected of those who are active."""

from __future__ import annotations

from exports.document import ties, words
from exports.document.charts import FunnelBar, FunnelChart, IntervalBar, IntervalChart
from exports.document.model import Block, Cell, Column, Picture, Section, Table
from exports.editions.absence import NotLoaded
from exports.editions.weekly_funnel.view import ForecastRow, FunnelRow, StageTime, WeeklyFunnel
from exports.editions.weekly_funnel.words_week import for_scope


def funnel(view: WeeklyFunnel) -> Section:
    title = "The funnel, applied in the last 12 months"
    if isinstance(view.funnel, NotLoaded):
        return view.funnel.section("funnel", title)
    rows = tuple(row for row in view.funnel if row.stage_code != "hired")
    hired = next((row.reached_count for row in view.funnel if row.stage_code == "hired"), None)
    if not rows:
        why = f"nobody {for_scope(view)}applied in the last 12 months"
        if view.standing.applied_count:
            applied = words.plural(view.standing.applied_count, "application")
            why = f"none of the {applied} {for_scope(view)}of the last 12 months has reached a stage that this report shows"
        return Section("funnel", title, f"No data, because {why}.")
    table = Table(
        "Passthrough by stage: counts first, then the rate projected once those waiting are decided, with its 95% interval",
        (Column("Stage"), Column("Projected", True)),
        tuple(
            (Cell(row.stage_name, _funnel_words(row)), Cell(words.percent(row.adjusted_rate), words.interval(row.adjusted_rate_low, row.adjusted_rate_high)))
            for row in rows
        ),
    )  # fmt: skip
    top = rows[0]
    alt = f"Funnel: {'; '.join(f'{row.stage_name} {row.reached_count} reached, {row.advanced_count} advanced' for row in rows)}"
    picture = Picture(
        "funnel", alt, FunnelChart(tuple(FunnelBar(r.stage_name, r.advanced_count, r.waiting_count, r.left_count) for r in rows))
    )
    meaning = f"Of {words.plural(top.reached_count, 'application')} at {top.stage_name}, {words.count(top.advanced_count)} advanced"
    meaning += f" and {words.of_them(hired, 'was', 'were')} hired." if hired is not None else "."
    narrowest = _narrowest(rows)
    if narrowest:
        step = "step is" if len(narrowest) == 1 else "steps are"
        passing = f"{words.percent(narrowest[0].adjusted_rate)} are projected to pass {'it' if len(narrowest) == 1 else 'each'}"
        meaning += f" The narrowest {step} {ties.named([row.stage_name for row in narrowest])}: {passing}."
    if not view.has_visits:
        meaning += " No source brings stage visits: who moved back or left counts at their last known stage only."
    return Section("funnel", title, meaning, (picture, table))


def _funnel_words(row: FunnelRow) -> str:
    return (
        f"{words.count(row.advanced_count)} of {words.count(row.reached_count)} advanced, {words.count(row.waiting_count)} waiting; "
        f"so far {words.percent(row.reached_rate)}, decided only {words.percent(row.resolved_rate)}"
    )


def _narrowest(rows: tuple[FunnelRow, ...]) -> list[FunnelRow]:
    """The steps after `applied` (which is meant to select) with the lowest projected rate as printed, among those with ten people or more."""
    judged = [row for row in rows if row.stage_code != "applied" and row.adjusted_rate is not None and row.reached_count >= 10]
    return (
        ties.at_the_top(sorted(judged, key=lambda row: row.adjusted_rate or 0.0), lambda row: words.percent(row.adjusted_rate))
        if judged
        else []
    )


def times(view: WeeklyFunnel) -> Section:
    title = "Time in stage"
    if isinstance(view.times, NotLoaded):
        return view.times.section("time_in_stage", title)
    rows = tuple(row for row in view.times if row.median_days is not None)
    if not rows:
        return Section(
            "time_in_stage",
            title,
            f"No data, because no visit {for_scope(view)}to a stage{' that this report shows' if view.stages else ''} has a known length.",
        )
    slowest = ties.at_the_top(sorted(rows, key=lambda row: -(row.median_days or 0.0)), lambda row: words.days(row.median_days))
    blocks: list[Block] = []
    shown = tuple(row for row in rows if row.p90_days is not None)
    if len(shown) >= 2:
        blocks.append(
            Picture(
                "time_in_stage",
                "Median days in stage, and the days within which nine in ten leave: "
                + "; ".join(f"{row.stage_name} {words.days(row.median_days)}, P90 {words.days(row.p90_days)}" for row in shown),
                IntervalChart(tuple(_time_bar(row) for row in shown), "days in stage: median, line to the 90th percentile"),
            )
        )
    blocks.append(
        Table(
            "Median and 90th percentile of days in a stage, including candidates who still wait",
            (Column("Stage"), Column("Median", True), Column("9 of 10 within", True), Column("Waiting", True)),
            tuple(
                (
                    Cell(row.stage_name),
                    Cell(words.days(row.median_days)),
                    Cell(words.days(row.p90_days)),
                    Cell(words.count(row.waiting_count)),
                )
                for row in rows
            ),
        )
    )
    where = ties.named([row.stage_name for row in slowest])
    meaning = f"Candidates stay longest at {where}: half of them longer than {words.days(slowest[0].median_days)}."
    latest = view.hire_times[0] if view.hire_times else None
    if latest is not None and latest.median_days is not None:
        meaning += f" Hires accepted in {latest.month:%B %Y} ({latest.n_count}) took a median of {words.days(latest.median_days)} from application."
    return Section("time_in_stage", title, meaning, tuple(blocks))


def _time_bar(row: StageTime) -> IntervalBar:
    middle, high = row.median_days or 0.0, row.p90_days or 0.0
    return IntervalBar(row.stage_name, middle, middle, high, words.days(middle))


def forecast(view: WeeklyFunnel) -> Section | None:
    title = "Open pipeline and expected hires"
    if view.forecast is None:
        return None
    if isinstance(view.forecast, NotLoaded):
        return view.forecast.section("forecast", title)
    rows = tuple(row for row in view.forecast if row.active_count or row.needed_for_one_hire)
    if not rows:
        why = f"{view.scope or 'the company'} has no active pipeline to forecast"
        if view.standing.active_count:
            waiting = words.plural(view.standing.active_count, "active candidate")
            why = f"none of the {waiting} {for_scope(view)}is in a stage of a requisition that can be forecast"
        return Section("forecast", title, f"No data, because {why}.")
    active = sum(row.active_count for row in rows)
    total = rows[0].total_expected_hires
    until = f"by {words.day(view.horizon_on)}" if view.horizon_on else "in time"
    pooled = [row.pooled_expected_hires for row in rows if row.pooled_expected_hires is not None]
    beside = (
        f"; {words.number(sum(pooled))} at the rates of comparable requisitions that have hired, regardless of the date" if pooled else ""
    )
    table = Table(
        "Active candidates per stage, hires expected from them, and how many candidates one hire has taken",
        (Column("Stage"), Column("Active", True), Column("Own rates", True), Column("Comparable", True), Column("Per hire", True)),
        tuple(
            (
                Cell(row.stage_name),
                Cell(words.count(row.active_count)),
                Cell("–" if row.expected_hires is None else words.number(row.expected_hires)),
                Cell("–" if row.pooled_expected_hires is None else words.number(row.pooled_expected_hires)),
                Cell(words.count(row.needed_for_one_hire) if row.needed_for_one_hire is not None else "–"),
            )
            for row in rows
        ),
    )
    return Section(
        "forecast",
        title,
        f"From {words.plural(active, 'active candidate')}, {words.plural(total, 'hire')} can be expected {until} at each requisition's own "
        f"rates of the last 12 months{beside}.{_counted_apart(rows)}",
        (table,),
    )


def _counted_apart(rows: tuple[ForecastRow, ...]) -> str:
    """Who is a hire already, and who is in no stage that is known."""
    pending, unplaced = sum(row.hire_pending_count for row in rows), sum(row.unplaced_count for row in rows)
    return (f" Accepted, not yet marked hired: {words.count(pending)}, each counted as a hire." if pending else "") + (
        f" Unplaced, who bring none: {words.count(unplaced)}. Their stage has no code, they have left it, or no list has their requisition."
        if unplaced
        else ""
    )
