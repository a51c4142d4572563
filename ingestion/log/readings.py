"""Readings: what each file (or table of a database) held when it was last read in full, by content and line.

    readings/<source>/<stream>/<hash of the place>.parquet

The log keeps a row once, under the line where it was first seen. A reading says on which line the row stands now, or that it is no longer
there: what the gate needs to clear a record of quarantine whose file was sent again (ingestion/gate/quarantine.py). A reading replaces the one
before it and is no part of the log: one that is lost comes back when its file is read again, and until then clears nothing.
"""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from base.home import Home
from base.personal_data import Place
from ingestion.log.loads import Load
from ingestion.log.records import Row, payload_hash

#: content: the first 64 bits of a row's payload hash. The last row names the place alone, so that an empty file has a reading, too.
SCHEMA = pa.schema([("place", pa.string()), ("content", pa.uint64()), ("line", pa.int64())])

PLACES = (Place("readings of files", "hashes of rows and their lines, nothing of what they say", format="Parquet", files=("readings/**",)),)

_FLUSH_ROWS = 65_536


class Reading:
    """One reading at work. Nothing is seen of it before `finish`."""

    def __init__(self, home: Home, load: Load, place: str) -> None:
        self.place = place
        name = hashlib.sha256(place.encode()).hexdigest()[:16]
        self._target = folder(home, load.source, load.stream) / f"{name}.parquet"
        self._temporary = self._target.with_name(f".tmp-{name}")
        self._target.parent.mkdir(parents=True, exist_ok=True)
        self._writer = pq.ParquetWriter(self._temporary, SCHEMA, compression="zstd", use_dictionary=["place"], write_page_checksum=True)
        self._contents, self._lines = array("Q"), array("q")

    def add(self, rows: Sequence[Row]) -> None:
        for row in rows:
            self._contents.append(int(payload_hash(row.payload)[:16], 16))
            self._lines.append(row.line or 0)
        if len(self._lines) >= _FLUSH_ROWS:
            self._flush()

    def finish(self) -> None:
        self._flush()
        self._writer.write_table(pa.Table.from_pylist([{"place": self.place}], schema=SCHEMA))
        self._writer.close()
        self._temporary.replace(self._target)

    def discard(self) -> None:
        self._writer.close()
        self._temporary.unlink(missing_ok=True)

    def _flush(self) -> None:
        if not self._lines:
            return
        columns = [
            pa.repeat(pa.scalar(self.place), len(self._lines)),
            pa.array(self._contents, pa.uint64()),
            pa.array(self._lines, pa.int64()),
        ]
        self._writer.write_table(pa.Table.from_arrays(columns, schema=SCHEMA))
        self._contents, self._lines = array("Q"), array("q")


def folder(home: Home, source: str, stream: str) -> Path:
    return home.readings / source / stream


def readings_of(home: Home, source: str, stream: str) -> list[Path]:
    """The finished readings of a stream."""
    return sorted(folder(home, source, stream).glob("[!.]*.parquet"))


def read_reading(path: Path) -> pa.Table | None:
    """A reading's rows; None for a damaged one, which is deleted: it comes back when its file is read again."""
    try:
        return pq.read_table(path, schema=SCHEMA, page_checksum_verification=True)
    except (OSError, ValueError):
        path.unlink(missing_ok=True)
        return None
