"""Lever's streams: the path of each, what never enters the lake, what the gate expects."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ingestion.protocol.contract import Contract
from ingestion.protocol.stream import Stream as AnyStream

Record = dict[str, Any]


def without(*names: str) -> Callable[[Record], None]:
    """A trimmer that removes fields; `applications.email` is that field of each object in a list."""
    paths = [name.split(".") for name in names]

    def trim(record: Record) -> None:
        for path in paths:
            _remove(record, path)

    return trim


def _remove(value: Any, path: list[str]) -> None:
    if isinstance(value, list):
        for item in value:
            _remove(item, path)
    elif isinstance(value, dict) and len(path) == 1:
        value.pop(path[0], None)
    elif isinstance(value, dict):
        _remove(value.get(path[0]), path[1:])


def _trim_offer(record: Record) -> None:
    """Of the form only the start date (the rest is pay), of the signatures only their times, no documents."""
    without("sentDocument", "signedDocument")(record)
    record["fields"] = [item for item in record.get("fields") or [] if _is(item, "identifier", "anticipated_start_date")]
    record["signatures"] = _times(record.get("signatures"))


def _trim_feedback(record: Record) -> None:
    """Of the form only the overall rating: other answers are what somebody wrote about a person."""
    without("instructions")(record)
    record["fields"] = [item for item in record.get("fields") or [] if _is(item, "type", "score-system")]


def _is(item: Any, name: str, value: str) -> bool:
    return isinstance(item, dict) and item.get(name) == value


def _times(value: Any) -> Any:
    if isinstance(value, list):
        return [_times(item) for item in value]
    if isinstance(value, dict):
        return {name: _times(inner) for name, inner in value.items() if name.endswith("At") or isinstance(inner, (dict, list))}
    return value


_keep_all = without()


@dataclass(frozen=True)
class Stream(AnyStream):
    """`path` is a list; with `{id}` in it, it is read once per opportunity that `parents` selects, and each row carries `opportunityId`.

    `params`: what the list hides by default. `is_confidential`: whether it knows confidential records. `key`: the field of the record id.
    """

    path: str
    trim: Callable[[Record], None] = _keep_all
    params: Mapping[str, str] = field(default_factory=dict)
    is_confidential: bool = False
    parents: Mapping[str, str] = field(default_factory=dict)
    key: str = "id"

    @property
    def is_child(self) -> bool:
        return "{id}" in self.path


_PRIVATE_APPLICATION = (
    "name",
    "email",
    "phone",
    "company",
    "links",
    "comments",
    "customQuestions",
    "ip",
    "ipAddress",
    "userAgent",
    "resume",
)

_RIGHT = "Create a key with permission to list it (a key's permissions cannot be changed later)"

STREAMS: dict[str, Stream] = {
    "opportunities": Stream(
        "opportunities",
        without("headline", "location", *(f"applications.{name}" for name in _PRIVATE_APPLICATION)),
        {"expand": "applications"},
        is_confidential=True,
        is_windowed=True,
        never_empty=_RIGHT,
        contract=Contract(
            required=("created_at",),
            expected=("contact_id", "stage_id"),
            known={"origin": ("agency", "applied", "internal", "referred", "sourced", "university")},
            usually_in_order=(("created_at", "archived_at"),),
            dated=("created_at", "archived_at"),
        ),
    ),
    "deleted_opportunities": Stream(
        "opportunities/deleted",
        without("name", "headline", "location", "emails", "phones", "links", "tags", "applications"),
        is_windowed=True,
        contract=Contract(required=("deleted_at",), dated=("deleted_at",)),
    ),
    "offers": Stream(
        "opportunities/{id}/offers",
        _trim_offer,
        is_windowed=True,
        contract=Contract(
            required=("opportunity_id",),
            expected=("created_at",),
            known={"status": ("draft", "approval-sent", "approved", "sent", "sent-manually", "opened", "denied", "signed")},
            usually_in_order=(("created_at", "sent_at"),),
            dated=("created_at", "sent_at"),
        ),
    ),
    "interviews": Stream(
        "opportunities/{id}/interviews",
        without("note", "location", "gcalEventUrl"),
        is_windowed=True,
        contract=Contract(required=("opportunity_id",), expected=("starts_at",), planned=("starts_at",)),
    ),
    "feedback": Stream(
        "opportunities/{id}/feedback",
        _trim_feedback,
        is_windowed=True,
        contract=Contract(required=("opportunity_id",), expected=("user_id",), dated=("completed_at",)),
    ),
    "referrals": Stream(
        "opportunities/{id}/referrals",
        without("fields", "instructions"),
        is_windowed=True,
        parents={"origin": "referred"},
        is_optional=True,
        contract=Contract(required=("opportunity_id",)),
    ),
    "postings": Stream(
        "postings",
        without("content", "salaryDescription", "salaryDescriptionHtml", "salaryRange"),
        is_confidential=True,
        never_empty=_RIGHT,
        contract=Contract(
            required=("created_at",),
            expected=("name",),
            known={"state": ("published", "internal", "closed", "draft", "pending", "rejected")},
            dated=("created_at", "updated_at"),
        ),
    ),
    "requisitions": Stream(
        "requisitions",
        without("compensationBand", "internalNotes"),
        is_confidential=True,
        contract=Contract(
            required=("created_at",),
            known={"status": ("open", "closed", "onHold", "pending", "draft", "rejected")},
            usually_in_order=(("created_at", "closed_at"),),
            dated=("created_at", "closed_at"),
        ),
    ),
    "users": Stream("users", without("photo"), {"includeDeactivated": "true"}, contract=Contract(expected=("name", "email"))),
    "stages": Stream("stages", never_empty=_RIGHT, contract=Contract(required=("name",))),
    "archive_reasons": Stream(
        "archive_reasons",
        never_empty=_RIGHT,
        contract=Contract(expected=("name",), known={"type": ("hired", "non-hired"), "status": ("active", "inactive")}),
    ),
    "sources": Stream("sources", without("count"), key="text", contract=Contract(required=("name",))),
}
