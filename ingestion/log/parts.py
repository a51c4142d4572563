"""The lake: an append-only Parquet log of record versions, never parsed on the way in (docs/architecture.md).

    lake/<source>/source.json                                        {"name": ..., "kind": ...}
    lake/<source>/<stream>/load_date=YYYY-MM-DD/<load_id>-<part>.parquet

A file is complete or absent: it is written under a temporary name, flushed to disk, renamed, and its folder flushed. A file in place
is immutable. Its Parquet metadata `funnelcast` repeats its ledger row, so that a file whose ledger row was lost can be adopted.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from base.checksums import sha256_of
from base.clock import EPOCH, iso, naive_utc, parse_instant, second
from base.errors import DamageError, SourceError
from base.personal_data import Place
from ingestion.log.loads import Load, Part
from ingestion.log.records import SourceFile, Version, payload_hash

METADATA_KEY = b"funnelcast"
TEMPORARY_PREFIX = ".tmp-"

#: Rows per row group: what a reader holds at once.
ROW_GROUP_ROWS = 8192

SCHEMA = pa.schema(
    [
        ("source", pa.string()),
        ("stream", pa.string()),
        ("record_id", pa.string()),
        ("payload", pa.string()),
        ("payload_hash", pa.string()),
        ("observed_at", pa.timestamp("us")),
        ("load_id", pa.string()),
        ("part", pa.int32()),
        ("window_start", pa.timestamp("us")),
        ("window_end", pa.timestamp("us")),
        # Where the row was first seen: its file (or table) and its line there. Parts of older versions have neither, nor have services.
        ("place", pa.string()),
        ("line", pa.int64()),
    ]
)

PLACES = (
    Place(
        "log",
        "a tombstone first, so that no later load brings the person back; then the parts that hold the person",
        holds=("payloads",),
        erasure="rewrite",
        format="Parquet",
        files=("lake/*/*/load_date=*/*",),
    ),
    Place("descriptions of sources", "kind and settings of each source", format="JSON", files=("lake/*/*source.json",)),
)


def part_path(load: Load, part: int) -> str:
    """A part's place, relative to the lake."""
    return f"{load.source}/{load.stream}/load_date={load.window_end.astimezone(UTC):%Y-%m-%d}/{load.load_id}-{part:05d}.parquet"


def stream_files(lake: Path, source: str, stream: str) -> list[Path]:
    """The stream's files in the order they were loaded by day."""
    return sorted((lake / source / stream).glob("load_date=*/*.parquet"))


def describe_source(lake: Path, name: str, kind: str, settings: Mapping[str, Any] | None = None) -> None:
    """Write source.json, so that the lake says what it holds. A source never changes its kind.

    `settings`: what of sources.yml dbt must know to read it (models/staging/config); they follow the configuration.
    """
    folder = lake / name
    path = folder / "source.json"
    described = {"name": name, "kind": kind, **(settings or {})}
    known = _described(path)
    if known and known.get("kind") != kind:
        raise SourceError(
            f"sources.yml: source '{name}' is of kind {kind}, but its lake was loaded from kind {known.get('kind')}",
            remedy="Give the new source another name; what was loaded stays under the old one.",
        )
    if known == described:
        return
    folder.mkdir(parents=True, exist_ok=True)
    temporary = folder / f"{TEMPORARY_PREFIX}source.json"
    temporary.write_text(json.dumps(described) + "\n", encoding="utf-8")
    _commit(temporary, path)


def _described(path: Path) -> dict[str, Any] | None:
    """What a source.json says; None where there is none, or a damaged one, which is written again."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def write_part(
    lake: Path,
    load: Load,
    part: int,
    rows: Sequence[Version],
    *,
    fetched: int,
    duplicates: int,
    cursor: str | None,
    files: Sequence[SourceFile],
) -> Part:
    """Write one part file and put it in place; returns its ledger row (not yet stored).

    `rows` are what is new of the `fetched` records. No rows, no file: the part is then the ledger's alone.
    Raises SourceError when fetched is not rows + duplicates, or a file is in place already or holds other rows than were given.
    """
    if fetched != len(rows) + duplicates:
        raise SourceError(f"{load.source}: {load.stream}: {fetched} records fetched are not {len(rows)} new and {duplicates} duplicates")
    if not rows:
        return Part(load.load_id, part, None, fetched, 0, duplicates, 0, None, cursor)
    relative = part_path(load, part)
    target = lake / relative
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.exists():
        raise SourceError(f"lake file {relative} already exists and is not in the ledger", remedy="Run again: recovery adopts it first.")
    temporary = target.with_name(TEMPORARY_PREFIX + target.name)
    facts = {
        "load": {**asdict(load), "window_start": _iso(load.window_start), "window_end": iso(load.window_end)},
        "part": {"part": part, "fetched": fetched, "written": len(rows), "duplicates": duplicates, "next_cursor": cursor},
        "files": [list(file) for file in files],
    }
    _write_rows(temporary, load, part, rows, facts)
    written = pq.read_metadata(temporary).num_rows
    if written != len(rows):
        raise SourceError(f"lake file {relative} holds {written} rows instead of {len(rows)}", remedy="Check the disk, then run again.")
    size, checksum = temporary.stat().st_size, sha256_of(temporary)
    _commit(temporary, target)
    return Part(load.load_id, part, relative, fetched, written, duplicates, size, checksum, cursor)


def redate_part(lake: Path, part: Part, load: Load) -> Part:
    """Write the rows of a part as part of another window, `load`; what was observed after its end was observed at it. The old file stays.

    Versions keep their order: the microseconds that count those of one instant are kept (ingestion/log/versions.py). Records that are
    named after their window's end (sweeps) get the new one.
    """
    assert part.file is not None
    relative = part_path(load, part.part)
    target = lake / relative
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(TEMPORARY_PREFIX + target.name)
    with pq.ParquetFile(lake / part.file) as source:
        facts = json.loads((source.schema_arrow.metadata or {})[METADATA_KEY])
        before = parse_instant(facts["load"]["window_end"])
        facts["load"] = {**asdict(load), "window_start": _iso(load.window_start), "window_end": iso(load.window_end)}
        facts["part"]["next_cursor"] = None
        rows = [_redated(row, before, load.window_end) for batch in source.iter_batches(ROW_GROUP_ROWS) for row in batch.to_pylist()]
    _write_rows(temporary, load, part.part, rows, facts)
    size, checksum = temporary.stat().st_size, sha256_of(temporary)
    _commit(temporary, target)
    return Part(load.load_id, part.part, relative, part.fetched, part.written, part.duplicates, size, checksum, None)


def read_part(lake: Path, path: Path) -> tuple[Load, Part, list[SourceFile]] | None:
    """The ledger row that a lake file carries; None when the file carries none (it was not written by ingestion).

    Every row is held against its own hash, and all of them against the digest that was written with them. Raises DamageError.
    """
    name = path.relative_to(lake).as_posix()
    try:
        found = _read_part(lake, path)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DamageError(f"lake/{name} cannot be read as a part of the log") from error
    if found and not _is_whole(path, found[1].written):
        raise DamageError(f"lake/{name} does not hold the rows that were written to it")
    return found


def _read_part(lake: Path, path: Path) -> tuple[Load, Part, list[SourceFile]] | None:
    metadata = pq.read_metadata(path)
    raw = (metadata.metadata or {}).get(METADATA_KEY)
    if raw is None:
        return None
    facts = json.loads(raw)
    if "load" not in facts or "part" not in facts:
        return None
    window = facts["load"]
    load = Load(window["source"], window["kind"], window["stream"], _instant(window["window_start"]), parse_instant(window["window_end"]))
    part = Part(
        load_id=load.load_id,
        file=path.relative_to(lake).as_posix(),
        bytes=path.stat().st_size,
        checksum=sha256_of(path),
        **facts["part"],
    )
    return load, part, [SourceFile(*file) for file in facts["files"]]


def _is_whole(path: Path, written: int) -> bool:
    """Whether all rows are there with the digest in the metadata, and every payload has its row's own hash. Parts without a digest are only counted."""
    digest, count = _RowsDigest(), 0
    columns = ["record_id", "payload", "payload_hash", "observed_at"]
    try:
        with pq.ParquetFile(path) as file:
            recorded = json.loads((file.schema_arrow.metadata or {})[METADATA_KEY]).get("rows_digest")
            if recorded is None:
                return bool(file.metadata.num_rows == written)
            for batch in file.iter_batches(ROW_GROUP_ROWS, columns=columns):
                ids, payloads, hashes = (batch.column(name).to_pylist() for name in columns[:3])
                count += len(ids)
                if any(payload_hash(payload.encode()) != known for payload, known in zip(payloads, hashes, strict=True)):
                    return False
                digest.add(ids, hashes, batch.column("observed_at").cast(pa.int64()).to_pylist())
    except (OSError, ValueError):
        return False
    return count == written and recorded == digest.hex()


class _RowsDigest:
    """A digest of rows in order: their ids, hashes and times of observation (microseconds since 1970)."""

    def __init__(self) -> None:
        self._hash = hashlib.blake2b(digest_size=16)

    def add(self, ids: Sequence[str], hashes: Sequence[str], observed_us: Sequence[int]) -> None:
        for row in zip(ids, hashes, observed_us, strict=True):
            self._hash.update("{}\0{}\0{}\n".format(*row).encode())

    def hex(self) -> str:
        return self._hash.hexdigest()


def rows_in(lake: Path, files: Sequence[str]) -> int:
    """Rows that the files hold, by their own footers."""
    return sum(pq.read_metadata(lake / file).num_rows for file in files)


def temporary_files(lake: Path) -> Iterator[Path]:
    """What a killed writer left: never read by anybody."""
    return lake.rglob(f"{TEMPORARY_PREFIX}*")


def _write_rows(path: Path, load: Load, part: int, rows: Sequence[Version], facts: dict[str, Any]) -> None:
    digest = _RowsDigest()
    digest.add(*([getattr(row, name) for row in rows] for name in ("record_id", "payload_hash", "observed_us")))
    schema = SCHEMA.with_metadata({METADATA_KEY: json.dumps({**facts, "rows_digest": digest.hex()}, sort_keys=True).encode()})
    with pq.ParquetWriter(path, schema, compression="zstd", use_dictionary=["source", "stream", "load_id", "place"]) as writer:
        for start in range(0, len(rows), ROW_GROUP_ROWS):
            writer.write_table(_table(schema, load, part, rows[start : start + ROW_GROUP_ROWS]))


def _table(schema: pa.Schema, load: Load, part: int, rows: Sequence[Version]) -> pa.Table:
    count = len(rows)
    window_start = naive_utc(load.window_start) if load.window_start else None

    def repeated(value: Any, kind: pa.DataType) -> pa.Array:
        return pa.repeat(pa.scalar(value, kind), count)

    return pa.Table.from_arrays(
        [
            repeated(load.source, pa.string()),
            repeated(load.stream, pa.string()),
            pa.array([row.record_id for row in rows], pa.string()),
            pa.array([row.payload for row in rows], pa.binary()).cast(pa.string()),
            pa.array([row.payload_hash for row in rows], pa.string()),
            pa.array([row.observed_us for row in rows], pa.timestamp("us")),
            repeated(load.load_id, pa.string()),
            repeated(part, pa.int32()),
            repeated(window_start, pa.timestamp("us")),
            repeated(naive_utc(load.window_end), pa.timestamp("us")),
            pa.array([row.place for row in rows], pa.string()),
            pa.array([row.line for row in rows], pa.int64()),
        ],
        schema=schema,
    )


def _redated(row: Mapping[str, Any], before: datetime, end: datetime) -> Version:
    observed, latest = row["observed_at"], naive_utc(end)
    if observed > latest:
        observed = latest.replace(microsecond=latest.microsecond // 1000 * 1000 + observed.microsecond % 1000)
    record_id, payload = row["record_id"], row["payload"]
    if second(before) in record_id:
        record_id, payload = (text.replace(second(before), second(end)) for text in (record_id, payload))
    encoded = payload.encode()
    observed_us = (observed - naive_utc(EPOCH)) // timedelta(microseconds=1)
    return Version(record_id, encoded, payload_hash(encoded), observed_us, row.get("place"), row.get("line"))


def _commit(temporary: Path, target: Path) -> None:
    """Put a written file in place so that after a crash it is there whole or not at all."""
    with temporary.open("rb+") as handle:
        os.fsync(handle.fileno())
    temporary.replace(target)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _iso(moment: datetime | None) -> str | None:
    return iso(moment) if moment else None


def _instant(text: str | None) -> datetime | None:
    return parse_instant(text) if text else None
