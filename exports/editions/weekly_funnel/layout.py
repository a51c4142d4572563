"""layout(): what the weekly funnel says about its numbers, as a Document for every channel. The sections are in words_*.py."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC

from exports.document import words
from exports.document.model import Document, Frame, Section
from exports.editions.weekly_funnel import words_people, words_results, words_stages, words_week
from exports.editions.weekly_funnel.view import SourceCoverage, WeeklyFunnel

TITLE = "Weekly hiring funnel"


def layout(view: WeeklyFunnel, frame: Frame) -> Document:
    """The report in words. Every section says what its numbers mean; where something is to be done, who does it."""
    period = f"{words.day_range(view.first_day, view.last_day)} (week {view.first_day.isocalendar().week})"
    title = frame.title or TITLE
    headline = words_week.headline(view)
    return Document(
        subject=f"{title}: {words.day_range(view.first_day, view.last_day)}" + (f" ({view.scope})" if view.scope else ""),
        title=title,
        company=view.company,
        period=period,
        scope=view.scope,
        headline=headline,
        preheader=headline,
        sections=tuple(section for name in view.sections if (section := SECTIONS[name](view)) is not None),
        footer=words.provenance_lines(view.provenance, _coverage_lines(view)),
        notice=words.note(frame.notice, view.provenance),
    )


def _coverage_lines(view: WeeklyFunnel) -> tuple[str, ...]:
    if not view.coverage:
        return ("Data coverage: no source has been loaded.",)
    zone = view.provenance.time_zone
    parts = [
        f"{row.source_system} loaded to {words.instant(row.newest_loaded_at.replace(tzinfo=UTC), zone) if row.newest_loaded_at else 'never'}"
        + "".join(f", {words.plural(count, one, many)}" for count, one, many in _oddities(row) if count)
        + (f", ids that name no row: {row.orphan_count:,}" if row.orphan_count else "")
        for row in view.coverage
    ]
    return (f"Data coverage: {'; '.join(parts)}.",)


def _oddities(row: SourceCoverage) -> tuple[tuple[int, str, str], ...]:
    return (
        (row.unmapped_names_count, "name without a code", "names without a code"),
        (row.quarantined_count, "record set aside", "records set aside"),
        (row.unplaced_count, "unplaced candidate", "unplaced candidates"),
        (row.start_date_count, "hire date that is a first day", "hire dates that are first days"),
        (row.contradicted_exit_count, "contradictory exit", "contradictory exits"),
        (row.undated_count, "offer without a date", "offers without a date"),
        (row.out_of_order_count, "end before its start", "ends before their starts"),
    )


#: The sections, in the order of a report that chooses none; None where there is nothing of the kind. A new one is a function and one line here.
SECTIONS: dict[str, Callable[[WeeklyFunnel], Section | None]] = {
    "week": words_week.week,
    "next_steps": words_people.next_steps,
    "funnel": words_stages.funnel,
    "time_in_stage": words_stages.times,
    "offers": words_results.offers,
    "forecast": words_stages.forecast,
    "sources": words_results.sources,
    "outreach": words_results.outreach,
}
