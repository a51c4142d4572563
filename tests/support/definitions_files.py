"""Canonical CSV files as rows for definitions_oracle.py: the latest version of each record, spelled as it was meant."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from ingestion.canonical.tables import TABLES
from tests.support.definitions_oracle import EARLY, first


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
    table = TABLES[path.stem]
    types = {name: column.type for name, column in table.columns.items()} | {"observed_at": "timestamp"}
    versions: dict[tuple[Any, ...], dict[str, Any]] = {}
    with path.open(encoding="utf-8") as file:
        for raw in csv.DictReader(file):
            row = {name: _value(types.get(name, "text"), text) for name, text in raw.items()}
            key = tuple(row.get(name) for name in (*table.key, *table.nullable_key))
            before = versions.get(key)
            if before is None or first(row.get("observed_at"), EARLY) >= first(before.get("observed_at"), EARLY):
                versions[key] = row
    return list(versions.values())


def _value(type_name: str, text: str | None) -> Any:
    text = (text or "").strip()
    return _READERS[type_name](text) if text else None


def _instant(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment


_READERS: dict[str, Callable[[str], Any]] = {
    "text": str,
    "code": str.lower,
    "timestamp": _instant,
    "date": date.fromisoformat,
    "boolean": lambda text: text.lower() == "true",
    "integer": int,
    "double": float,
}
