"""What the machine refuses, as sentences with a remedy: a full disk, a file that is damaged, locked or out of reach.

`explained` knows the exceptions of the operating system, of SQLite (through SQLAlchemy), of DuckDB and of Parquet. Anything else is a bug.
"""

from __future__ import annotations

import errno
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from traceback import walk_tb

from base.errors import BusyError, DamageError, FunnelcastError, SpaceError
from base.home import Home

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_FORBIDDEN = (errno.EACCES, errno.EPERM, errno.EROFS)
_MISPLACED = (errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.EEXIST, errno.ENOTEMPTY, errno.ELOOP)

#: What DuckDB raises when a query of ours is wrong.
_OF_A_QUERY = ("BinderException", "CatalogException", "ConversionException", "ParserException", "SyntaxException", "TypeMismatchException")

#: What databases say, in the order in which it is looked for.
_SAYS_FULL = re.compile(
    r"no space left|disk (is )?full|is full|file too large|quota exceeded|could not write|failed to (write|offload)", re.I
)
_SAYS_LOCKED = re.compile(r"is locked|conflicting lock|could not set lock", re.I)
_SAYS_FORBIDDEN = re.compile(r"read-?only|permission denied|unable to open|operation not permitted", re.I)
_SAYS_FAILING = re.compile(r"disk i/o error|input/output error", re.I)
_SAYS_DAMAGED = re.compile(
    r"malformed|not a (valid duckdb )?database|corrupt|checksum|magic bytes|footer|thrift|tprotocol|decompress|could not read|too small|no such (table|column)"
    r"|deserialize|invalid string encoding|invalidated|snappy|zstd|is a directory|cannot open|no files found",
    re.I,
)
#: Tables of Dagster's storage.
_DAGSTERS = re.compile(
    r"\b(event_logs|asset_\w+|run_tags|snapshots|instigators|job_ticks|kvs|secondary_indexes|concurrency_\w+|pending_steps|daemon_heartbeats)\b"
)
_PATH = re.compile(r"""["'](/[^"']+)["']""")


@dataclass(frozen=True)
class _Subject:
    """The file that an error is about."""

    name: str
    path: Path
    repair: str

    @classmethod
    def of(cls, path: Path, home: Home | None) -> _Subject:
        if home is None or not path.is_relative_to(home.root):
            return cls(str(path), path, "")
        folder = path.relative_to(home.root).parts[:1] or ("",)
        repair = {"lake": "lake", "published": "published", "restricted": "published"}.get(folder[0], "")
        if path.name.startswith(home.warehouse.name):
            repair = "warehouse"
        if path.name.startswith(home.ops_file.name):
            repair = "ops"
        return cls(str(path), path, repair)

    @property
    def remedy(self) -> str:
        if not self.repair:
            return "`funnelcast verify` says what is damaged, `funnelcast repair` puts it right."
        return f"`funnelcast repair {self.repair}` puts it right."


def explained(error: BaseException, home: Home | None = None) -> FunnelcastError | None:
    """The error in words, with the file and the remedy; None for one that says nothing of the machine. `home`: what its files are, and which repair helps."""
    if isinstance(error, FunnelcastError):
        return error
    if isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryException":
        return FunnelcastError(
            "The machine ran out of memory", remedy="Free memory, or give the build more (FUNNELCAST_MEMORY); then run again."
        )
    if _is_of(error, "duckdb", "pyarrow"):
        return None if type(error).__name__ in _OF_A_QUERY else of_text(str(error), home)
    if _is_of(error, "sqlalchemy", "sqlite3"):
        return _of_database(str(getattr(error, "orig", None) or error), _sqlite_subject(error, home))
    if isinstance(error, OSError) and error.errno is not None:
        return _of_system(error, home)
    return explained(error.__cause__, home) if error.__cause__ is not None else None


def of_text(text: str, home: Home | None) -> FunnelcastError | None:
    """The same of an error of DuckDB of which only the message is left (dbt keeps no more). A message without a path is about the build file."""
    found = _PATH.search(text)
    if found:
        return _of_database(text, _Subject.of(Path(found[1]), home))
    return _of_database(text, _Subject("The build file warehouse.duckdb", home.warehouse if home else Path(), "warehouse"))


def disk_full(what: str, path: Path) -> SpaceError:
    place = next((place for place in (path, *path.parents) if place.exists()), None)
    free = f" ({shutil.disk_usage(place).free / 1e6:,.0f} MB are free there)" if place else ""
    return SpaceError(
        f"{what} cannot be written: the disk is full{free}", remedy="Free space and run again; what was written whole is kept."
    )


def _sqlite_subject(error: BaseException, home: Home | None) -> _Subject:
    """The operations database, or Dagster's own: SQLAlchemy keeps the statement that failed; a commit has none, but came from Dagster's storage."""
    statement = getattr(error, "statement", None)
    if _DAGSTERS.search(str(statement)) if statement else _came_from(error, "dagster", "storage"):
        return _Subject("Dagster's history", home.dagster if home else Path(), "")
    return _Subject("The operations database", home.ops_file if home else Path(), "ops")


def _of_system(error: OSError, home: Home | None) -> FunnelcastError | None:
    path = Path(str(error.filename)) if error.filename is not None else home.root if home else Path()
    subject = _Subject.of(path, home) if path.parts else _Subject("A file", path, "")
    reason = (error.strerror or "").lower()
    if error.errno in _FULL:
        return disk_full(subject.name, path)
    if error.errno in _FORBIDDEN:
        return _forbidden(subject, reason)
    if error.errno == errno.EIO:
        return _failing(subject)
    if error.errno in _MISPLACED and home and path.is_relative_to(home.root) and error.filename is not None:
        return DamageError(f"{subject.name}: {reason}", remedy=subject.remedy)
    return None


def _of_database(text: str, subject: _Subject) -> FunnelcastError | None:
    if _SAYS_FULL.search(text):
        return disk_full(subject.name, subject.path)
    if _SAYS_LOCKED.search(text):
        return BusyError(f"{subject.name} is locked by another process", remedy="Close the program that has it open, and run again.")
    if _SAYS_FAILING.search(text):
        return _failing(subject)
    if _SAYS_FORBIDDEN.search(text):
        return _forbidden(subject, "it cannot be opened for writing")
    if _SAYS_DAMAGED.search(text):
        return DamageError(f"{subject.name} is damaged ({_first_line(text)})", remedy=subject.remedy)
    return None


def _forbidden(subject: _Subject, reason: str) -> FunnelcastError:
    return FunnelcastError(
        f"{subject.name}: {reason}", remedy="Give the user that runs funnelcast the right to write the home, and run again."
    )


def _failing(subject: _Subject) -> FunnelcastError:
    return DamageError(
        f"{subject.name} could not be read or written: the disk is full or reports errors",
        remedy=f"Look after the disk, then run again. {subject.remedy}",
    )


def _is_of(error: BaseException, *packages: str) -> bool:
    return any(kind.__module__.partition(".")[0].lstrip("_") in packages for kind in type(error).__mro__)


def _came_from(error: BaseException, package: str, part: str) -> bool:
    """Whether a module of the package, in a folder of this name, was at work."""
    modules = (frame.f_globals.get("__name__", "").split(".") for frame, _ in walk_tb(error.__traceback__))
    return any(names[0] == package and part in names for names in modules)


def _first_line(text: str) -> str:
    """What a database says of its files holds no record's value; one line is enough."""
    return text.strip().splitlines()[0][:160].rstrip(".") if text.strip() else "no message"
