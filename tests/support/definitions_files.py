"""Canonical CSV files as rows for definitions_oracle.py: the latest version of each record, spelled as it was meant."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from tests.support.definitions_oracle import EARLY, first

#: What names a record; of a table that is not here, its first column does.
_KEYS = {
    "stage_visits": ("application_id", "stage_id", "entered_at"),
    "stages": ("stage_id", "job_id"),
    "offers": ("offer_id", "version_number"),
    "deletions": ("entity_code", "entity_id"),
    "candidate_contacts": ("candidate_id", "contact_code", "contact_value"),
    "job_team": ("job_id", "user_id", "role_code", "assigned_at"),
    "message_links": ("message_id", "link_url"),
    "sequence_jobs": ("sequence_id", "job_id", "linked_at"),
    "job_holds": ("job_id", "held_at"),
    "sla_agreements": ("job_id", "need_code", "valid_from"),
    "interviews": ("interview_id", "interviewer_id"),
}


def read_tables(folders: Sequence[Path]) -> dict[str, list[dict[str, Any]]]:
    """Tables of all folders; who was merged into somebody is them."""
    found: dict[str, list[dict[str, Any]]] = {}
    for folder in folders:
        for path in sorted(folder.glob("*.csv")):
            found.setdefault(path.stem, []).extend(_latest(path))
    merged = {row["from_candidate_id"]: row["to_candidate_id"] for row in found.get("candidate_merges", [])}
    for row in found["applications"]:
        row["candidate_id"] = merged.get(row["candidate_id"], row["candidate_id"])
    return found


def _latest(path: Path) -> list[dict[str, Any]]:
    """Of the same record the row observed last; without such a time, the one that stands last."""
    versions: dict[tuple[Any, ...], dict[str, Any]] = {}
    with path.open(encoding="utf-8") as file:
        for raw in csv.DictReader(file):
            row = {name: _value(name, text) for name, text in raw.items()}
            key = tuple(row.get(name) for name in _KEYS.get(path.stem, (next(iter(row)),)))
            before = versions.get(key)
            if before is None or first(row.get("observed_at"), EARLY) >= first(before.get("observed_at"), EARLY):
                versions[key] = row
    return list(versions.values())


def _value(name: str, text: str | None) -> Any:
    text = (text or "").strip()
    if not text:
        return None
    if name.endswith("_at"):
        moment = datetime.fromisoformat(text)
        return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment
    if name in ("stage_order", "version_number", "step_number"):
        return int(text)
    if name in ("valid_from", "valid_to"):
        return date.fromisoformat(text)
    if name == "hours":
        return float(text)
    if name.startswith("is_"):
        return text.lower() == "true"
    return text.lower() if name.endswith("_code") else text
