"""What a source hands to the lake: rows with an id and a payload, grouped in pages.

A row whose own key is missing, doubled or unreadable is not dropped here: it travels under a marked record_id made of its content,
and the quality gate (ingestion/gate) quarantines it with the reason that the mark stands for.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from base.json_text import json_text

#: A line of a file, and a record, may be this long (docs/operations.md, "Limits").
LONGEST_LINE = 4_000_000
#: What is in memory of a file at once: this many rows, or so many bytes of them.
PAGE_ROWS, PAGE_BYTES = 2000, 16 * 1024 * 1024

#: An observation may be so much later than the end of the window that loads it; a later one comes of a wrong clock.
PATIENCE = timedelta(days=1)

#: Marks of a record_id that is not the source's own key -> why the row cannot be used (the rule and the reason of its quarantine).
BROKEN_IDS: dict[str, str] = {
    "keyless": "the row has no value in a column of its key",
    "conflict": "another row of the same file has the same key and other content",
    "malformed": "the row could not be read as a record",
    "doubled": "a column appears twice in the record, with different values",
    "oversized": f"the row is longer than {LONGEST_LINE // 1_000_000} million characters",
    "nested": "the record is nested too deeply",
    "untimely": "the row says that it was observed after it was loaded",
    "undated": "observed_at is not a time",
}

#: What a record_id under a mark looks like: `<mark>:<hash of the row's content>` (also the gate's rule about keys).
BROKEN_ID = rf"({'|'.join(BROKEN_IDS)}):[0-9a-f]{{32}}"
_BROKEN = re.compile(BROKEN_ID)


class Unusable(NamedTuple):
    """A line that is no record: what can be kept of it, and the mark that says why (BROKEN_IDS)."""

    text: str
    mark: str = "malformed"


#: A record by its fields, or a line that is none.
Parsed = dict[str, Any] | Unusable


class Numbered(NamedTuple):
    """A record with where it begins: the line of a text file, counting from 1 with its header; the number of the row in a file without lines."""

    line: int
    record: Parsed


class Row(NamedTuple):
    """One record as fetched. `payload` is JSON text (UTF-8). `observed_at` only where the source itself says when it was observed.

    `line`: where in its place (Page.place) it begins, as Numbered says.
    """

    record_id: str
    payload: bytes
    observed_at: datetime | None = None
    line: int | None = None


class Version(NamedTuple):
    """A row to be written: a new version of its record. `observed_us`: microseconds since 1970, UTC. `place`, `line`: where it was first seen."""

    record_id: str
    payload: bytes
    payload_hash: str
    observed_us: int
    place: str | None = None
    line: int | None = None


class SourceFile(NamedTuple):
    """A file read to its end; the ledger keeps it so that it is not read again."""

    path: str
    size: int
    checksum: str


@dataclass(frozen=True)
class Page:
    """A batch of rows. `cursor` is where to go on after it (None: this was the last). `origin` numbers the file it came from, if any.

    `place`: the file (or the table of a database) whose rows these are, where a row has a line in it; its pages follow one another, and
    together they are all that it holds.
    `token`, on the last page: what the vendor wants back next time to give only the changes since (kept when the pass is complete).
    """

    rows: Sequence[Row]
    cursor: str | None
    origin: int | None = None
    place: str | None = None
    files: tuple[SourceFile, ...] = ()
    warnings: tuple[str, ...] = field(default=())
    token: str | None = None


def encode(record: Mapping[str, Any]) -> bytes:
    """The record as JSON text with sorted keys, so that a vendor's change of key order is not a new version. Raises NotJson."""
    return json_text(record)


def encode_any(value: object) -> bytes:
    """Any JSON value as text, like `encode`."""
    return json_text(value)


def unusable_row(line: Unusable, observed_at: datetime | None = None) -> Row:
    """The row of a line that is no record, under its mark."""
    payload = encode({line.mark: line.text})
    return Row(broken_id(line.mark, payload), payload, observed_at)


def batches(rows: Iterator[Row]) -> Iterator[list[Row]]:
    """The rows in pages of bounded size."""
    page: list[Row] = []
    size = 0
    for row in rows:
        page.append(row)
        size += len(row.payload)
        if len(page) >= PAGE_ROWS or size >= PAGE_BYTES:
            yield page
            page, size = [], 0
    if page:
        yield page


def payload_hash(payload: bytes) -> str:
    """32 hex digits of BLAKE2b-128 over the payload text."""
    return hashlib.blake2b(payload, digest_size=16).hexdigest()


def broken_id(mark: str, payload: bytes) -> str:
    """The record_id of a row without a usable key: `<mark>:<hash of its content>`."""
    if mark not in BROKEN_IDS:
        raise KeyError(mark)
    return f"{mark}:{payload_hash(payload)}"


def own_id(record_id: str) -> str:
    """The source's own id as a record_id: one that looks like a mark is escaped, so that no source can write one."""
    return "\\" + record_id if _BROKEN.fullmatch(record_id) else record_id
