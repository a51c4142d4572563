"""The simulated company's vendor records straight in a lake, without HTTP: what the doubles serve, as ingestion would have left it."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from base.environment import home_variables
from base.home import Home
from sandbox.canonical_export import write_outreach_drop
from sandbox.doubles.gem import service as gem
from sandbox.doubles.greenhouse import records as greenhouse_records
from sandbox.doubles.ses import files as ses
from sandbox.world import World
from tests.support.lake import write_load


def write_vendor_lake(world: World, home: Path, scratch: Path) -> None:
    """Greenhouse as `ats`, Gem as `crm`, SES as `mail`, and the CRM's export of what its API lacks as `drop`; one load of each stream."""
    now = naive(world.now)
    for stream, records in greenhouse_records.STREAMS.items():
        write_load(home, "ats", "greenhouse", stream, records(world), now)
    for stream, rows in gem_streams(world).items():
        write_load(home, "crm", "gem", stream, rows, now)
    write_load(home, "mail", "ses", "events", ses_events(world, scratch / "ses"), now)
    write_outreach_drop(world, scratch / "drop")
    for path in sorted((scratch / "drop").glob("*.csv")):
        write_load(home, "drop", "canonical_files", path.stem, csv_records(path), now)


def gem_streams(world: World) -> dict[str, list[dict[str, Any]]]:
    lists = gem._lists(world)
    streams: dict[str, list[dict[str, Any]]] = {name: lists[name] for name in ("users", "sequences", "projects", "candidates")}
    streams["candidate_events"], streams["project_candidates"] = [], []
    for path, rows in lists.items():
        parts = path.split("/")
        if parts[0] == "candidates" and len(parts) == 3:
            streams["candidate_events"] += [{**row, "candidate_id": parts[1]} for row in rows]
        if parts[0] == "projects" and len(parts) == 3:
            streams["project_candidates"] += [{**row, "project_id": parts[1], "id": f"{parts[1]}:{row['candidate_id']}"} for row in rows]
    return streams


def ses_events(world: World, folder: Path) -> list[dict[str, Any]]:
    from ingestion.sources.ses.connector import event_identity

    ses.write_ses(world, folder)
    found = {}
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        for line in path.read_bytes().splitlines():
            event = orjson.loads(line)
            identity = "|".join(event_identity(event) or ())
            found[identity] = event | {"id": identity}
    return list(found.values())


def csv_records(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            yield {name: value for name, value in row.items() if value != ""}


def naive(moment: datetime) -> datetime:
    return moment.replace(tzinfo=None)


def dbt_build(home: Path, select: Sequence[str], variables: Mapping[str, str] | None = None) -> list[str]:
    """dbt build of a selection over the home's lake with the mappings of home/config. Returns 'name: message' of what failed."""
    from orchestration.build import dbt

    (home / "config" / "mappings").mkdir(parents=True, exist_ok=True)
    place = Home(home).prepare()
    with home_variables(place, home / "config"):
        # Tests of what is not built here would miss their tables.
        results = dbt.build(place, select=list(select), exclude=["path:tests/core", "path:tests/marts"], variables=dict(variables or {}))
    return [f"{node.name}: {node.message}" for node in results if not node.is_ok and not node.is_skipped]
