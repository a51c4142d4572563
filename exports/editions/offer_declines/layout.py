"""layout(): what the offer-decline report says about its numbers, as a Document for every channel."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC
from zoneinfo import ZoneInfo

from exports.document import ties, words
from exports.document.charts import ShareBar, ShareChart
from exports.document.model import Block, Bullet, Bullets, Cell, Column, Document, Frame, Picture, Section, Table
from exports.editions.absence import NotLoaded
from exports.editions.offer_declines.view import Followup, OfferDeclines, ReasonShare
from exports.editions.offers_by_quarter import acceptance_picture, acceptance_table
from exports.editions.requisitions import requisition_names

TITLE = "Why candidates declined offers"
LISTED_FOLLOWUPS = 12
SHOWN_REASONS = 10


def layout(view: OfferDeclines, frame: Frame) -> Document:
    """The report in words. The quarter is part of title and subject; the day too, because a quarter is reported more than once."""
    title = frame.title or TITLE
    period = words.quarter(view.quarter) if view.quarter else "offers not loaded" if view.not_loaded else "no offers yet"
    headline = _headline(view)
    return Document(
        subject=f"{title}: {period}, as of {words.day(view.data_on)}" + (f" ({view.scope})" if view.scope else ""),
        title=title,
        company=view.company,
        period=f"{period}, as of {words.day(view.data_on)}",
        scope=view.scope,
        headline=headline,
        preheader=headline,
        # Every section is about offers: without them the headline says it all.
        sections=() if view.not_loaded else tuple(section for name in view.sections if (section := SECTIONS[name](view)) is not None),
        footer=words.provenance_lines(view.provenance, ()),
        notice=words.note(frame.notice, view.provenance),
    )


def _for_scope(view: OfferDeclines) -> str:
    return f"for {view.scope} " if view.scope else ""


def _headline(view: OfferDeclines) -> str:
    if view.not_loaded:
        return view.not_loaded.words
    if view.quarter is None:
        return f"No data, because no offer {_for_scope(view)}has been extended yet."
    sentence = (
        f"{words.plural(view.declined_in_quarter, 'offer was', 'offers were').capitalize()} declined in {words.quarter(view.quarter)}"
    )
    sentence += (
        ", as many as the quarter before"
        if view.declined_in_quarter == view.declined_in_prior_quarter
        else f", after {view.declined_in_prior_quarter or 'none'} the quarter before"
    )
    most = _most_named(view)
    return f"{sentence}; most often for {most}." if most else f"{sentence}."


def _most_named(view: OfferDeclines) -> str:
    """The specific reasons that most declines of the quarter gave."""
    return ties.leaders((row.reason_name, row.declined_count) for row in view.reasons if row.reason_code != "unknown")


def _acceptance(view: OfferDeclines) -> Section:
    title = "Offer acceptance by quarter"
    if not view.quarters:
        return Section("acceptance", title, f"No data, because no offer {_for_scope(view)}has been extended yet.")
    picture = acceptance_picture(view.quarters)
    table = acceptance_table(view.quarters)
    rated = [q for q in view.quarters if q.acceptance_rate is not None]
    meaning = "No offer has been decided yet."
    if rated:
        latest = rated[-1]
        meaning = (
            f"{words.percent(latest.acceptance_rate)} of the decided offers first extended in {words.quarter(latest.quarter)} were accepted "
            f"({latest.accepted_count} of {latest.decided_count})"
        )
        meaning += f", after {words.percent(rated[-2].acceptance_rate)} in {words.quarter(rated[-2].quarter)}." if len(rated) > 1 else "."
        if latest.open_count:
            meaning += f" {words.plural(latest.open_count, 'is', 'are').capitalize()} still open and may change it."
    return Section("acceptance", title, meaning, (picture, table) if picture else (table,))


def _reasons(view: OfferDeclines) -> Section:
    title = "Reasons, and how they shifted"
    if not view.reasons or view.quarter is None:
        return Section("reasons", title, f"No data, because nobody {_for_scope(view)}declined an offer in the quarters shown.")
    shown = view.reasons[:SHOWN_REASONS]
    table = Table(
        f"Declines of {words.quarter(view.quarter)} by reason, with the share of the quarter before",
        (Column("Reason"), Column("Declines", True), Column("Share", True), Column("Shift", True)),
        tuple(
            (
                Cell(row.reason_name),
                Cell(words.count(row.declined_count)),
                Cell(words.percent(row.share_rate)),
                Cell(
                    _shift(row), f"from {words.percent(row.prior_quarter_share_rate)}" if row.prior_quarter_share_rate is not None else ""
                ),
            )
            for row in shown
        ),
        f"and {words.plural(len(view.reasons) - len(shown), 'more reason')}" if len(view.reasons) > len(shown) else "",
    )
    blocks: list[Block] = [table]
    if len(shown) >= 2:
        alt = f"Decline reasons in {words.quarter(view.quarter)}: " + "; ".join(
            f"{row.reason_name} {words.percent(row.share_rate)}" for row in shown
        )
        bars = tuple(ShareBar(r.reason_name, r.share_rate, r.prior_quarter_share_rate or 0.0, words.percent(r.share_rate)) for r in shown)
        blocks.insert(0, Picture("decline_reasons", alt, ShareChart(bars, words.quarter(view.quarter), "the quarter before")))
    grown = [r for r in view.reasons if r.prior_quarter_share_rate is not None and _points(r) > 0]
    most = _most_named(view)
    declines = words.plural(view.declined_in_quarter, "decline")
    meaning = f"Most often named among {declines}: {most}." if most else f"No specific reason stands out among {declines}."
    if grown:
        top = ties.at_the_top(sorted(grown, key=lambda row: (-_points(row), row.reason_name)), _points)
        by = f"from {words.percent(top[0].prior_quarter_share_rate)} to {words.percent(top[0].share_rate)}"
        by = by if len(top) == 1 else f"by {words.plural(_points(top[0]), 'point')} each"
        meaning += f" {ties.named([row.reason_name for row in top])} grew most: {by} of declines."
    if view.declined_in_quarter < 10:
        meaning += f" With {declines}, shifts of a few points can be chance."
    return Section("reasons", title, meaning, tuple(blocks))


def _points(row: ReasonShare) -> int:
    """By how many points the share shifted, as printed."""
    return int(words.half_up((row.share_rate - (row.prior_quarter_share_rate or 0.0)) * 100))


def _shift(row: ReasonShare) -> str:
    if row.prior_quarter_share_rate is None:
        return "–"
    points = _points(row)
    return f"{points:+} points" if points else "unchanged"


def _departments(view: OfferDeclines) -> Section | None:
    title = "By department"
    if view.departments is None:
        return None
    if isinstance(view.departments, NotLoaded):
        return view.departments.section("departments", title)
    if not view.departments or view.quarter is None:
        when = f"in {words.quarter(view.quarter)}" if view.quarter else "yet"
        return Section("departments", title, f"No data, because no department has extended an offer {when}.")
    table = Table(
        f"Offers first extended in {words.quarter(view.quarter)} by department; reason: the one given most often in the quarter",
        (Column("Department"), Column("Accepted", True), Column("Most common reason")),
        tuple(
            (
                Cell(row.department_name, f"{row.declined_count} declined, {row.expired_count} expired"),
                Cell(
                    words.percent(row.acceptance_rate),
                    f"{row.accepted_count} of {row.accepted_count + row.declined_count + row.expired_count}",
                ),
                Cell(row.top_reason_names or "–"),
            )
            for row in view.departments
        ),
    )
    most = ties.leaders((row.department_name, row.declined_count + row.expired_count) for row in view.departments)
    meaning = f"The most offers were declined or expired in {most}." if most else "No department stands out for declined or expired offers."
    return Section("departments", title, meaning, (table,))


def _followups(view: OfferDeclines) -> Section:
    title = "Declines without a specific reason"
    if not view.declined_count:
        return Section("followups", title, f"No data, because no offer {_for_scope(view)}has been declined yet.")
    specific = f"{words.percent(view.specific_rate)} of all declines carry a specific reason. " if view.specific_rate is not None else ""
    if not view.followups:
        answered = f"; {words.plural(view.answered_followups, 'was', 'were')} asked and answered" if view.answered_followups else ""
        return Section("followups", title, f"{specific}No decline is missing a reason{answered}.")
    zone = ZoneInfo(view.provenance.time_zone)
    shown = view.followups[:LISTED_FOLLOWUPS]
    items = tuple(
        Bullet(
            f"{_recruiter(view, row)}: {name}, declined {words.day(row.declined_at.replace(tzinfo=UTC).astimezone(zone))}",
            f"recorded as {row.reason_source_name or 'nothing'}{', which has no code' if row.is_unmapped else ''}; open for {words.plural(int(row.hours_open // 24), 'day')}",
        )
        for row, name in zip(shown, requisition_names(shown, has_jobs=view.has_jobs), strict=True)
    )
    hidden = len(view.followups) - len(items)
    unasked = [row for row in view.followups if not row.is_unmapped]
    uncoded = len(view.followups) - len(unasked)
    meanings = (
        f"{words.plural(len(unasked), 'decline')} said “Other” or nothing, and nobody has recorded why." if unasked else "",
        f"{words.plural(uncoded, 'decline gives', 'declines give')} a reason that has no code." if uncoded else "",
    )
    names = words.listed(sorted({row.recruiter_name for row in unasked if row.recruiter_name})[:6])
    steps = (
        f"{names or 'The recruiters named above'}: ask the candidate and record the reason in the applicant tracking system."
        if unasked
        else "",
        "Who keeps the mappings: give the reason a code (funnelcast mappings)." if uncoded else "",
    )
    return Section(
        "followups",
        title,
        specific + " ".join(filter(None, meanings)),
        (Bullets(items, f"and {words.plural(hidden, 'more decline')}" if hidden > 0 else ""),),
        " ".join(filter(None, steps)),
    )


def _recruiter(view: OfferDeclines, row: Followup) -> str:
    if row.recruiter_name or not row.has_recruiter:
        return row.recruiter_name or "No recruiter named"
    return "A recruiter who is not in the list of users" if view.has_users else "A recruiter whose name is not loaded"


#: The sections, in the order of a report that chooses none. A new section is one function above and one line here.
SECTIONS: dict[str, Callable[[OfferDeclines], Section | None]] = {
    "acceptance": _acceptance,
    "reasons": _reasons,
    "departments": _departments,
    "followups": _followups,
}
