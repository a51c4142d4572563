"""What arrived of each source and table, and what became of it: one view and one text for a run that ends and for a check that rehearses it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import duckdb
import sqlalchemy as sa
import yaml
from sqlalchemy.engine import Engine

from base.config import Config, Source
from base.home import Home
from base.source_kinds import shape_of
from base.words import counted
from ingestion.canonical.tables import TABLES
from ingestion.extract.results import StreamLoad
from ingestion.gate import GateReport
from ingestion.gate.proposals import CODE, FORMATS, proposal
from ingestion.gate.quarantine import QuarantinedRow, as_document, standing
from ingestion.gate.rules import WARNING
from ingestion.log.loads import load_parts, loads

#: Records set aside that are shown of each table; `funnelcast quarantine` lists all.
SHOWN_RECORDS = 3

#: Warnings shown of each table, those of the most rows first.
SHOWN_WARNINGS = 5

_HEADS = ("source", "table", "received", "duplicates", "set aside", "usable", "")
_NUMBERS = range(2, 6)


@dataclass(frozen=True)
class Received:
    """One table (or stream) of one source: received = duplicates + set_aside + usable.

    `first_set_aside`: the first of them that nobody has mended since; `warnings`: what is odd in rows that are taken; `blocking`: why publishing is
    blocked; `proposal`: what to add under the table in sources.yml; `stated`: the tables of the source that stand there.
    """

    source: str
    table: str
    received: int
    duplicates: int
    set_aside: int
    first_set_aside: tuple[QuarantinedRow, ...] = ()
    warnings: tuple[str, ...] = ()
    blocking: tuple[str, ...] = ()
    proposal: dict[str, Any] = field(default_factory=dict)
    stated: dict[str, Any] = field(default_factory=dict)

    @property
    def usable(self) -> int:
        return self.received - self.duplicates - self.set_aside

    @property
    def is_blocked(self) -> bool:
        return bool(self.blocking)

    @property
    def is_unusable(self) -> bool:
        """Whether all that arrived was set aside."""
        return self.set_aside > 0 and self.usable == 0

    @property
    def outcome(self) -> str:
        if self.blocking:
            return "blocks publishing"
        if self.is_unusable:
            return "nothing usable"
        return "some set aside" if self.set_aside else "ok"

    @property
    def document(self) -> dict[str, Any]:
        return {
            "source": self.source,
            "table": self.table,
            "received": self.received,
            "duplicates": self.duplicates,
            "set_aside": self.set_aside,
            "usable": self.usable,
            "is_blocked": self.is_blocked,
            "blocking": list(self.blocking),
            "warnings": list(self.warnings),
            "first_set_aside": [as_document(row) for row in self.first_set_aside],
            "proposal": self.proposal,
        }

    def details(self) -> list[str]:
        """Why it is blocked, what is odd, the first records set aside, and what to do."""
        lines = [f"{reason.rstrip('.')}." for reason in self.blocking]
        lines += [f"{self.source} {self.table}: {warning}." for warning in self.warnings]
        if self.set_aside:
            lines.append(f"{self.source} {self.table}: {self.set_aside:,} of {counted(self.received, 'row')} set aside:")
        lines += [f"  {row}" for row in self.first_set_aside]
        if self.set_aside > len(self.first_set_aside):
            lines.append(f"  ... and {self.set_aside - len(self.first_set_aside):,} more")
        lines += [f"  -> {remedy}" for remedy in dict.fromkeys(row.remedy for row in self.first_set_aside if not self._mends(row))]
        return lines

    def _mends(self, row: QuarantinedRow) -> bool:
        """Whether the proposal is about what the row breaks."""
        if not self.proposal:
            return False
        rule, _, column = row.rule.partition(":")
        if rule == "parse":
            return not FORMATS.isdisjoint(self.proposal)
        if rule == "known":
            return column in self.proposal.get("codes", {})
        columns = self.proposal.get("columns", {})
        return column in columns if column else not columns.keys().isdisjoint(TABLES[self.table].key)


def tables_received(home: Home, ops: Engine, config: Config, streams: Iterable[StreamLoad], report: GateReport) -> list[Received]:
    """Of each stream, by source: what the ledger counted for its loads, and what the gate made of their rows."""
    with duckdb.connect(str(home.warehouse)) as connection:
        return [_received(home, ops, connection, config.source(stream.source), stream, report) for stream in streams]


def table_lines(tables: Sequence[Received]) -> list[str]:
    """For a person: the tables that anything arrived for or that are blocked, then what was set aside of each, and why."""
    shown = [table for table in tables if table.received or table.blocking]
    if not shown:
        return []
    rows = [_HEADS, *map(_cells, shown)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADS))]
    lines = ["", *("  ".join(_padded(row, widths)).rstrip() for row in rows)]
    for one in shown:
        if details := one.details():
            lines += ["", *details]
    for source in dict.fromkeys(one.source for one in shown if one.proposal):
        lines += ["", *_lines_to_paste([one for one in shown if one.source == source and one.proposal])]
    return lines


def _lines_to_paste(tables: Sequence[Received]) -> list[str]:
    """All proposals for one source as the `tables` that it then has, indented as they stand in sources.yml: one thing to paste."""
    stated = tables[0].stated
    then = _merged(stated, {one.table: one.proposal for one in tables})
    pasted = yaml.safe_dump({"tables": then}, sort_keys=False, allow_unicode=True).rstrip()
    meant = f" ({CODE} stands for the code that you mean)" if CODE in pasted else ""
    what = "put this in place of its 'tables'" if stated else "add this to it"
    return [f"-> Source '{tables[0].source}' in sources.yml: {what}{meant}:", *(f"    {line}" for line in pasted.splitlines())]


def _merged(stated: Mapping[str, Any], added: Mapping[str, Any]) -> dict[str, Any]:
    """`added` laid over `stated`, level by level."""
    over = {key: _merged(stated[key], value) if isinstance(stated.get(key), dict) else value for key, value in added.items()}
    return {**stated, **over}


def _cells(one: Received) -> tuple[str, ...]:
    counts = (one.received, one.duplicates, one.set_aside, one.usable)
    return (one.source, one.table, *(f"{count:,}" for count in counts), one.outcome)


def _padded(row: Sequence[str], widths: Sequence[int]) -> list[str]:
    return [
        cell.rjust(width) if column in _NUMBERS else cell.ljust(width) for column, (cell, width) in enumerate(zip(row, widths, strict=True))
    ]


def _received(
    home: Home, ops: Engine, connection: duckdb.DuckDBPyConnection, source: Source, stream: StreamLoad, report: GateReport
) -> Received:
    """Over all attempts at the stream's loads: a run that was killed and goes on has received what it had before, too."""
    table, load_ids = stream.stream, list(stream.load_ids)
    with ops.connect() as ledger:
        totals = ledger.execute(sa.select(loads.c.fetched, loads.c.duplicates).where(loads.c.load_id.in_(load_ids))).all()
        of_loads = load_parts.c.load_id.in_(load_ids) & load_parts.c.file.is_not(None)
        files: list[str] = list(ledger.execute(sa.select(load_parts.c.file).where(of_loads)).scalars())
    [(set_aside,)] = connection.execute(
        "select count(*) from quality.quarantine where source_system = ? and stream = ? and load_id in (select unnest(?))",
        [source.name, table, load_ids],
    ).fetchall()
    rows = standing(connection, source=source.name, table=table, load_ids=load_ids) if set_aside else []
    return Received(
        source.name,
        table,
        received=sum(row.fetched for row in totals),
        duplicates=sum(row.duplicates for row in totals),
        set_aside=int(set_aside),
        first_set_aside=tuple(islice(rows, SHOWN_RECORDS)),
        warnings=tuple(
            f"{reason} ({counted(rows, 'row')}, taken as it is)" if rows == 1 else f"{reason} ({rows:,} rows, taken as they are)"
            for verdict in report.streams
            if (verdict.kind, verdict.stream) == (shape_of(source.kind), table)
            for rule in verdict.rules
            if rule.severity == WARNING
            for of_source, reason, rows in rule.reasons
            if of_source == source.name
        )[:SHOWN_WARNINGS],
        blocking=tuple(reason for reason in report.blocking if reason.startswith(f"{source.name} {table}: ")),
        proposal=proposal(connection, home.lake, source, table, files),
        stated={name: mapping.model_dump(mode="json", exclude_unset=True) for name, mapping in source.tables.items()},
    )
