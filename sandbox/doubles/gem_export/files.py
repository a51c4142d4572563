"""Gem's CSV data export of the simulated company: the files a team gets, with the headers that Gem documents.

The same facts as the API's double (sandbox/doubles/gem/service.py), less what the export leaves out: ids of acts and users, the user on whose
behalf a message went, sequences. Notes and custom fields are written because an export has them; nothing should read them.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from sandbox.canonical_outreach import sent_messages
from sandbox.model import Person, Recipient, Sequence
from sandbox.world import World

Row = dict[str, Any]

_STATUS = {"interested": "Interested", "not_interested": "Not Interested", "later": "Later"}


def write_gem_export(world: World, folder: Path) -> dict[str, int]:
    """Write the export's files as of the world's now; returns rows per file. Same world, same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    counts = {}
    for name, rows in (
        ("event_log", _event_log(world)),
        ("projects", _projects(world)),
        ("candidate_info", _candidate_info(world)),
        ("notes", _notes(world)),
        ("custom_field_data", _custom_fields(world)),
    ):
        counts[name] = _write(folder / f"{name}.csv", rows)
    return counts


def _event_log(world: World) -> Iterator[Row]:
    for sequence, recipient, message in sent_messages(world):
        acts = [(message.sent_at, "First Outreach" if message.step == 1 else "Follow-up", "")]
        if message.replied_at is not None and message.replied_at < world.now_seconds and message.reply_class != "auto":
            acts.append((message.replied_at, "Reply", _STATUS.get(message.reply_class or "", "")))
        for moment, kind, status in acts:
            yield {
                "timestamp": moment,
                "user_name": sequence.owner.name,
                "user_email": sequence.owner.email,
                **_person(world, recipient.person),
                "event_type": kind,
                "event_subtype": "Email",
                "event_metadata": status,
            }


def _projects(world: World) -> Iterator[Row]:
    for sequence, recipient in _members(world):
        yield {
            "added_timestamp": recipient.added_at,
            "project_id": sequence.project_id,
            "project_name": sequence.name,
            "project_owner_name": sequence.owner.name,
            "project_owner_email": sequence.owner.email,
            **_person(world, recipient.person),
            "adding_user_name": sequence.owner.name,
            "adding_user_email": sequence.owner.email,
        }


def _candidate_info(world: World) -> Iterator[Row]:
    for _, recipient in _members(world):
        person = recipient.person
        yield {
            **_person(world, person),
            "all_candidate_emails": json.dumps([person.email]),
            "candidate_phone_number": "",
            "candidate_location": "Springfield",
            "candidate_linkedin_url": f"https://www.linkedin.com/in/{person.linkedin}",
            "candidate_company": person.company,
            "candidate_title": person.title,
            "candidate_school": "Springfield College",
            "candidate_source": "linkedin",
            "candidate_ats_id": _ats_id(world, person),
            "sourced_timestamp": person.gem_created_at,
        }


def _notes(world: World) -> Iterator[Row]:
    for sequence, recipient in _members(world):
        yield {
            "timestamp": recipient.added_at,
            "user_name": sequence.owner.name,
            "user_email": sequence.owner.email,
            **_person(world, recipient.person),
            "note_content": "<p>private: talk about pay</p>",
        }


def _custom_fields(world: World) -> Iterator[Row]:
    for _, recipient in _members(world):
        yield {**_person(world, recipient.person), "Seniority": "Senior"}


def _members(world: World) -> Iterator[tuple[Sequence, Recipient]]:
    for sequence in world.sequences:
        if sequence.created_at < world.now_seconds:
            for recipient in sequence.recipients:
                if recipient.added_at < world.now_seconds:
                    yield sequence, recipient


def _person(world: World, person: Person) -> Row:
    return {
        "candidate_id": person.gem_id,
        "candidate_greenhouse_id": _ats_id(world, person),
        "candidate_first_name": person.first_name,
        "candidate_last_name": person.last_name,
        "candidate_email": person.email,
    }


def _ats_id(world: World, person: Person) -> str:
    is_known = person.candidate_created_at is not None and person.candidate_created_at < world.now_seconds
    return str(person.id) if is_known else ""


def _write(path: Path, rows: Iterable[Row]) -> int:
    listed = list(rows)
    if not listed:
        return 0
    temporary = path.with_name(f".{path.name}.tmp")
    with temporary.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, fieldnames=list(listed[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(listed)
    temporary.replace(path)
    return len(listed)
