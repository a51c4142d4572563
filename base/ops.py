"""The operations database: what was loaded, run, judged and sent. SQLite in the home by default, PostgreSQL by URL.

`engine(home)` opens it, `migrate(engine)` brings it to the newest revision (base/migrations, Alembic); both are safe to repeat.
Each wing declares its own tables on the shared `metadata` (ingestion/log/loads.py, exports/delivery/tables.py, orchestration/run/runs.py); a test
holds the declarations against the migrations.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Dialect, Engine
from sqlalchemy.types import TypeDecorator

from base.errors import ConfigError, DamageError
from base.failures import explained
from base.home import PROJECT_ROOT, Home
from base.personal_data import Place

OPS_VARIABLE = "FUNNELCAST_OPS_URL"
REPAIR = "`funnelcast repair ops` rebuilds it from the log and the receipts of reports; deliveries are then held until `funnelcast reports release`."

#: One MetaData for all operations tables, so that a foreign key or a test can see the whole.
metadata = sa.MetaData(naming_convention={"ix": "ix_%(table_name)s_%(column_0_name)s", "uq": "uq_%(table_name)s_%(column_0_name)s"})

PLACES = (
    Place(
        "operations database",
        "column by column, as listed below",
        holds=("keys", "employees"),
        format="SQLite",
        files=("ops.sqlite*",),
    ),
)


class Instant(TypeDecorator[datetime]):
    """A UTC instant: timestamptz on PostgreSQL, ISO text on SQLite (which has no zones). Naive values are refused."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant in the operations database needs a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def ops_url(home: Home) -> str:
    return os.environ.get(OPS_VARIABLE) or f"sqlite:///{home.ops_file}"


def engine(home: Home, *, is_new: bool = False) -> Engine:
    """An engine on the home's operations database, whole and migrated to the newest revision.

    Raises DamageError for one that is damaged, and for an empty one over a home that has been used: what was loaded and sent would be forgotten
    (`is_new`: the caller knows that it is empty).
    """
    url = ops_url(home)
    try:
        opened = sa.create_engine(url)
    except (sa.exc.ArgumentError, sa.exc.NoSuchModuleError, ImportError, ValueError, TypeError) as error:
        raise ConfigError(
            f"{OPS_VARIABLE} is not a database URL, or its driver is not installed",
            remedy="Write it like postgresql+psycopg://user@host/database.",
        ) from error
    if opened.dialect.name == "sqlite" and opened.url.database in (None, "", ":memory:"):
        raise ConfigError(
            f"{OPS_VARIABLE} names no file: what was loaded and sent would be forgotten", remedy="Write sqlite:////path/ops.sqlite."
        )
    if opened.dialect.name == "sqlite":
        _require_place(Path(str(opened.url.database)))
        sa.event.listen(opened, "connect", _sqlite_pragmas)
    try:
        problem = problem_of(opened)
        if problem:
            raise DamageError(f"The operations database {_shown(opened)} is damaged ({problem})", remedy=REPAIR)
        if not is_new and _is_empty(opened) and is_used(home):
            raise DamageError(
                f"The operations database {_shown(opened)} is empty, but {home.root} has been used: it would be forgotten what was loaded and sent",
                remedy=f"Restore it from the backup of the same day, or: {REPAIR}",
            )
        migrate(opened)
    except sa.exc.DBAPIError as error:
        known = explained(error, home)
        if known is not None and opened.dialect.name == "sqlite":
            raise known from error
        raise ConfigError(
            f"The operations database ({_shown(opened)}) cannot be opened", remedy=f"Check that it runs and that {OPS_VARIABLE} names it."
        ) from error
    return opened


def _require_place(file: Path) -> None:
    """SQLite says of both that it is "unable to open": as if a right were missing."""
    if file.is_dir():
        raise DamageError(f"The operations database {file} is a folder instead of a file", remedy=REPAIR)
    if not file.parent.is_dir():
        raise ConfigError(
            f"The folder of the operations database, {file.parent}, does not exist", remedy=f"Make it, or correct {OPS_VARIABLE}."
        )


def problem_of(ops: Engine, *, deep: bool = False) -> str:
    """What SQLite finds wrong with its file, the first of it; empty when nothing is (or when it is no SQLite)."""
    if ops.dialect.name != "sqlite":
        return ""
    with ops.connect() as connection:
        found = str(connection.execute(sa.text("PRAGMA integrity_check(1)" if deep else "PRAGMA quick_check(1)")).scalar())
    return "" if found == "ok" else found.strip().splitlines()[0][:160]


def is_used(home: Home) -> bool:
    """Whether the home holds what the operations database would know of: parts of the log, or receipts of reports."""
    return any(
        any(folder.glob(pattern)) for folder, pattern in ((home.lake, "*/*/load_date=*/*.parquet"), (home.reports, "*/*/receipts/*"))
    )


def _is_empty(ops: Engine) -> bool:
    return not sa.inspect(ops).has_table("alembic_version")


def _shown(ops: Engine) -> str:
    return ops.url.database or "" if ops.dialect.name == "sqlite" else ops.url.render_as_string(hide_password=True)


def migrate(ops: Engine) -> None:
    """Bring the schema to the newest revision; a no-op when it is there."""
    from alembic.migration import MigrationContext
    from alembic.script import ScriptDirectory

    config = alembic_config()
    script = ScriptDirectory.from_config(config)
    with ops.connect() as connection:
        if MigrationContext.configure(connection).get_current_revision() == script.get_current_head():
            return
    from alembic import command

    with ops.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def alembic_config() -> Any:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(PROJECT_ROOT / "base" / "migrations"))
    return config


def _sqlite_pragmas(connection: Any, _record: Any) -> None:
    """WAL so that readers (reports why, the UI) never block the run; full sync because the ledger is the truth."""
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=30000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
