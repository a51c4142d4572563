"""The spool: deliveries as they came, between the receiver that appends them and the run that loads them into the log.

    home/spool/<source>/<YYYY-MM-DDTHH>-<process>.jsonl     {"received_at": ISO time, "body": text} or "body_base64", one a line
    home/spool/<source>/tokens/<hash of a token>            hash of the one body that came with it (schemes that do not sign the body)

Each receiver process writes files of its own, a new one each hour and after any failed write, so processes never mix their lines, a torn
line is the last of its file, and nobody but its process ever writes a file. A line is acknowledged only after it is on disk. The run
reads what is there up to its window's end and writes nothing here.
"""

from __future__ import annotations

import base64
import hashlib
import os
import secrets
import threading
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import orjson

from base.clock import iso, parse_instant
from base.errors import ConfigError, SourceError
from base.faults import fault_point
from base.personal_data import Place
from ingestion.log.records import PATIENCE, SourceFile

SUFFIX = ".jsonl"
_TOKENS = "tokens"
_TIME_FIRST = b'{"received_at":"'

PLACES = (
    Place(
        "spool",
        "the lines that name the person; a file of which nothing remains is removed",
        holds=("payloads",),
        erasure="rewrite",
        format="JSON lines",
        files=("spool/*/*.jsonl",),
    ),
    Place("tokens of deliveries", "hashes of a token and of its delivery", format="text", files=("spool/*/tokens/*",)),
)


class TokenUsed(Exception):
    """The token came before with another body."""


class Received(NamedTuple):
    """One delivery: its raw bytes, and when they came."""

    received_at: datetime
    body: bytes

    @property
    def digest(self) -> str:
        """32 hex digits: the same bytes are the same delivery. Nothing that is not signed is in it."""
        return hashlib.sha256(self.body).hexdigest()[:32]


class Spool:
    """Where one process appends one source's deliveries. May be called from several threads."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process = f"{os.getpid()}-{secrets.token_hex(4)}"
        self._lock = threading.Lock()
        self._hour = ""
        self._files = 0
        self._handle: int | None = None

    def append(self, delivery: Received, *, token: str | None = None) -> None:
        """Return when the delivery is on disk. Raises OSError when it is not (it may be there in part: the file is not used again).

        `token`: see tokens/ above; raises TokenUsed.
        """
        if token is not None:
            self._claim(token, delivery)
        line = _line(delivery)
        with self._lock:
            try:
                handle = self._open(f"{delivery.received_at:%Y-%m-%dT%H}")
                if os.write(handle, line) != len(line):
                    raise OSError("only part of the line was written")
                os.fsync(handle)
            except OSError:
                self._leave_file()
                raise
        fault_point("webhooks.between_append_and_answer")

    def forget_tokens(self, before: datetime) -> None:
        """Drop the tokens that came before this: their timestamps are refused by now."""
        for path in (self._folder / _TOKENS).glob("*"):
            if path.stat().st_mtime < before.timestamp():
                path.unlink(missing_ok=True)

    def close(self) -> None:
        with self._lock:
            self._leave_file()

    def _open(self, hour: str) -> int:
        """This process's file of the hour, made with its folder and known to the disk before anything is in it."""
        if self._handle is not None and hour == self._hour:
            return self._handle
        self._leave_file()
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = self._folder / f"{hour}-{self._process}-{self._files}{SUFFIX}"
        self._handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)
        self._hour = hour
        self._files += 1
        _sync_folders(self._folder, 3)
        return self._handle

    def _leave_file(self) -> None:
        if self._handle is not None:
            os.close(self._handle)
        self._handle = None

    def _claim(self, token: str, delivery: Received) -> None:
        """First come, first served, over all processes; the same body again is a repetition and passes."""
        folder = self._folder / _TOKENS
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = folder / hashlib.sha256(token.encode()).hexdigest()
        digest = delivery.digest.encode()
        temporary = folder / f".{path.name}-{self._process}-{threading.get_ident()}"
        with temporary.open("wb") as handle:
            handle.write(digest)
            handle.flush()
            os.fsync(handle.fileno())
        try:
            # A link appears whole or not at all, and only one process can make it.
            os.link(temporary, path)
        except FileExistsError:
            if path.read_bytes() != digest:
                raise TokenUsed from None
        finally:
            temporary.unlink()


def read(
    folder: Path, until: datetime, known: Mapping[str, tuple[int, str]], *, forget_before: datetime | None = None
) -> Iterator[tuple[SourceFile, Iterator[Received]]]:
    """Each file with something new and what it holds, from its beginning, of deliveries received up to `until`.

    The SourceFile is of what is read: of a file still being written, its whole lines up to `until`. So a later run sees that there is more.
    A file that was read in full and whose hour began before `forget_before` is removed: its process has left it long ago.
    """
    for path in sorted(folder.glob(f"*{SUFFIX}")):
        size, checksum = _extent(path, until)
        file = SourceFile(path.name, size, checksum)
        if not size:
            continue
        if known.get(file.path) != (file.size, file.checksum):
            yield file, _deliveries(path, size, until)
        elif forget_before and parse_instant(f"{path.name[:13]}:00:00Z") < forget_before:
            path.unlink()


def _extent(path: Path, until: datetime) -> tuple[int, str]:
    """Bytes and SHA-256 of the whole lines received up to `until`. What follows a line that is later waits with it.

    A line much later than `until` was received under a wrong clock: nothing waits for that time to come.
    """
    size, digest = 0, hashlib.sha256()
    with path.open("rb") as handle:
        for line in handle:
            if not line.endswith(b"\n") or until < _received_at(path, line) <= until + PATIENCE:
                break
            size += len(line)
            digest.update(line)
    return size, digest.hexdigest()


def _deliveries(path: Path, size: int, until: datetime) -> Iterator[Received]:
    with path.open("rb") as handle:
        while handle.tell() < size:
            line = handle.readline()
            record = orjson.loads(line)
            body = record["body"].encode() if "body" in record else base64.b64decode(record["body_base64"])
            yield Received(min(_received_at(path, line), until), body)


def _line(delivery: Received) -> bytes:
    """The time first, so that a reader finds it without parsing the rest. Bytes that are no UTF-8 text are kept as base64."""
    try:
        member = {"body": delivery.body.decode()}
    except UnicodeDecodeError:
        member = {"body_base64": base64.b64encode(delivery.body).decode()}
    return _TIME_FIRST + iso(delivery.received_at).encode() + b'",' + orjson.dumps(member)[1:] + b"\n"


def _received_at(path: Path, line: bytes) -> datetime:
    try:
        return parse_instant(line[len(_TIME_FIRST) :].partition(b'"')[0].decode("ascii"))
    except (UnicodeDecodeError, ConfigError) as error:
        raise SourceError(
            f"the spool file {path} is damaged", remedy="Restore it, or move it out of the spool to continue without it."
        ) from error


def _sync_folders(folder: Path, levels: int) -> None:
    """Flush a folder and those above it that may have been made with it, so that a new file's name survives a crash."""
    for place in (folder, *folder.parents)[:levels]:
        handle = os.open(place, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
