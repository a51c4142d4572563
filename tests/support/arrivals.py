"""The same rows of a small company, arriving in different loads: what a property of the whole pipeline is tried on.

A home is loaded, staged (incrementally) and gated load by load, then built as a run does, without Dagster in between.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

from base.environment import home_variables
from base.home import Home
from base.ops import engine
from orchestration.checked_config import load_config

AS_OF = datetime(2026, 4, 1, tzinfo=UTC)
SOURCE = "acme"
#: Public tables that between them read every canonical table of the company: what is compared.
PUBLIC = (
    "dim_candidates",
    "fct_activities",
    "fct_reviews",
    "fct_offers",
    "fct_application_stages",
    "funnel_passthrough",
    "time_in_stage",
    "offer_acceptance",
)
_TESTS = ["resource_type:test", "resource_type:unit_test"]
_RULINGS = ["stg_config__identity_links", "stg_config__identity_splits"]

Tables = Mapping[str, Sequence[Mapping[str, Any]]]
#: (table, cells) of one row of a file; rows may repeat, within a load and between loads.
Arrival = tuple[str, Mapping[str, Any]]


@dataclass
class Received:
    """Counts over all loads. `rows`: written into the files by the test; the rest as the product counts."""

    rows: int = 0
    fetched: int = 0
    duplicates: int = 0
    written: int = 0


class ArrivalHome:
    """One home, of one source of kind canonical_files."""

    def __init__(self, root: Path, mappings: Mapping[str, str]) -> None:
        self.home = Home(root)
        self.received = Received()
        self._files = root / "files"
        self._config = root / "config"
        self.home.prepare()
        (self._config / "mappings").mkdir(parents=True)
        self._files.mkdir()
        (self._config / "sources.yml").write_text(
            f'sources: [{{name: {SOURCE}, kind: canonical_files, path: "{self._files}"}}]\n', encoding="utf-8"
        )
        for name, text in mappings.items():
            (self._config / "mappings" / name).write_text(text, encoding="utf-8")

    def load(self, rows: Sequence[Arrival], window_end: datetime) -> None:
        """One load of files that hold `rows` in this order, staged and judged."""
        from ingestion.extract.run import extract
        from ingestion.gate import gate

        for path in self._files.iterdir():
            path.unlink()
        _write(self._files, rows)
        with self._environment():
            ops = engine(self.home)
            try:
                config = load_config(self._config)
                loaded = extract(config, self.home, ops, config.source(SOURCE), window_end=window_end)
                self.build(["run_clock", *(f"stg_canonical_files__{table}" for table in sorted({table for table, _ in rows}))])
                report = gate(self.home, ops, run_id="arrivals", judged_at=window_end, fields_read={})
            finally:
                ops.dispose()
        assert report.is_passed
        self.received.rows += len(rows)
        for stream in loaded.streams:
            self.received.fetched += stream.fetched
            self.received.duplicates += stream.duplicates
            self.received.written += stream.written

    def forget_staging(self) -> None:
        """Drop what was parsed incrementally and parse the whole log again."""
        names = list(self.staged())
        with duckdb.connect(str(self.home.warehouse)) as connection:
            for name in names:
                connection.execute(f'drop table staging."{name}" cascade')
        self.build(names)

    def staged(self) -> dict[str, list[tuple[Any, ...]]]:
        """Rows of each staging table of the files: their number and the sum of their hashes."""
        names = self.ask(
            "select table_name from duckdb_tables() where table_name like 'stg_canonical_files_%' and estimated_size > 0 order by 1"
        )
        return {name: self.ask(f'select count(*), sum(hash(t)::hugeint) from staging."{name}" as t') for (name,) in names}

    def published(self) -> Mapping[str, str]:
        """Build PUBLIC; the content hash of each as the publisher takes it, and of all together."""
        from exports.publish import read_contracts
        from exports.publish.warehouse import open_snapshot
        from orchestration.build import dbt

        self.build(
            [*_RULINGS, "identity_conflicts", *(f"+{name}" for name in PUBLIC)],
            exclude=["path:models/staging/canonical_files", *_TESTS],
        )
        with self._environment():
            contracts = read_contracts(dbt.manifest_path(self.home))
        with open_snapshot(self.home.warehouse, tuple(contract for contract in contracts if contract.name in PUBLIC)) as snapshot:
            return {"content": snapshot.content_hash, **{name: digest.content_hash for name, digest in snapshot.digests.items()}}

    def build(self, select: Sequence[str], exclude: Sequence[str] = ()) -> None:
        from orchestration.build import dbt

        with self._environment():
            results = dbt.build(self.home, select=select, exclude=exclude, variables={"as_of": AS_OF.strftime("%Y-%m-%d %H:%M:%S")})
        broken = [f"{node.name}: {node.message}" for node in results if not node.is_ok and not node.is_warning]
        assert not broken, broken

    def rule(self, mappings: Mapping[str, str]) -> None:
        """Replace mapping files and build identity again."""
        for name, text in mappings.items():
            (self._config / "mappings" / name).write_text(text, encoding="utf-8")
        identity = "path:models/canonical/identity,resource_type:model"
        self.build(
            [*_RULINGS, identity, "people_are_closed_under_links", "a_split_is_never_one_person"], exclude=["resource_type:unit_test"]
        )

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(self.home.warehouse), read_only=True) as connection:
            return connection.execute(sql).fetchall()

    def _environment(self) -> AbstractContextManager[None]:
        return home_variables(self.home, self._config)


def versions_of(tables: Tables, seed: int) -> list[Arrival]:
    """Every row with the time it was learned, some of them after an older version with other content."""
    pick = random.Random(seed)
    found: list[Arrival] = []
    for table, rows in tables.items():
        for row in rows:
            learned = AS_OF - timedelta(days=5, minutes=pick.randrange(10_000))
            found.append((table, {**row, "observed_at": learned.isoformat()}))
            if table == "applications" and pick.random() < 0.2:
                older = {**row, "status_code": "active", "hired_at": None, "closed_at": None, "close_reason_id": None}
                found.append((table, {**older, "observed_at": (learned - timedelta(days=3)).isoformat()}))
    return found


def dealt(rows: Sequence[Arrival], loads: int, seed: int, repeated: float = 0.2) -> list[list[Arrival]]:
    """The rows in some order, each in one of the loads at least and some of them again in others."""
    pick = random.Random(seed)
    hands: list[list[Arrival]] = [[] for _ in range(loads)]
    for row in rows:
        hands[pick.randrange(loads)].append(row)
    for hand in hands:
        hand += pick.sample(list(rows), int(len(rows) * repeated / loads))
        pick.shuffle(hand)
    return hands


def _write(folder: Path, rows: Sequence[Arrival]) -> None:
    by_table: dict[str, list[Mapping[str, Any]]] = {}
    for table, row in rows:
        by_table.setdefault(table, []).append(row)
    for table, listed in by_table.items():
        columns = list(dict.fromkeys(name for row in listed for name in row))
        with (folder / f"{table}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns)
            writer.writeheader()
            writer.writerows(listed)
