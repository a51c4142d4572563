"""Writes lake files as ingestion does (one load = one file), so that dbt can be tested without a source or a service."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from ingestion.log.parts import SCHEMA


def write_load(
    home: Path, source: str, kind: str, stream: str, records: Iterable[Mapping[str, Any]], window_end: datetime, *, id_column: str = "id"
) -> Path | None:
    """One load of `records` (payloads) seen at `window_end` (naive UTC). Returns its file; None for no records."""
    folder = home / "lake" / source
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "source.json").write_text(json.dumps({"name": source, "kind": kind}), encoding="utf-8")
    load_id = hashlib.sha256(f"{source}{stream}{window_end}".encode()).hexdigest()[:16]
    rows = []
    for number, record in enumerate(records):
        payload = json.dumps(record, sort_keys=True, default=str)
        record_id = str(record.get(id_column, f"row-{number}"))
        digest = hashlib.md5(payload.encode()).hexdigest()
        rows.append((source, stream, record_id, payload, digest, window_end, load_id, 0, None, window_end, None, None))
    if not rows:
        return None
    target = folder / stream / f"load_date={window_end:%Y-%m-%d}" / f"{load_id}-00000.parquet"
    target.parent.mkdir(parents=True, exist_ok=True)
    columns = [pa.array(column, type=field.type) for column, field in zip(zip(*rows, strict=True), SCHEMA, strict=True)]
    pq.write_table(pa.Table.from_arrays(columns, schema=SCHEMA), target, compression="zstd")
    return target
