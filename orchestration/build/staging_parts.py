"""What staging is about to parse is held against its checksums first: a part that is damaged or gone is never parsed as something else.

A part whose rows the build file holds already takes nothing from the figures when it is damaged: its source counts as stopped until the part is
fetched again (docs/operations.md). One that would have to be parsed stops the build: without it rows would be missing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import duckdb
from sqlalchemy.engine import Engine

from base.errors import DamageError
from base.home import Home
from base.source_kinds import shape_of
from ingestion.log.damage import REPAIR, DamagedPart, committed_parts, damaged, sentence
from orchestration.build.idle import StagedLog
from orchestration.build.staged import Stream, staged_stream


def check(home: Home, ops: Engine, nodes: Mapping[str, Any]) -> list[DamagedPart]:
    """Damaged parts whose rows the build file has. Raises DamageError for those that it would have to parse. The build file must be closed."""
    committed = committed_parts(ops)
    to_parse = _to_parse(home, nodes, [(Stream(shape_of(load.kind), load.stream), str(part.file)) for load, part in committed])
    found = damaged(home.lake, committed, deep=to_parse)
    needed = [part for part in found if part.part.file in to_parse]
    if needed:
        raise DamageError(f"The log cannot be parsed: {sentence(needed)}", remedy=REPAIR)
    return found


def _to_parse(home: Home, nodes: Mapping[str, Any], files: list[tuple[Stream, str]]) -> set[str]:
    log = StagedLog.read(home, nodes)
    models = {stream: node.name for node in nodes.values() if (stream := staged_stream(node))}
    changed = {model for model in models.values() if model not in log.unchanged()}
    of_changed = [(models[stream], file) for stream, file in files if models.get(stream) in changed]
    if log.is_parsed_otherwise():
        return {file for _, file in of_changed}
    staged = staged_files(home, {model for model, _ in of_changed})
    return {file for model, file in of_changed if file not in staged.get(model, {})}


def staged_files(home: Home, models: set[str]) -> dict[str, dict[str, int]]:
    """Staging model -> the files that its table has rows of, with how many."""
    if not home.warehouse.exists() or not models:
        return {}
    with duckdb.connect(str(home.warehouse), read_only=True) as connection:
        tables = connection.execute("select table_name from information_schema.tables where table_schema = 'staging'").fetchall()
        return {
            table: dict(connection.execute(f"select load_file, count(*) from staging.{table} group by all").fetchall())
            for (table,) in tables
            if table in models
        }
