"""Gem's streams: the path of each, what never enters the lake, what the gate expects."""

from __future__ import annotations

from dataclasses import dataclass

from ingestion.protocol.contract import Contract
from ingestion.protocol.stream import Stream as AnyStream


@dataclass(frozen=True)
class Stream(AnyStream):
    """`path` is a list; with `of`, it is read once per record of that stream and each row carries that record's id under `parent`.

    `keys` make the record_id. `drop`: fields that never enter the lake.
    """

    path: str
    keys: tuple[str, ...] = ("id",)
    of: str | None = None
    parent: str | None = None
    drop: tuple[str, ...] = ()


STREAMS: dict[str, Stream] = {
    "users": Stream("users", contract=Contract(expected=("name", "email"))),
    "sequences": Stream("sequences", contract=Contract(expected=("name", "user_id"), dated=("created_at",))),
    "projects": Stream("projects", contract=Contract(dated=("created_at",))),
    "project_candidates": Stream(
        "projects/{id}/candidates",
        keys=("project_id", "candidate_id"),
        of="projects",
        parent="project_id",
        contract=Contract(required=("project_id", "candidate_id"), dated=("added_at",)),
    ),
    "candidates": Stream(
        "candidates",
        is_windowed=True,
        drop=("due_date", "location"),
        contract=Contract(required=("created_at",), dated=("created_at", "last_updated_at")),
    ),
    "candidate_events": Stream(
        "candidates/{id}/events",
        of="candidates",
        parent="candidate_id",
        is_windowed=True,
        contract=Contract(
            required=("candidate_id", "type", "happened_at"),
            known={
                "type": ("first_outreach", "follow_up", "reply"),
                "reply_status": ("interested", "not_interested", "later"),
            },
            dated=("happened_at",),
        ),
    ),
}
