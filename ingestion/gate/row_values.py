"""What the gate adds to a record that it has put into quarantine: its file and line, and the values that do not parse, as far as they may be shown.

Both stand in the part of the log that the record came from; only parts with such records are opened.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from base.dbt_vars import dbt_vars
from ingestion.canonical.formats import Fit, date_fit, decimal_fit
from ingestion.canonical.streams import SHAPE
from ingestion.gate.profiles import StagingTable, columns_of
from ingestion.gate.rules import PARSE
from ingestion.gate.words import TYPE_WORDS, shown, unreadable
from ingestion.sources.registry import stream_of

#: Different values of a column that are tried against formats.
_MOST_VALUES = 50_000
#: Which formats can be stated, by type of the staging column.
_FITS = {"TIMESTAMP": date_fit, "DATE": date_fit, "DOUBLE": decimal_fit, "BIGINT": decimal_fit, "INTEGER": decimal_fit}


def describe_rows(connection: duckdb.DuckDBPyConnection, lake: Path, table: StagingTable) -> None:
    """Fill place and line of the table's new records, and put the values that do not parse into their reasons. Within a transaction."""
    new = "stream = $stream and kind = $kind and load_file in (select load_file from " + table.profiles + ")"
    facts = {"stream": table.stream, "kind": table.kind}
    files = connection.execute(
        f"select load_file, string_agg(distinct column_names, ',') filter (rule = '{PARSE}') from quality.quarantine where {new} group by 1 order by 1",
        facts,
    ).fetchall()
    fits: dict[tuple[str, str], Fit | None] = {}
    for file, unread in files:
        path = lake / file
        if not path.exists():
            continue
        if "line" in pq.read_schema(path).names:
            connection.execute(
                "update quality.quarantine as q set place = p.place, line = p.line from read_parquet($path) as p"
                " where q.load_file = $file and q.record_id = p.record_id and q.payload_hash = p.payload_hash",
                {"path": str(path), "file": file},
            )
        if unread:
            _say_values(connection, lake, table, file, sorted(set(unread.split(","))), fits)


def _say_values(
    connection: duckdb.DuckDBPyConnection,
    lake: Path,
    table: StagingTable,
    file: str,
    columns: list[str],
    fits: dict[tuple[str, str], Fit | None],
) -> None:
    types = columns_of(connection, table)
    contract = stream_of(table.kind, table.stream).contract
    texts_of = [column for column in columns if types.get(column) in TYPE_WORDS]
    if not any(types.get(column) in (*TYPE_WORDS, "VARCHAR") for column in columns):
        return
    columns = texts_of
    texts = "".join(f", json_extract_string(p.payload, '$.\"{column}\"')" for column in columns)
    rows = connection.execute(
        f"select q.record_id, q.payload_hash, q.column_names, q.reason{texts} from quality.quarantine as q"
        " join read_parquet($path) as p on p.record_id = q.record_id and p.payload_hash = q.payload_hash"
        f" where q.load_file = $file and q.rule = '{PARSE}'",
        {"path": str(lake / file), "file": file},
    ).fetchall()
    found = []
    for record_id, payload_hash, unread, reason, *values in rows:
        by_column = dict(zip(columns, values, strict=True))
        sentences = []
        for column in unread.split(","):
            if types.get(column) == "VARCHAR":
                sentences.append(f"{column} is longer than {dbt_vars()['longest_text']:,} characters")
                continue
            if column not in by_column:
                sentences.append(f"{column} is not readable")
                continue
            value = by_column[column]
            sentence = f"{column} is not {TYPE_WORDS[types[column]]}"
            if value is not None and column not in contract.unshown:
                fit = _fit(connection, lake, table, file, column, types, fits)
                sentence += f": {shown(value)}" + (f" ({fit})" if fit and fit.reads(value) else "")
            sentences.append(sentence)
        found.append((record_id, payload_hash, reason.replace(unreadable(unread), "; ".join(sentences), 1)))
    described = (
        pa.table([pa.array(column) for column in zip(*found, strict=True)], names=["record_id", "payload_hash", "reason"])
        if found
        else None
    )
    if described is not None:
        connection.register("described", described)
        connection.execute(
            "update quality.quarantine as q set reason = d.reason from described as d"
            " where q.load_file = $file and q.record_id = d.record_id and q.payload_hash = d.payload_hash",
            {"file": file},
        )
        connection.unregister("described")


def _fit(
    connection: duckdb.DuckDBPyConnection,
    lake: Path,
    table: StagingTable,
    file: str,
    column: str,
    types: Mapping[str, str],
    fits: dict[tuple[str, str], Fit | None],
) -> Fit | None:
    """Which format fits the column's values in the source's new load, where one can be stated."""
    source = file.partition("/")[0]
    if (source, column) not in fits:
        fits[source, column] = None
        if table.kind == SHAPE and types[column] in _FITS:
            paths = [
                str(lake / name)
                for (name,) in connection.execute(
                    f"select distinct load_file from {table.profiles} where source_system = ?", [source]
                ).fetchall()
                if (lake / name).exists()
            ]
            fits[source, column] = fit_of(connection, paths, column, types[column])
    return fits[source, column]


def fit_of(connection: duckdb.DuckDBPyConnection, paths: Sequence[str], column: str, type: str) -> Fit | None:
    """Which format fits the values of a column in these parts of the log; None for a type that no format can be stated of."""
    if type not in _FITS:
        return None
    values = connection.execute(
        f"select trim(t), count(*) from (select json_extract_string(payload, '$.\"{column}\"') as t from read_parquet(?))"
        f" where trim(t) <> '' and not regexp_matches(trim(t), '^\\d{{4}}-\\d\\d-\\d\\d([T ]|$)') group by 1 order by 2 desc, 1 limit {_MOST_VALUES}",
        [list(paths)],
    ).fetchall()
    return _FITS[type](dict(values))
