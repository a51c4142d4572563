"""Kind `ses`: Amazon SES event files as Firehose leaves them (research/crm_email.md 3.2): dated folders of files, one JSON event a line.

A line-oriented file cut in the middle looks like a shorter one, so a gzip stream without its end or a last line without its own refuses
the whole file (nothing of it is loaded, and it is read again when it has changed).
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

import orjson

from base.config import Source
from base.errors import ConfigError, SourceError
from ingestion.http import RunBudget
from ingestion.lake import file_checksum
from ingestion.records import Page, Row, SourceFile, broken_id, encode
from ingestion.sources.base import Window

STREAMS = ("events",)
PAGE_ROWS = 2000
_CHUNK = 1 << 20

#: The object that holds an event's own time and link.
_DETAIL = {
    "Send": "send",
    "Delivery": "delivery",
    "Open": "open",
    "Click": "click",
    "Bounce": "bounce",
    "Complaint": "complaint",
    "Reject": "reject",
    "Rendering Failure": "failure",
    "DeliveryDelay": "deliveryDelay",
    "Subscription": "subscription",
}


class SesFiles:
    """A folder of event files (`path`); every file below it but hidden ones."""

    windowed: frozenset[str] = frozenset()

    def __init__(self, source: Source, budget: RunBudget | None = None) -> None:
        self._source = source
        self._folder = Path(source.path or "")

    def streams(self) -> tuple[str, ...]:
        return STREAMS

    def files(self) -> list[Path]:
        """All event files in the order of their dated folders. Raises ConfigError when there is no such folder."""
        if not self._folder.is_dir():
            raise ConfigError(
                f"sources.yml: source '{self._source.name}' reads the folder {self._source.path}, which does not exist",
                remedy="Correct its 'path' (relative to where the command runs, or to the configuration folder).",
            )
        return sorted(path for path in self._folder.rglob("*") if path.is_file() and not path.name.startswith("."))

    def pages(self, stream: str, window: Window, cursor: str | None, known_files: Mapping[str, tuple[int, str]]) -> Iterator[Page]:
        refused: list[str] = []
        for path in self.files():
            name = path.relative_to(self._folder).as_posix()
            file = SourceFile(name, path.stat().st_size, file_checksum(path))
            if known_files.get(name) == (file.size, file.checksum):
                continue
            try:
                check_whole(path)
            except SourceError as error:
                refused.append(f"{name} {error.message}")
                continue
            lines = read_lines(path)
            while batch := list(islice(lines, PAGE_ROWS)):
                yield Page([_row(line) for line in batch], None)
            yield Page([], None, files=(file,))
        if refused:
            raise SourceError(
                f"{self._source.name}: {len(refused)} event files are cut and were not loaded, the first: {refused[0]}",
                remedy="Copy them again, whole, or move them out of the folder; all other files are loaded.",
            )

    def server_now(self) -> datetime | None:
        return None

    def close(self) -> None:
        pass


def check_whole(path: Path) -> None:
    """Raises SourceError when the file ends before its gzip stream or its last line does. Reads it once, in bounded memory."""
    tail = b""
    for line in read_lines(path):
        tail = line
    if tail and not tail.endswith(b"\n"):
        try:
            orjson.loads(tail)
        except orjson.JSONDecodeError as error:
            raise SourceError("ends within a line") from error


def read_lines(path: Path) -> Iterator[bytes]:
    """Lines of a plain or gzip file with their line ends. Raises SourceError on a damaged or unfinished gzip stream."""
    rest = b""
    for chunk in _chunks(path):
        lines = (rest + chunk).split(b"\n")
        rest = lines.pop()
        for line in lines:
            yield line + b"\n"
    if rest:
        yield rest


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as handle:
        is_gzip = handle.read(2) == b"\x1f\x8b"
        handle.seek(0)
        if not is_gzip:
            if path.suffix == ".gz":
                raise SourceError("is named .gz and is no gzip file")
            yield from iter(lambda: handle.read(_CHUNK), b"")
            return
        inflater = zlib.decompressobj(wbits=31)
        try:
            for raw in iter(lambda: handle.read(_CHUNK), b""):
                data = raw
                while data:
                    if inflater.eof:
                        inflater = zlib.decompressobj(wbits=31)
                    yield inflater.decompress(data, _CHUNK * 4)
                    data = inflater.unconsumed_tail or inflater.unused_data
            while not inflater.eof and (more := inflater.decompress(b"", _CHUNK * 4)):
                yield more
        except zlib.error as error:
            raise SourceError("is a damaged gzip file") from error
        if not inflater.eof:
            raise SourceError("is a gzip file that was cut off")


def _row(line: bytes) -> Row:
    try:
        event = orjson.loads(line)
    except orjson.JSONDecodeError:
        event = None
    if not isinstance(event, dict):
        payload = encode({"malformed": line.decode("utf-8", "replace").strip()})
        return Row(broken_id("malformed", payload), payload)
    payload = encode(event)
    identity = event_identity(event)
    if identity is None:
        return Row(broken_id("keyless", payload), payload)
    return Row(hashlib.sha256("\0".join(identity).encode()).hexdigest()[:32], payload)


def event_identity(event: Mapping[str, Any]) -> tuple[str, ...] | None:
    """(event type, message id, recipient, the event's own time, link): SES repeats events and numbers none. None when it has no message."""
    kind = event.get("eventType") or event.get("notificationType")
    mail = event.get("mail")
    if not isinstance(kind, str) or not isinstance(mail, dict) or not mail.get("messageId"):
        return None
    detail = event.get(_DETAIL.get(kind, ""))
    detail = detail if isinstance(detail, dict) else {}
    recipients = _addresses(detail) or _addresses(mail)
    return (
        kind,
        str(mail["messageId"]),
        ",".join(recipients),
        str(detail.get("timestamp") or mail.get("timestamp") or ""),
        str(detail.get("link") or ""),
    )


def _addresses(part: Mapping[str, Any]) -> list[str]:
    """The addresses that a part of an event names, lower case, sorted."""
    found: list[str] = []
    for name in ("recipients", "bouncedRecipients", "complainedRecipients", "delayedRecipients", "destination"):
        for item in part.get(name) or []:
            address = item.get("emailAddress") if isinstance(item, dict) else item
            if isinstance(address, str):
                found.append(address.strip().lower())
    return sorted(found)
