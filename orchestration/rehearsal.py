"""The rehearsal: what a run would do. Files and databases go through the same extraction, staging models and gate, in a home of their own.

That home is a temporary folder which is removed afterwards, so nothing of the user's home changes. Services are not loaded: their preflight looks at
the first pages (ingestion/preflight).
"""

from __future__ import annotations

import logging
import os
import re
import shutil
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import duckdb
from sqlalchemy.engine import Engine

from base import clock
from base.config import Config, Source
from base.environment import home_variables, variables
from base.errors import ConfigError
from base.home import Home
from base.ops import OPS_VARIABLE, engine
from base.personal_data import Place
from base.processes import start_time
from ingestion.extract.results import StreamLoad
from ingestion.gate import GateReport, gate
from ingestion.gate.drift import Policy
from ingestion.gate.standing import blocked_before
from ingestion.gate.verdicts import BLOCKED
from ingestion.preflight.check import check_together
from ingestion.preflight.trial import try_source
from ingestion.protocol.connector import Sample
from ingestion.protocol.finding import Finding
from orchestration.build import dbt
from orchestration.build.arguments import STAGING, run_variables
from orchestration.build.node_results import raise_on_failure
from orchestration.build.staged import fields_read
from orchestration.readiness import was_loaded
from orchestration.run.progress import Progress, quiet
from orchestration.run.received import Received, tables_received

_PREFIX = "funnelcast-check-"

PLACES = (
    Place(
        "home of a check",
        "removed when the check ends; what a killed one left goes with the next check",
        holds=("payloads",),
        erasure="tell",
        format="Parquet, DuckDB",
        elsewhere="`funnelcast-check-*` in the temporary folder",
    ),
)


@dataclass
class Rehearsal:
    """What was found of each source, in the order of sources.yml, and of the rows of those that were loaded."""

    findings: list[tuple[Source, Finding]] = field(default_factory=list)
    tables: list[Received] = field(default_factory=list)

    @property
    def exit_code(self) -> int:
        """Of the command: 0 a run would publish, 2 the configuration is wrong, 1 what else stops it or leaves a table empty."""
        errors = [finding for _, finding in self.findings if not finding.is_ok]
        if any(finding.is_configuration for finding in errors):
            return ConfigError.exit_code
        return int(bool(errors) or any(table.is_blocked or table.is_unusable for table in self.tables))


def rehearse(home: Home, config: Config, *, sample: Sample | None = None, progress: Progress = quiet) -> Rehearsal:
    """Look at each source of `config` as a run over `home` would. Raises FunnelcastError when the models themselves cannot run."""
    done, at = Rehearsal(), clock.now()
    with _scratch_home(config) as (scratch, ops):
        streams: list[StreamLoad] = []
        for source in config.sources:
            progress(f"{source.name} ({source.kind})")
            before = was_loaded(home, source.name)
            found, loaded = try_source(config, scratch, ops, source, at=at, sample=sample or Sample(), was_loaded=before)
            streams += loaded
            done.findings += [(source, finding) for finding in found]
        done.findings += check_together(config.sources)
        if any(stream.written for stream in streams):
            report = _judge(home, scratch, config, ops, streams, at, progress)
            done.tables = tables_received(scratch, ops, config, streams, report)
    return done


def _judge(
    home: Home, scratch: Home, config: Config, ops: Engine, streams: list[StreamLoad], at: datetime, progress: Progress
) -> GateReport:
    progress("parse the rows as a run does")
    dbt.parse_for_a_while(scratch, like=home)
    raise_on_failure(dbt.build(scratch, select=[STAGING], variables=run_variables(config.company, as_of=at, known_at=None)))
    progress("judge them by the gate's rules")
    _recall_blocks(home, scratch, {stream.source for stream in streams})
    return gate(
        scratch,
        ops,
        run_id="check",
        judged_at=at,
        fields_read=fields_read(dbt.parse(scratch).nodes.values()),
        sources={stream.source: None for stream in streams},
        read={(stream.source, stream.stream) for stream in streams},
        configured=[source.name for source in config.sources],
        policy=Policy.of(config.company),
    )


def _recall_blocks(home: Home, scratch: Home, sources: Collection[str]) -> None:
    """What is blocked in the home stays so until its rows are mended, however few come now: the gate must know of it. Not while a run is at work."""
    if not home.warehouse.exists():
        return
    try:
        with duckdb.connect(str(home.warehouse), read_only=True) as connection:
            blocked = [place for place, status in blocked_before(connection).items() if status == BLOCKED and place[1] in sources]
    except (duckdb.IOException, duckdb.CatalogException):
        return
    with duckdb.connect(str(scratch.warehouse)) as connection:
        for kind, source, stream in blocked:
            connection.execute(
                "insert into quality.gated_loads by name select ? as kind, ? as source_system, ? as stream, 'before' as load_file, ? as status",
                [kind, source, stream, BLOCKED],
            )


@contextmanager
def _scratch_home(config: Config) -> Iterator[tuple[Home, Engine]]:
    _remove_left_overs()
    if not logging.getLogger().handlers:
        # A library that finds none puts one of its own there, on the terminal.
        logging.getLogger().addHandler(logging.NullHandler())
    root = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-"))
    try:
        scratch = Home(root).prepare()
        with variables({OPS_VARIABLE: None}), home_variables(scratch, config.folder):
            ops = engine(scratch)
            try:
                yield scratch, ops
            finally:
                ops.dispose()
    finally:
        shutil.rmtree(root, ignore_errors=True)


def _remove_left_overs() -> None:
    """Folders of checks that were killed: they hold rows of candidates."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        owner = re.match(rf"{_PREFIX}(\d+)-", folder.name)
        if owner and start_time(int(owner[1])) is None:
            shutil.rmtree(folder, ignore_errors=True)
