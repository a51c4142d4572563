"""The weekly funnel in words: who has the next step, and where candidates wait longer than usual."""

from __future__ import annotations

from exports.document import ties, words
from exports.document.model import Block, Bullet, Bullets, Cell, Column, Section, Table
from exports.editions.absence import NotLoaded
from exports.editions.requisitions import requisition_names
from exports.editions.weekly_funnel.view import OwnerLoad, StuckJob, WeeklyFunnel
from exports.editions.weekly_funnel.words_week import for_scope

NAMED_OWNERS = 8


def next_steps(view: WeeklyFunnel) -> Section:
    name, title = "next_steps", "Who has the next step"
    owners = view.owners
    if isinstance(owners, NotLoaded):
        return owners.section(name, title)
    if not owners:
        return Section(name, title, f"Nobody has to act, because no active candidate {for_scope(view)}needs an action.")
    overdue = sum(owner.overdue_count for owner in owners)
    waiting = sum(owner.total for owner in owners)
    table = Table(
        "Candidates waiting for someone, by who has to act",
        (Column("Owner"), Column("Waiting", True), Column("Overdue", True)),
        tuple(
            (
                Cell(
                    _owner(view, owner),
                    _needs(owner.decision_count, owner.scheduling_count, owner.feedback_count, owner.attention_count),
                ),
                Cell(words.count(owner.total)),
                Cell(words.count(owner.overdue_count)),
            )
            for owner in owners[:NAMED_OWNERS]
        ),
        words.rest(len(owners) - NAMED_OWNERS, "more person", "more people"),
    )
    blocks: list[Block] = [table]
    stuck = () if isinstance(view.stuck, NotLoaded) else view.stuck
    if stuck:
        names = requisition_names(stuck, has_jobs=view.has_jobs)
        blocks.append(Bullets(tuple(_stuck(view, row, name) for row, name in zip(stuck, names, strict=True))))
    return Section(
        name,
        title,
        f"{words.plural(waiting, 'candidate waits', 'candidates wait')} for an action, {words.count(overdue)} of them overdue."
        + (" Below the table: where candidates have waited longer than three in four did." if stuck else ""),
        tuple(blocks),
        _most_overdue(owners),
    )


def _owner(view: WeeklyFunnel, owner: OwnerLoad) -> str:
    if owner.owner_name is not None:
        return owner.owner_name
    if not owner.unnamed_count:
        return "nobody named"
    why = "not in the list of users" if view.has_users else "names are not loaded"
    return f"{words.plural(owner.unnamed_count, 'person', 'people')}, {why}"


def _most_overdue(owners: tuple[OwnerLoad, ...]) -> str:
    """Of those who have a name; who has none may have more."""
    named = [owner for owner in owners if owner.owner_name is not None and owner.overdue_count]
    if not named:
        return ""
    top = ties.at_the_top(named, lambda owner: owner.overdue_count)
    are_all_named = not any(owner.unnamed_count and owner.overdue_count for owner in owners)
    have = "have" if len(top) > 1 else "has"
    most = f"{ties.named([str(owner.owner_name) for owner in top])} {have} the most overdue ({top[0].overdue_count}{' each' if len(top) > 1 else ''})."
    return most if are_all_named else f"Of those who are named, {most}"


def _stuck(view: WeeklyFunnel, row: StuckJob, name: str) -> Bullet:
    return Bullet(
        f"{name}, {row.stage_name}: {row.stuck_count} of {row.waiting_count} have waited longer than usual",
        f"longest {words.days(row.longest_days)}; next step: {person(view, row.owner_name, has_one=row.has_owner, nobody='no owner named')}",
    )


def person(view: WeeklyFunnel, name: str | None, *, has_one: bool, nobody: str) -> str:
    """The name; where there is none, whether nobody has it or nobody knows who it is."""
    if name is not None:
        return name
    if not has_one:
        return nobody
    return "someone who is not in the list of users" if view.has_users else "someone whose name is not loaded"


def _needs(decision: int, scheduling: int, feedback: int, attention: int) -> str:
    parts = ((decision, "to decide"), (scheduling, "to schedule"), (feedback, "awaiting feedback"), (attention, "to look at"))
    return ", ".join(f"{number} {what}" for number, what in parts if number)
