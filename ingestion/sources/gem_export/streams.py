"""The files of Gem's export: which columns are a key, which are used, which never enter the lake; what the gate expects."""

from __future__ import annotations

from dataclasses import dataclass

from ingestion.protocol.contract import Contract
from ingestion.protocol.stream import Stream


@dataclass(frozen=True)
class Export(Stream):
    """One file of the export: the columns that make a row's key, the others that are used, and those that never enter the lake."""

    keys: tuple[str, ...]
    used: tuple[str, ...]
    drop: tuple[str, ...] = ()


_PERSON = ("candidate_greenhouse_id", "candidate_first_name", "candidate_last_name", "candidate_email")

#: The codes are Gem's own words, as people read them in the export.
STREAMS: dict[str, Export] = {
    # The same act is told again with its reply's status once somebody has set it: a new version, so the status is no part of the key.
    "event_log": Export(
        ("timestamp", "candidate_id", "user_email", "event_type", "event_subtype"),
        ("user_name", *_PERSON, "event_metadata"),
        contract=Contract(
            required=("candidate_id", "event_type", "happened_at"),
            expected=("user_email",),
            known={
                "event_type": ("First Outreach", "Follow-up", "Reply"),
                "event_subtype": ("Email", "Inmail", "Phone Call", "Text Message", "Meeting"),
                "event_metadata": ("Interested", "Not Interested", "Later"),
            },
            dated=("happened_at",),
        ),
    ),
    "projects": Export(
        ("project_id", "candidate_id"),
        ("added_timestamp", "project_name", "project_owner_name", "project_owner_email", *_PERSON, "adding_user_name", "adding_user_email"),
        contract=Contract(required=("project_id", "candidate_id"), expected=("added_at",), dated=("added_at",)),
    ),
    "candidate_info": Export(
        ("candidate_id",),
        (*_PERSON, "all_candidate_emails", "candidate_phone_number", "candidate_linkedin_url", "candidate_ats_id", "sourced_timestamp"),
        drop=("candidate_location", "candidate_school"),
        contract=Contract(required=("candidate_id",), dated=("sourced_at",)),
    ),
}
