"""Blocks of earlier loads: what still stands, and what is over because its rows are mended or gone, or because the table is no longer read."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import duckdb

from ingestion.gate.verdicts import BLOCKED, RELEASED
from ingestion.sources.registry import stream_of

Place = tuple[str, str, str]


@dataclass(frozen=True)
class Asked:
    """What the run asked for. `sources`: each with why it could not be read, or None; `read`: (source, stream) of every pass; `configured`: the
    names in sources.yml; None where nobody says.
    """

    sources: Mapping[str, str | None]
    read: Collection[tuple[str, str]]
    configured: Collection[str] | None = None

    def has_given_up(self, place: Place) -> bool:
        """Whether sources.yml (or the folder) no longer has the table: nothing can mend what was loaded of it."""
        kind, source, stream = place
        if self.configured is not None and source not in self.configured:
            return True
        facts = stream_of(kind, stream)
        is_asked = source in self.sources and self.sources[source] is None and not (facts.is_periodic or facts.is_pushed)
        return is_asked and bool(self.read) and (source, stream) not in self.read


def blocked_before(connection: duckdb.DuckDBPyConnection) -> dict[Place, str]:
    """(kind, source, stream) whose newest judged load is blocked, or was until its table was no longer read."""
    query = "select kind, source_system, stream, arg_max(status, rowid) as status from quality.gated_loads group by 1, 2, 3"
    rows = connection.execute(f"select * from ({query}) where status in (?, ?)", [BLOCKED, RELEASED]).fetchall()
    return {(kind, source, stream): status for kind, source, stream, status in rows}


def settle(connection: duckdb.DuckDBPyConnection, before: Mapping[Place, str], asked: Asked) -> tuple[list[str], list[str]]:
    """Sentences about the blocks that still stand, and about those that are over. `before`: without what this run has judged anew."""
    blocking, notices = [], []
    for place, status in sorted(before.items()):
        _, source, stream = place
        if _is_mended(connection, place):
            _set(connection, place, RELEASED)
            if status == BLOCKED:
                notices.append(f"{source} {stream}: no longer blocked; the rows that broke a rule are mended, or gone from their file")
        elif asked.has_given_up(place):
            _set(connection, place, RELEASED)
            if status == BLOCKED:
                notices.append(
                    f"{source} {stream}: no longer blocked, because it is no longer read; the rows that broke a rule stay set aside"
                    " (funnelcast quarantine), what was loaded before stays"
                )
        elif status == BLOCKED or (source, stream) in asked.read:
            _set(connection, place, BLOCKED)
            blocking.append(
                f"{source} {stream}: its newest load was blocked and no later one has passed; correct the rows at the source and load again"
                " (funnelcast quarantine lists them)"
            )
    return blocking, notices


def _is_mended(connection: duckdb.DuckDBPyConnection, place: Place) -> bool:
    """Whether rows of the blocked loads were set aside, and none of them stands any more."""
    found = connection.execute(
        "select count(*) > 0 and count(*) filter (q.cleared_code is null) = 0 from quality.quarantine as q join quality.gated_loads as g"
        " using (load_file) where g.kind = ? and g.source_system = ? and g.stream = ? and g.status in (?, ?) and q.source_system = g.source_system",
        [*place, BLOCKED, RELEASED],
    ).fetchone()
    return bool(found and found[0])


def _set(connection: duckdb.DuckDBPyConnection, place: Place, status: str) -> None:
    connection.execute(
        "update quality.gated_loads set status = ? where kind = ? and source_system = ? and stream = ? and status in (?, ?)",
        [status, *place, BLOCKED, RELEASED],
    )
