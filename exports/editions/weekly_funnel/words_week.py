"""The weekly funnel in words: the headline and the week in numbers."""

from __future__ import annotations

from exports.document import words
from exports.document.model import Figure, Figures, Section
from exports.editions.absence import NotLoaded
from exports.editions.weekly_funnel.view import WeekCounts, WeeklyFunnel


def headline(view: WeeklyFunnel) -> str:
    now, before = view.week, view.week_before
    if isinstance(now, NotLoaded) or isinstance(before, NotLoaded):
        return NotLoaded(("applications",)).words
    if not view.standing.recorded_count:
        return f"No data for this week, because nothing is recorded {for_scope(view)}up to {words.day(view.last_day)}."
    parts = [words.plural(now.new_applications, "new application")]
    parts += [] if now.advanced is None else [f"{words.count(now.advanced)} moved forward"]
    if now.offers_extended is not None:
        parts.append(f"{words.plural(now.offers_extended, 'offer')} extended and {now.offers_accepted} accepted")
    hires = words.plural(now.hires, "hire").capitalize()
    return f"{hires} in the week, after {before.hires or 'none'} the week before; {', '.join(parts)}."


def for_scope(view: WeeklyFunnel) -> str:
    return f"for {view.scope} " if view.scope else ""


def week(view: WeeklyFunnel) -> Section:
    name, title = "week", "The week in numbers"
    now, before = view.week, view.week_before
    if isinstance(now, NotLoaded) or isinstance(before, NotLoaded):
        return NotLoaded(("applications",)).section(name, title)
    if not any(vars(now).values()) and not any(vars(before).values()):
        dated = "application, offer or hire" if now.offers_extended is not None else "application or hire"
        return Section(name, title, f"No data, because no {dated} {for_scope(view)}is dated in these two weeks.")
    figures = (
        ("New applications", now.new_applications, before.new_applications),
        ("Moved forward", now.advanced, before.advanced),
        ("Hires", now.hires, before.hires),
        ("Offers extended", now.offers_extended, before.offers_extended),
        ("Offers accepted", now.offers_accepted, before.offers_accepted),
        ("Offers declined", now.offers_declined, before.offers_declined),
    )
    return Section(name, title, _movement(now, before), (Figures(tuple(_figure(*figure) for figure in figures)),))


def _figure(label: str, now: int | None, before: int | None) -> Figure:
    return Figure(label, "–", "not loaded") if now is None or before is None else words.figure(label, now, before, "the week before")


def _movement(now: WeekCounts, before: WeekCounts) -> str:
    new, old = now.new_applications, before.new_applications
    if new == old:
        return f"As many people applied as the week before ({words.count(new)})."
    word = "more" if new > old else "fewer"
    share = f" ({words.percent(abs(new - old) / old)})" if old else ""
    return f"{words.plural(abs(new - old), word + ' application', word + ' applications')}{share} than the week before."
