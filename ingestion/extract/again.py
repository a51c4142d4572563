"""Damaged parts of the log again: the window that they belong to is read once more, and what the log lacks of it takes their place.

Nothing of the log is given up before every record that the ledger counted is accounted for: it is found again as it was, or was changed since and the log
has it as it is now. A record that the source has no longer (deleted since, its file gone) cannot come back; then the damaged parts stay as they are,
unless the loss is accepted.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb
from sqlalchemy.engine import Engine

from base.config import Config
from base.home import Home, damaged_folder, set_aside
from ingestion.extract.one_pass import PART_RECORDS
from ingestion.http.limits import RunBudget
from ingestion.log import parts
from ingestion.log.damage import DamagedPart, committed_parts
from ingestion.log.loads import Ledger, Load, Part, replace_parts
from ingestion.log.records import Row, SourceFile, Version
from ingestion.log.versions import Versions
from ingestion.protocol.connector import Connector, CursorExpired, Window
from ingestion.sources.registry import open_connector
from ingestion.webhooks.spooled import with_spool


@dataclass(frozen=True)
class FetchedAgain:
    """What became of the damaged parts of one load. `is_done`: they are replaced.

    Of the `lost` records that were in them, `found` came again as they were and `superseded` were changed at the source since: the log has them as they
    are now, their earlier versions are lost. `gone_files`: what was read then and is not there any more.
    """

    load: Load
    damaged: tuple[DamagedPart, ...]
    lost: int
    found: int
    superseded: int
    is_done: bool
    gone_files: tuple[str, ...] = ()


def fetch_again(home: Home, ops: Engine, config: Config, damaged: Sequence[DamagedPart], *, accept_loss: bool) -> list[FetchedAgain]:
    """The damaged parts of sources that are configured, load by load, each replaced whole or not at all. Raises SourceError, ConfigError."""
    done = []
    for source in config.sources:
        of_source = [part for part in damaged if part.load.source == source.name and part.load.kind == source.kind]
        if of_source:
            connector = with_spool(open_connector(source, RunBudget(source.run_budget_minutes * 60)), source, home.spool)
            try:
                for load in dict.fromkeys(part.load for part in of_source):
                    of_load = [part for part in of_source if part.load == load]
                    done.append(_Again(home, ops, connector, load, of_load).run(accept_loss=accept_loss))
            finally:
                connector.close()
    return done


class _Again:
    """One load read again. What it finds is written beside the log first and moved into it at the end."""

    def __init__(self, home: Home, ops: Engine, connector: Connector, load: Load, damaged: list[DamagedPart]) -> None:
        self._home, self._connector, self._load, self._damaged = home, connector, load, damaged
        self._ledger, self._ops = Ledger(ops), ops
        self._beside = damaged_folder(home) / "again"
        committed = committed_parts(ops, load.source, load.stream)
        broken = {part.part.file for part in damaged}
        self._sound = [(loaded, part) for loaded, part in committed if part.file not in broken]

    def run(self, *, accept_loss: bool) -> FetchedAgain:
        """First from the files that this load had read (services have none), then, where that is not enough, from all that there are."""
        known = self._ledger.files(self._load.source, self._load.stream)
        of_load = self._ledger.files(self._load.source, self._load.stream, self._load.load_id)
        lost = sum(part.part.written for part in self._damaged)
        self._read({path: file for path, file in known.items() if path not in of_load})
        if self._found < lost and len(known) > len(of_load):
            self._read({})
        found = min(self._found, lost)
        superseded = min(self._superseded, lost - found)
        is_done = accept_loss or found + superseded == lost
        if is_done:
            self._replace()
        shutil.rmtree(self._beside, ignore_errors=True)
        gone = () if found == lost else tuple(sorted(path for path in of_load if path not in self._files))
        return FetchedAgain(self._load, tuple(self._damaged), lost, found, superseded, is_done, gone)

    def _read(self, known: dict[str, tuple[int, str]]) -> None:
        load = self._load
        lake = self._home.lake
        shutil.rmtree(self._beside, ignore_errors=True)
        self._new: list[Part] = []
        self._found = self._superseded = 0
        self._files: dict[str, SourceFile] = {}
        self._number = max(part.part for part in self._ledger.parts_of(load)) + 1
        versions = Versions([lake / str(part.file) for _, part in self._sound], window_end=load.window_end)
        rows: list[Row] = []
        origins: list[int | None] = []
        try:
            cursor: str | None = None
            while True:
                try:
                    for page in self._connector.pages(load.stream, Window(load.window_start, load.window_end), cursor, known):
                        rows += page.rows
                        origins += [page.origin] * len(page.rows)
                        self._files |= {file.path: file for file in page.files}
                        if len(rows) >= PART_RECORDS:
                            self._write(versions, rows, origins)
                            rows, origins = [], []
                    break
                except CursorExpired:
                    cursor = None
            self._write(versions, rows, origins)
        finally:
            versions.close()

    def _write(self, versions: Versions, rows: list[Row], origins: list[int | None]) -> None:
        if not rows:
            return
        new = self._not_known_later(versions.new(rows, part=self._number, origins=origins))
        part = parts.write_part(
            self._beside,
            self._load,
            self._number,
            new,
            fetched=len(new),
            duplicates=0,
            cursor=None,
            files=list(self._files.values()),
        )
        if part.file:
            self._new.append(part)
            self._number += 1
            self._found += part.written

    def _not_known_later(self, new: list[Version]) -> list[Version]:
        """Without the versions that the log has from a later window: the source tells how a record is today, not how it was then."""
        ids = [version.record_id for version in new]
        later = self._known(ids, [part for load, part in self._sound if load.window_end > self._load.window_end])
        superseded = [version for version in new if (version.record_id, version.payload_hash) in later]
        if superseded:
            still_here = {record for record, _ in self._known(ids, [part for load, part in self._sound if load == self._load])}
            self._superseded += sum(version.record_id not in still_here for version in superseded)
        return [version for version in new if (version.record_id, version.payload_hash) not in later]

    def _known(self, ids: list[str], of: list[Part]) -> set[tuple[str, str]]:
        """(record, hash) of the versions that these parts have of the records."""
        if not of or not ids:
            return set()
        with duckdb.connect() as connection:
            query = "select record_id, payload_hash from read_parquet($files) where record_id in (select unnest($ids))"
            return set(connection.execute(query, {"files": [str(self._home.lake / str(part.file)) for part in of], "ids": ids}).fetchall())

    def _replace(self) -> None:
        """The ledger first: a part that it names and that is not in place yet is a damaged one, which the next repair fetches again."""
        cursor = self._ledger.state(self._load)
        new = [replace(part, next_cursor=cursor.next_cursor if cursor else None) for part in self._new]
        replace_parts(self._ops, self._load, [damaged.part for damaged in self._damaged], new, list(self._files.values()))
        for part in new:
            place = self._home.lake / str(part.file)
            place.parent.mkdir(parents=True, exist_ok=True)
            (self._beside / str(part.file)).replace(place)
        for damaged in self._damaged:
            path: Path = self._home.lake / str(damaged.part.file)
            if path.exists():
                set_aside(self._home, path)
