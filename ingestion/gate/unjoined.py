"""Ids that join nothing, for the gate's page: what the newest build counted (marts.reference_coverage).

The page is written when the gate judges, before the models are built; `show_unjoined` writes it again when they are. Of a record there are
counts and causes, never an id.
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb
from sqlalchemy.engine import Engine

from base.home import Home
from ingestion.gate.drift import Policy, history
from ingestion.gate.verdicts import write_page

_COUNTED = """
select source_system, table_name, column_name, references_name, filled_count, orphan_count, dangling_count, integer_ids_count, cause
from marts.reference_coverage
where orphan_count + dangling_count + integer_ids_count > 0
order by orphan_count desc, dangling_count desc, source_system, table_name, column_name
"""


@dataclass(frozen=True)
class Unjoined:
    """One column of one table: ids that a loaded table does not have, that name a table which is not loaded, and those joined as integers."""

    source: str
    table: str
    column: str
    names: str
    filled_count: int
    orphan_count: int
    dangling_count: int
    integer_count: int
    cause: str | None


def unjoined(connection: duckdb.DuckDBPyConnection) -> list[Unjoined]:
    """What the newest build found, most rows first; nothing before the first build."""
    try:
        return [Unjoined(*row) for row in connection.execute(_COUNTED).fetchall()]
    except duckdb.CatalogException:
        return []


def show_unjoined(home: Home, ops: Engine, policy: Policy) -> None:
    """Write the page again after a build that came to its end, and so was not blocked. Where the gate has never judged there is no page."""
    with duckdb.connect(str(home.warehouse), read_only=True) as connection:
        if connection.execute("from duckdb_tables() where schema_name = 'quality' and table_name = 'drift'").fetchall():
            write_page(home.quality, ops, (), history(connection, policy), unjoined(connection))
