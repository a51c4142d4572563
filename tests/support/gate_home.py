"""A home of one source of files (or a SQLite database), loaded, staged and judged as a run does, without Dagster in between."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import yaml

from base.environment import home_variables
from base.home import Home
from base.ops import engine
from ingestion.extract.results import SourceLoad
from ingestion.gate import GateReport
from ingestion.gate.quarantine import QuarantinedRow, quarantined_rows
from orchestration.checked_config import load_config

NOW = datetime(2026, 6, 29, 6, tzinfo=UTC)
SOURCE = "acme"


class GateHome:
    """`files` is the folder that people drop files into."""

    def __init__(self, root: Path, **source: Any) -> None:
        self.home = Home(root / "home").prepare()
        self.files, self._config = root / "files", root / "config"
        self.files.mkdir()
        (self._config / "mappings").mkdir(parents=True)
        self._day = 0
        self.loaded: SourceLoad | None = None
        self.configure(**source)

    def configure(self, **source: Any) -> None:
        written = {"name": SOURCE, "kind": "canonical_files", "path": str(self.files), **source}
        (self._config / "sources.yml").write_text(yaml.safe_dump({"sources": [written]}), encoding="utf-8")

    def drop(self, files: Mapping[str, str]) -> None:
        for name, text in files.items():
            (self.files / name).write_text(text, encoding="utf-8")

    def run(self, *tables: str, variables: Mapping[str, str] | None = None) -> GateReport:
        """One load of what lies there, of which `tables` are staged and judged, each a day after the one before."""
        from ingestion.extract.run import extract
        from ingestion.gate import gate
        from orchestration.build import dbt

        now = NOW + timedelta(days=self._day)
        self._day += 1
        with home_variables(self.home, self._config):
            ops = engine(self.home)
            try:
                config = load_config(self._config)
                self.loaded = extract(config, self.home, ops, config.source(SOURCE), window_end=now)
                models = ["run_clock", *(f"stg_canonical_files__{table}" for table in tables)]
                broken = [
                    node.message
                    for node in dbt.build(self.home, select=models, variables=variables or {})
                    if not node.is_ok and not node.is_warning
                ]
                assert not broken, broken
                read = {(stream.source, stream.stream) for stream in self.loaded.streams}
                return gate(
                    self.home,
                    ops,
                    run_id=f"run-{self._day}",
                    judged_at=now,
                    fields_read={},
                    sources={SOURCE: None},
                    read=read,
                    configured={SOURCE},
                )
            finally:
                ops.dispose()

    def quarantined(self, table: str | None = None) -> list[QuarantinedRow]:
        return quarantined_rows(self.home, table=table)

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(self.home.warehouse), read_only=True) as connection:
            return connection.execute(sql).fetchall()

    def counts(self) -> dict[str, tuple[int, int, int, int]]:
        """table -> (received, loaded, quarantined, duplicates), over all loads."""
        return {
            row[0]: row[1:]
            for row in self.ask(
                "select l.stream, sum(fetched_count)::bigint, any_value(passed), any_value(failed), sum(duplicate_count)::bigint"
                " from quality.load_counts as l join (select stream, sum(row_count - failed_count)::bigint as passed,"
                " sum(failed_count)::bigint as failed from quality.gated_loads group by 1) as g using (stream) group by 1 order by 1"
            )
        }
