"""Ids as Ashby gives them: a UUID per entity. The simulated company's own number is its last twelve digits, so that it can be told."""

from __future__ import annotations

#: Entity -> the first eight digits of its ids.
SPACES = {
    name: f"{0xA5B10000 + place:08x}"
    for place, name in enumerate(
        (
            *("application", "candidate", "job", "user", "department", "office", "source", "opening", "offer", "offer_version", "stage"),
            *("plan", "history", "schedule", "interview", "feedback", "reason", "slot", "field", "close_reason", "source_type"),
        )
    )
}


def ashby_id(entity: str, number: int) -> str:
    """`a5b10000-0000-4000-8000-000000900001` for application 900001."""
    return f"{SPACES[entity]}-0000-4000-8000-{number:012d}"


def number_of(served: str) -> int:
    """The World's number of a served id."""
    return int(served.rpartition("-")[2])
