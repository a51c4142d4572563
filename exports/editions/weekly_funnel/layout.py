"""layout(): what the weekly funnel says about its numbers, as a Document for every channel."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC
from zoneinfo import ZoneInfo

from exports.document import words
from exports.document.charts import FunnelBar, FunnelChart, IntervalBar, IntervalChart
from exports.document.model import Block, Bullet, Bullets, Cell, Column, Document, Figures, Frame, Picture, Section, Table
from exports.editions.offers_by_quarter import acceptance_table
from exports.editions.weekly_funnel.view import FunnelRow, StageTime, WeeklyFunnel

TITLE = "Weekly hiring funnel"
NAMED_OWNERS = 8
LISTED_OFFERS = 6


def layout(view: WeeklyFunnel, frame: Frame) -> Document:
    """The report in words. Every section says what its numbers mean; where something is to be done, who does it."""
    period = f"{words.day_range(view.first_day, view.last_day)} (week {view.first_day.isocalendar().week})"
    title = frame.title or TITLE
    headline = _headline(view)
    return Document(
        subject=f"{title}: {words.day_range(view.first_day, view.last_day)}" + (f" ({view.scope})" if view.scope else ""),
        title=title,
        company=view.company,
        period=period,
        scope=view.scope,
        headline=headline,
        preheader=headline,
        sections=tuple(SECTIONS[name](view) for name in view.sections),
        footer=words.provenance_lines(view.provenance, _coverage_lines(view)),
        notice=words.note(frame.notice, view.provenance),
    )


def _headline(view: WeeklyFunnel) -> str:
    now, before = view.week, view.week_before
    if not view.funnel and not any(vars(now).values()):
        return f"No data for this week, because nothing is recorded {_where(view)}up to {words.day(view.last_day)}."
    hires = words.plural(now.hires, "hire").capitalize()
    compared = f"after {before.hires or 'none'} the week before"
    return (
        f"{hires} in the week, {compared}; {words.plural(now.new_applications, 'new application')}, "
        f"{words.count(now.advanced)} moved forward, {words.plural(now.offers_extended, 'offer')} extended and {now.offers_accepted} accepted."
    )


def _where(view: WeeklyFunnel) -> str:
    return f"for {view.scope} " if view.scope else ""


def _week(view: WeeklyFunnel) -> Section:
    now, before, label = view.week, view.week_before, "the week before"
    if not any(vars(now).values()) and not any(vars(before).values()):
        return Section(
            "week", "The week in numbers", f"No data, because no application, offer or hire {_where(view)}is dated in these two weeks."
        )
    figures = Figures(
        (
            words.figure("New applications", now.new_applications, before.new_applications, label),
            words.figure("Moved forward", now.advanced, before.advanced, label),
            words.figure("Hires", now.hires, before.hires, label),
            words.figure("Offers extended", now.offers_extended, before.offers_extended, label),
            words.figure("Offers accepted", now.offers_accepted, before.offers_accepted, label),
            words.figure("Offers declined", now.offers_declined, before.offers_declined, label),
        )
    )
    return Section("week", "The week in numbers", _movement(now.new_applications, before.new_applications), (figures,))


def _movement(now: int, before: int) -> str:
    if now == before:
        return f"As many people applied as the week before ({words.count(now)})."
    word = "more" if now > before else "fewer"
    share = f" ({words.percent(abs(now - before) / before)})" if before else ""
    return f"{words.plural(abs(now - before), word + ' application', word + ' applications')}{share} than the week before."


def _next_steps(view: WeeklyFunnel) -> Section:
    title = "Who has the next step"
    if not view.owners:
        return Section("next_steps", title, f"Nobody has to act, because no active candidate {_where(view)}needs an action.")
    overdue = sum(owner.overdue_count for owner in view.owners)
    waiting = sum(owner.total for owner in view.owners)
    table = Table(
        "Candidates waiting for someone, by who has to act",
        (Column("Owner"), Column("Waiting", True), Column("Overdue", True)),
        tuple(
            (Cell(owner.owner_name, _needs(owner.decision_count, owner.scheduling_count, owner.feedback_count, owner.attention_count)),
             Cell(words.count(owner.total)), Cell(words.count(owner.overdue_count)))
            for owner in view.owners[:NAMED_OWNERS]
        ),
        _rest(len(view.owners) - NAMED_OWNERS, "more person", "more people"),
    )  # fmt: skip
    blocks: list[Block] = [table]
    if view.stuck:
        blocks.append(
            Bullets(
                tuple(
                    Bullet(
                        f"{row.job_name}, {row.stage_name}: {row.stuck_count} of {row.waiting_count} have waited longer than usual",
                        f"longest {words.days(row.longest_days)}; next step: {row.owner_name or 'no owner named'}",
                    )
                    for row in view.stuck
                )
            )
        )
    first = view.owners[0]
    return Section(
        "next_steps",
        title,
        f"{words.plural(waiting, 'candidate waits', 'candidates wait')} for an action, {words.count(overdue)} of them overdue."
        + (" Below the table: where candidates have waited longer than three in four did." if view.stuck else ""),
        tuple(blocks),
        f"{first.owner_name} has the most overdue ({first.overdue_count})." if first.overdue_count else "",
    )


def _needs(decision: int, scheduling: int, feedback: int, attention: int) -> str:
    parts = ((decision, "to decide"), (scheduling, "to schedule"), (feedback, "awaiting feedback"), (attention, "to look at"))
    return ", ".join(f"{number} {what}" for number, what in parts if number)


def _rest(hidden: int, one: str, many: str) -> str:
    return f"and {words.plural(hidden, one, many)}" if hidden > 0 else ""


def _funnel(view: WeeklyFunnel) -> Section:
    title = "The funnel, applied in the last 12 months"
    rows = tuple(row for row in view.funnel if row.stage_code != "hired")
    hired = next((row.reached_count for row in view.funnel if row.stage_code == "hired"), None)
    if not rows:
        return Section("funnel", title, f"No data, because nobody {_where(view)}applied in the last 12 months.")
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
        meaning += f" The narrowest step is {narrowest.stage_name}: {words.percent(narrowest.adjusted_rate)} are projected to pass it."
    return Section("funnel", title, meaning, (picture, table))


def _funnel_words(row: FunnelRow) -> str:
    return (
        f"{words.count(row.advanced_count)} of {words.count(row.reached_count)} advanced, {words.count(row.waiting_count)} waiting; "
        f"so far {words.percent(row.reached_rate)}, decided only {words.percent(row.resolved_rate)}"
    )


def _narrowest(rows: tuple[FunnelRow, ...]) -> FunnelRow | None:
    """The step after `applied` (which is meant to select) with the lowest projected rate, among those with ten people or more."""
    judged = [row for row in rows if row.stage_code != "applied" and row.adjusted_rate is not None and row.reached_count >= 10]
    return min(judged, key=lambda row: row.adjusted_rate or 0.0, default=None)


def _times(view: WeeklyFunnel) -> Section:
    title = "Time in stage"
    rows = tuple(row for row in view.times if row.median_days is not None)
    if not rows:
        return Section("time_in_stage", title, "No data, because no stage visit has a known length.")
    slowest = max(rows, key=lambda row: row.median_days or 0.0)
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
    meaning = f"Candidates stay longest at {slowest.stage_name}: half of them longer than {words.days(slowest.median_days)}."
    if view.hire_times:
        latest = view.hire_times[0]
        meaning += f" Hires accepted in {latest.month:%B %Y} ({latest.n_count}) took a median of {words.days(latest.median_days)} from application."
    return Section("time_in_stage", title, meaning, tuple(blocks))


def _time_bar(row: StageTime) -> IntervalBar:
    middle, high = row.median_days or 0.0, row.p90_days or 0.0
    return IntervalBar(row.stage_name, middle, middle, high, words.days(middle))


def _offers(view: WeeklyFunnel) -> Section:
    title = "Offers"
    if not view.quarters:
        return Section("offers", title, f"No data, because no offer {_where(view)}has been extended yet.")
    latest = view.quarters[-1]
    if latest.decided_count:
        meaning = (
            f"Of the decided offers first extended in {words.quarter(latest.quarter)}, {latest.accepted_count} of {latest.decided_count} "
            f"were accepted ({words.percent(latest.acceptance_rate)}); {words.of_them(latest.open_count, 'is', 'are')} still open."
        )
    else:
        meaning = f"No offer of {words.quarter(latest.quarter)} has been decided yet ({latest.extended_count} extended)."
    blocks: list[Block] = [acceptance_table(view.quarters)]
    if view.open_offers:
        blocks.append(
            Bullets(
                tuple(
                    Bullet(f"{offer.job_name}: open for {words.plural((view.provenance.as_of - offer.extended_at.replace(tzinfo=UTC)).days, 'day')}",
                           f"extended {offer.extended_at.replace(tzinfo=UTC).astimezone(ZoneInfo(view.provenance.time_zone)):%d %B}; next step: {offer.recruiter_name or 'no recruiter named'}")
                    for offer in view.open_offers[:LISTED_OFFERS]
                ),
                _rest(len(view.open_offers) - LISTED_OFFERS, "more open offer", "more open offers"),
            )
        )  # fmt: skip
    return Section("offers", title, meaning, tuple(blocks))


def _forecast(view: WeeklyFunnel) -> Section:
    title = "Open pipeline and expected hires"
    rows = tuple(row for row in view.forecast if row.active_count or row.needed_for_one_hire)
    if not rows:
        return Section("forecast", title, f"No data, because {view.scope or 'the company'} has no active pipeline to forecast.")
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
        f"rates of the last 12 months{beside}.",
        (table,),
    )


def _sources(view: WeeklyFunnel) -> Section:
    title = "Where hires come from"
    if not view.sources:
        return Section("sources", title, f"No data, because nobody {_where(view)}has been hired yet.")
    first = view.sources[0]
    table = Table(
        f"Hires among those who applied in {words.quarter(first.quarter)}, by source",
        (Column("Source"), Column("Hires", True), Column("Of all hires", True)),
        tuple(
            (
                Cell(row.source_name, words.plural(row.applications_count, "application")),
                Cell(words.count(row.hires_count)),
                Cell(words.percent(row.hire_share_rate)),
            )
            for row in view.sources
        ),
    )
    return Section("sources", title, f"{first.source_name} brought the most: {words.plural(first.hires_count, 'hire')} so far among those who applied in {words.quarter(first.quarter)}.", (table,))  # fmt: skip


def _outreach(view: WeeklyFunnel) -> Section:
    title = "Outreach content that gets replies"
    if not view.links:
        return Section("outreach", title, "No data, because no link in outreach messages has been clicked by ten people yet.")
    best = view.links[0]
    table = Table(
        "Links by replies per person who clicked; without scheduling and LinkedIn links; the whole company",
        (Column("Link"), Column("Replied of clicked", True)),
        tuple(
            (
                Cell(row.link, f"sent to {words.count(row.recipients_count)}"),
                Cell(
                    words.percent(row.replied_rate_per_clicked),
                    f"{words.count(row.replied_and_clicked_count)} of {words.count(row.clicked_count)}",
                ),
            )
            for row in view.links
        ),
    )
    return Section("outreach", title, f"{words.percent(best.replied_rate_per_clicked)} of those who clicked {best.link} replied.", (table,))


def _coverage_lines(view: WeeklyFunnel) -> tuple[str, ...]:
    if not view.coverage:
        return ("Data coverage: no source has been loaded.",)
    zone = view.provenance.time_zone
    parts = [
        f"{row.source_system} loaded to {words.instant(row.newest_loaded_at.replace(tzinfo=UTC), zone) if row.newest_loaded_at else 'never'}"
        + (f", {words.plural(row.unmapped_count, 'unmapped value')}" if row.unmapped_count else "")
        for row in view.coverage
    ]
    return (f"Data coverage: {'; '.join(parts)}.",)


#: The sections, in the order of a report that chooses none. A new section is one function above and one line here.
SECTIONS: dict[str, Callable[[WeeklyFunnel], Section]] = {
    "week": _week,
    "next_steps": _next_steps,
    "funnel": _funnel,
    "time_in_stage": _times,
    "offers": _offers,
    "forecast": _forecast,
    "sources": _sources,
    "outreach": _outreach,
}
