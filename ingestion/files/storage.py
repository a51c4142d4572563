"""A source's folder, wherever it lies: on this machine or in object storage, read through fsspec (`s3://`, `gs://`, `memory://`, `file://`).

What is read is what the ledger remembers: a file that changes while it is read is refused before a row of the change is handed on.
Credentials are roles of sources.yml that name environment variables; each becomes the fsspec option of its name.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from fnmatch import fnmatch
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import IO, Any, NamedTuple

import fsspec

from base.config import Source
from base.errors import ConfigError, FunnelcastError, MissingFolderError, SourceError
from ingestion.log.records import SourceFile

#: What a file system calls the fingerprint of an object's content, and when it was written.
_FINGERPRINTS = ("ETag", "etag", "md5Hash", "content_md5", "checksum")
_WRITTEN = ("mtime", "LastModified", "last_modified", "updated", "modified")
_STAMPS = (*_WRITTEN, "ino")


#: Files that a folder may hold.
MOST_FILES = 200_000


class Skipped(NamedTuple):
    """What lies in a folder and is not read, and why."""

    name: str
    why: str
    is_folder: bool

    def __str__(self) -> str:
        return f"{self.name} is not read: {self.why}"


@dataclass(frozen=True)
class StoredFile:
    """One file of a folder. `name` is relative to it; `state` changes when the file does."""

    fs: Any
    place: str
    name: str
    size: int
    state: Mapping[str, object]

    @property
    def stem(self) -> str:
        return PurePosixPath(self.name).name.partition(".")[0]

    @property
    def suffix(self) -> str:
        return PurePosixPath(self.name).suffix.lower()

    @property
    def is_local(self) -> bool:
        return "file" in _protocols(self.fs)

    @property
    def modified_at(self) -> datetime | None:
        """When it was written, by the clock of whoever keeps it; None where the storage does not say."""
        for fact in _WRITTEN:
            if fact not in self.state:
                continue
            text = str(self.state[fact])
            try:
                moment = datetime.fromtimestamp(float(text), UTC) if fact == "mtime" else datetime.fromisoformat(text)
            except (ValueError, OverflowError, OSError):
                continue
            return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return None

    def open(self) -> IO[bytes]:
        """The file for reading, seekable. Raises SourceError, also when a link or a pipe has taken its place since it was listed."""
        try:
            handle: IO[bytes] = _open_regular(self.place) if self.is_local else self.fs.open(self.place, "rb")
        except (OSError, ValueError) as error:
            raise _unreadable(self.name, error) from error
        return handle

    def fingerprint(self) -> SourceFile:
        """The file's row of the ledger: size and checksum, the storage's own where it keeps one, else SHA-256 of the content."""
        own = _fingerprint(self.fs.info(self.place))
        if own:
            return SourceFile(self.name, self.size, own[:64])
        with self.open() as handle:
            return SourceFile(self.name, self.size, hashlib.file_digest(handle, "sha256").hexdigest())  # type: ignore[arg-type]

    def check_unchanged(self) -> None:
        """Raises SourceError when the file is no longer the one that was listed."""
        try:
            now = _state(self.fs.info(self.place))
        except (OSError, ValueError):
            now = {}
        # A listing may say other things of a file than a look at it does: what both say is compared.
        if not now or any(now[fact] != self.state[fact] for fact in now.keys() & self.state.keys()):
            raise SourceError(
                f"{self.name} changed while it was being read",
                remedy="Run again once it is complete. Write exports under another name first and rename them when they are done.",
            )


class Storage:
    """The folder of one source. Raises ConfigError when its address cannot be used at all."""

    def __init__(self, source: Source) -> None:
        self._source = source
        address = source.path or ""
        options: dict[str, Any] = dict(source.storage_options)
        for role in source.credentials:
            options[role] = source.secret(role)
        try:
            self.fs, self.root = fsspec.core.url_to_fs(address, **_for_local(address), **options)
        except (ImportError, ValueError, TypeError) as error:
            scheme = address.partition("://")[0]
            remedy = f"Install the Python package that reads {scheme} ({_package(scheme)}) beside Funnelcast, or correct the address."
            raise ConfigError(
                f"{source.place('path')}: source '{source.name}' reads {scheme}://, which cannot be opened here", remedy=remedy
            ) from error
        except Exception as error:  # every storage library has errors of its own
            raise SourceError(
                f"{source.place('path')}: source '{source.name}': the address cannot be opened ({type(error).__name__})",
                remedy="Check 'path', the credentials and the network.",
            ) from error

    def files(self, *, recursive: bool = False) -> list[StoredFile]:
        """Its files but hidden ones, by name as people count (`apps_9` before `apps_10`).

        Raises MissingFolderError when there is no such folder, SourceError when it cannot be listed.
        """
        return self._list(recursive)[0]

    def skipped(self, *, recursive: bool = False) -> list[Skipped]:
        """What lies there and is no file of the folder. Raises like `files`."""
        return self._list(recursive)[1]

    def _list(self, recursive: bool) -> tuple[list[StoredFile], list[Skipped]]:
        try:
            if not self.fs.isdir(self.root):
                raise MissingFolderError(
                    f"{self._source.place('path')}: source '{self._source.name}' reads the folder {self._source.path}, which does not exist",
                    remedy="Correct its 'path' (relative to where the command runs, or to the configuration folder).",
                )
            # Object stores keep listings; a run must see what is there now.
            self.fs.invalidate_cache()
            skipped: list[Skipped] = []
            if "file" in _protocols(self.fs):
                found = [self._file(self.fs.info(place), name) for place, name in _walk(str(self.root), recursive, skipped)]
            else:
                infos = self.fs.find(self.root, detail=True).values() if recursive else self.fs.ls(self.root, detail=True)
                found = [self._file(info) for info in islice((info for info in infos if _is_file(info)), MOST_FILES + 1)]
        except FunnelcastError:
            raise
        except Exception as error:  # every storage library has errors of its own
            raise SourceError(
                f"the folder {self._source.path} cannot be listed ({type(error).__name__})",
                remedy="Check the address, the credentials and the permission to list it.",
            ) from error
        if len(found) > MOST_FILES:
            raise SourceError(
                f"the folder {self._source.path} holds more than {MOST_FILES:,} files",
                remedy="Move files that were read long ago to another folder.",
            )
        return sorted(found, key=lambda file: natural(file.name)), skipped

    def _file(self, info: Mapping[str, Any], name: str = "") -> StoredFile:
        place = str(info["name"])
        name = name or PurePosixPath(place).relative_to(PurePosixPath(self.root)).as_posix()
        return StoredFile(self.fs, place, name, int(info.get("size") or 0), _state(info))


def _walk(root: str, recursive: bool, skipped: list[Skipped]) -> Iterator[tuple[str, str]]:
    """(place, name) of every regular file below `root`, up to one more than may be. Links are followed to files inside the folder alone, to no folder.

    A link out of it would bring any file of the machine into the log, a pipe would block the run for ever.
    """
    base = os.path.realpath(root)
    count, folders = 0, [base]
    while folders and count <= MOST_FILES:
        with os.scandir(folders.pop()) as entries:
            for entry in entries:
                if entry.name.startswith("."):
                    continue
                name = os.path.relpath(entry.path, base)
                place, why = _regular(entry, base)
                if place is not None:
                    count += 1
                    yield place, name
                elif entry.is_dir(follow_symlinks=False) and recursive:
                    folders.append(entry.path)
                else:
                    skipped.append(Skipped(name, why, is_folder=entry.is_dir(follow_symlinks=False)))
                if count > MOST_FILES:
                    return


def _regular(entry: os.DirEntry[str], base: str) -> tuple[str | None, str]:
    """Where the entry's content lies, or why it is not read."""
    if not entry.is_symlink():
        if entry.is_file(follow_symlinks=False):
            return entry.path, ""
        return None, "it is a folder" if entry.is_dir(follow_symlinks=False) else "it is neither a file nor a folder"
    target = os.path.realpath(entry.path)
    if target != base and not target.startswith(base + os.sep):
        return None, "it is a link that leads out of the folder"
    try:
        mode = Path(target).stat().st_mode
    except OSError:
        return None, "it is a link that leads nowhere"
    if stat.S_ISREG(mode):
        return target, ""
    return None, "it is a link to a folder" if stat.S_ISDIR(mode) else "it is a link to neither a file nor a folder"


def _open_regular(place: str) -> IO[bytes]:
    handle = os.open(place, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise OSError(errno.EINVAL, "not a file")
        return os.fdopen(handle, "rb")
    except BaseException:
        os.close(handle)
        raise


def _is_file(info: Mapping[str, Any]) -> bool:
    return info.get("type") == "file" and not PurePosixPath(str(info["name"])).name.startswith(".")


def natural(name: str) -> list[str | int]:
    """For sorting: runs of digits count as numbers."""
    return [int(part) if number % 2 else part for number, part in enumerate(re.split(r"([0-9]+)", name))]


def matches(name: str, pattern: str) -> bool:
    """Whether a file's name is meant by `pattern` (a name, or with * and ?), without regard to case."""
    return fnmatch(name.lower(), pattern.lower())


def _state(info: Mapping[str, Any]) -> dict[str, object]:
    facts: dict[str, object] = {name: str(info[name]) for name in ("size", *_STAMPS) if info.get(name) is not None}
    fingerprint = _fingerprint(info)
    return {**facts, "fingerprint": fingerprint} if fingerprint else facts


def _fingerprint(info: Mapping[str, Any]) -> str | None:
    return next((str(info[name]).strip('"') for name in _FINGERPRINTS if info.get(name)), None)


def _protocols(fs: Any) -> tuple[str, ...]:
    return (fs.protocol,) if isinstance(fs.protocol, str) else tuple(fs.protocol)


def _for_local(address: str) -> dict[str, Any]:
    """Plain paths and file:// are this machine's own; nothing is created there."""
    return {"auto_mkdir": False} if "://" not in address or address.startswith(("file://", "local://")) else {}


def _package(scheme: str) -> str:
    return {"s3": "s3fs", "s3a": "s3fs", "gs": "gcsfs", "gcs": "gcsfs", "az": "adlfs", "abfs": "adlfs"}.get(scheme, "an fsspec package")


def _unreadable(name: str, error: Exception) -> SourceError:
    return SourceError(f"{name} cannot be read ({type(error).__name__})", remedy="Check the file's permissions and run again.")
