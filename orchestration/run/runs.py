"""The run ledger: one row per run of the main job, enough to say later what it read, what it made and why it failed.

A run that was killed leaves its row `running`; the next holder of the run lock marks it `abandoned` (`recover`), and a start with the
same arguments takes the abandoned row up again with its window ends and its as_of, so that a restarted run ends where the first would
have ended (`begin`).
"""

from __future__ import annotations

import hashlib
import secrets
import subprocess
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from base.clock import iso, parse_instant
from base.config import Config
from base.errors import BusyError
from base.home import PROJECT_ROOT, Home
from base.ops import Instant, metadata
from base.personal_data import Place, columns_of
from orchestration.run.lock import Process
from orchestration.run.request import RunRequest

RUNNING, SUCCEEDED, FAILED, ABANDONED = "running", "succeeded", "failed", "abandoned"

#: An abandoned run older than this is not taken up: its windows are stale, and the next run's look-back covers them.
RESUME_WITHIN = timedelta(hours=12)

runs = sa.Table(
    "runs",
    metadata,
    sa.Column("run_id", sa.String(40), primary_key=True),
    # Order of starts. Not started_at: under a frozen clock (demo, tests) every run starts at the same second.
    sa.Column("run_number", sa.Integer, nullable=False),
    sa.Column("home", sa.Text, nullable=False),
    sa.Column("status", sa.String(16), nullable=False),
    sa.Column("arguments", sa.JSON, nullable=False),
    sa.Column("as_of", Instant),
    sa.Column("known_at", Instant),
    sa.Column("is_default_as_of", sa.Boolean, nullable=False),
    sa.Column("window_ends", sa.JSON, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("started_at", Instant, nullable=False),
    sa.Column("finished_at", Instant),
    sa.Column("pid", sa.Integer, nullable=False),
    sa.Column("process_started", sa.String(40), nullable=False),
    sa.Column("boot_id", sa.String(80), nullable=False),
    sa.Column("config_digest", sa.String(64), nullable=False),
    sa.Column("mappings_digest", sa.String(64), nullable=False),
    sa.Column("lock_digest", sa.String(64), nullable=False),
    sa.Column("code_version", sa.String(80), nullable=False),
    sa.Column("published_version", sa.String(80)),
    sa.Column("content_hash", sa.String(64)),
    sa.Column("error", sa.Text),
    sa.Column("dagster_run_id", sa.String(40)),
)
sa.Index("ix_runs_status", runs.c.status)

PLACES = (
    Place(
        "runs",
        "arguments, instants, digests; the error is a sentence without a record's values",
        format="text, JSON",
        columns=(
            *columns_of("runs", "run_id", "home", "status", "arguments", "window_ends", "process_started", "boot_id", "config_digest"),
            *columns_of("runs", "mappings_digest", "lock_digest", "code_version", "published_version", "content_hash", "error"),
            "runs.dagster_run_id",
        ),
    ),
)


@dataclass
class Run:
    """One row of the ledger, as this process holds it. `window_ends` is per source name."""

    run_id: str
    request: RunRequest
    as_of: datetime | None
    known_at: datetime | None
    is_default_as_of: bool
    started_at: datetime
    attempts: int
    config_digest: str
    mappings_digest: str
    lock_digest: str
    code_version: str
    #: The version that an earlier attempt of this very run published whole, under the same configuration and code; else empty.
    published_version: str = ""
    window_ends: dict[str, datetime] = field(default_factory=dict)


def recover(ops: Engine, home: Home, *, at: datetime) -> list[str]:
    """Mark runs of this home that are still `running` as abandoned; call it holding the run lock. Returns their ids.

    Raises BusyError if such a run's process is alive after all (a file system without working locks).
    """
    found: list[str] = []
    with ops.begin() as connection:
        rows = connection.execute(sa.select(runs).where(runs.c.status == RUNNING, runs.c.home == str(home.root))).all()
        for row in rows:
            process = Process(row.pid, row.process_started, row.boot_id)
            if process.is_alive() and process != Process.this():
                raise BusyError(
                    f"Run {row.run_id} of {home.root} is still running (process {row.pid}) although the run lock was free",
                    remedy="Stop that process; keep the home on a local disk, because network file systems do not lock reliably.",
                )
            connection.execute(
                runs.update().where(runs.c.run_id == row.run_id).values(status=ABANDONED, finished_at=at, error="its process ended early")
            )
            found.append(row.run_id)
    return found


def begin(ops: Engine, home: Home, config: Config, request: RunRequest, *, at: datetime) -> Run:
    """Start a run of a resolved request, or take up the newest run if it was abandoned, asked for the same and is younger than RESUME_WITHIN."""
    process = Process.this()
    now_values: dict[str, Any] = {
        "status": RUNNING,
        "pid": process.pid,
        "process_started": process.started,
        "boot_id": process.boot,
        "config_digest": config.digest,
        "mappings_digest": config.mappings_digest,
        "lock_digest": lock_digest(),
        "code_version": code_version(),
        "finished_at": None,
        "error": None,
    }
    published = ""
    with ops.begin() as connection:
        newest = connection.execute(
            sa.select(runs).where(runs.c.home == str(home.root)).order_by(runs.c.run_number.desc()).limit(1)
        ).first()
        if newest is not None and _can_be_resumed(newest, request, at):
            connection.execute(runs.update().where(runs.c.run_id == newest.run_id).values(**now_values, attempts=newest.attempts + 1))
            run_id = newest.run_id
            if all(
                getattr(newest, name) == now_values[name] for name in ("config_digest", "mappings_digest", "lock_digest", "code_version")
            ):
                published = newest.published_version or ""
        else:
            run_id = f"{at:%Y%m%dT%H%M%SZ}-{secrets.token_hex(4)}"
            connection.execute(
                runs.insert().values(
                    **now_values,
                    run_id=run_id,
                    run_number=newest.run_number + 1 if newest is not None else 1,
                    home=str(home.root),
                    arguments=request.model_dump(),
                    as_of=_instant(request.as_of),
                    known_at=_instant(request.known_at),
                    is_default_as_of=request.as_of is None,
                    window_ends={},
                    attempts=1,
                    started_at=at,
                )
            )
        row = connection.execute(sa.select(runs).where(runs.c.run_id == run_id)).one()
    return Run(
        run_id=row.run_id,
        request=request,
        as_of=row.as_of,
        known_at=row.known_at,
        is_default_as_of=row.is_default_as_of,
        started_at=row.started_at,
        attempts=row.attempts,
        config_digest=row.config_digest,
        mappings_digest=row.mappings_digest,
        lock_digest=row.lock_digest,
        code_version=row.code_version,
        published_version=published,
        window_ends={name: datetime.fromisoformat(text) for name, text in row.window_ends.items()},
    )


def _can_be_resumed(row: Any, request: RunRequest, at: datetime) -> bool:
    """Near `at` on either side: a run of a wrong clock would else be taken up, with its windows, until its time has come."""
    return row.status == ABANDONED and row.arguments == request.model_dump() and abs(row.started_at - at) < RESUME_WITHIN


def _instant(text: str | None) -> datetime | None:
    return parse_instant(text) if text else None


def remember_window_end(ops: Engine, run: Run, source: str, window_end: datetime) -> datetime:
    """The window end of `source` in this run: the one already stored, else `window_end`, stored before it is used."""
    if source not in run.window_ends:
        run.window_ends[source] = window_end
        _update(ops, run, window_ends={name: iso(moment) for name, moment in run.window_ends.items()})
    return run.window_ends[source]


def remember_as_of(ops: Engine, run: Run, as_of: datetime) -> datetime:
    """The as_of of this run: the one already stored, else `as_of`, stored before it is used."""
    if run.as_of is None:
        run.as_of = as_of
        _update(ops, run, as_of=as_of)
    return run.as_of


def remember_dagster_run(ops: Engine, run: Run, dagster_run_id: str) -> None:
    _update(ops, run, dagster_run_id=dagster_run_id)


def remember_published(ops: Engine, run: Run, *, version: str, content_hash: str) -> None:
    _update(ops, run, published_version=version, content_hash=content_hash)


def finish(ops: Engine, run: Run, *, at: datetime, error: str | None = None) -> None:
    """Close the run: succeeded, or failed with the sentence the user saw."""
    _update(ops, run, status=FAILED if error else SUCCEEDED, finished_at=at, error=error)


def by_dagster_run(ops: Engine, dagster_run_id: str) -> Any | None:
    """The ledger's row of a Dagster run, if it got as far as opening one."""
    with ops.connect() as connection:
        return connection.execute(sa.select(runs).where(runs.c.dagster_run_id == dagster_run_id)).first()


def by_id(ops: Engine, run_id: str) -> Any | None:
    """The ledger's row of a run; None when it has none."""
    with ops.connect() as connection:
        return connection.execute(sa.select(runs).where(runs.c.run_id == run_id)).first()


def history(ops: Engine, home: Home, *, limit: int = 20) -> list[Any]:
    """The newest runs of the home, newest first (rows of `runs`)."""
    with ops.connect() as connection:
        query = sa.select(runs).where(runs.c.home == str(home.root)).order_by(runs.c.run_number.desc()).limit(limit)
        return list(connection.execute(query).all())


def has_published(ops: Engine) -> bool:
    """Whether any run of the ledger has published a version."""
    with ops.connect() as connection:
        return connection.execute(sa.select(runs.c.run_id).where(runs.c.published_version.is_not(None)).limit(1)).first() is not None


def _update(ops: Engine, run: Run, **values: Any) -> None:
    with ops.begin() as connection:
        connection.execute(runs.update().where(runs.c.run_id == run.run_id).values(**values))


def lock_digest() -> str:
    """sha256 of the hash-locked set of dependencies: the same digest means the same libraries."""
    path = PROJECT_ROOT / "requirements.lock"
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else ""


def code_version() -> str:
    """The checkout's commit (`-dirty` when files differ from it), else the package's version."""
    command = ["git", "-C", str(PROJECT_ROOT), "describe", "--always", "--dirty", "--abbrev=40", "--exclude=*"]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, check=False, timeout=20)
    except (OSError, subprocess.TimeoutExpired):
        answer = None
    if answer is not None and answer.returncode == 0:
        return answer.stdout.strip()
    from importlib.metadata import version

    return f"v{version('funnelcast')}"
