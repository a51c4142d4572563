"""The one reader of published data: opens a version's funnelcast.duckdb read-only and gives typed rows. Reports and pages use nothing else."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

import duckdb

from base.errors import FunnelcastError
from base.home import Home
from exports.publish.intact import require
from exports.publish.state import DATABASE, PublishedState, current, read_state
from exports.publish.warehouse import literal
from exports.rights.access import for_reading

RowT = TypeVar("RowT")


class Marts:
    """One published version, pinned: later publishes do not disturb it. Use as a context manager.

    Raises DamageError, before anything is read, when its file is not what was published.
    """

    def __init__(self, state: PublishedState, *, diversity: Path | None = None) -> None:
        require(state, DATABASE)
        self.state = state
        self._connection = duckdb.connect(config={"autoinstall_known_extensions": "false"})
        self._connection.execute(f"attach {literal(str(state.database))} as published (read_only)")
        if diversity is not None:
            self._connection.execute(f"attach {literal(str(diversity))} as diversity (read_only)")
        # The file holds core and marts alone; no other file may be reached from here on.
        for setting in ("use published", "set TimeZone = 'UTC'", "set enable_external_access = false", "set lock_configuration = true"):
            self._connection.execute(setting)

    @classmethod
    def current(cls, home: Home) -> Marts:
        """What readers see now. Raises FunnelcastError before the first publish."""
        return cls(_published(home))

    @classmethod
    def with_diversity(cls, home: Home) -> Marts:
        """What readers see now, and the restricted diversity file beside it. Raises RestrictedClosed for those who may not read that."""
        state, file = _published(home), home.published / "restricted" / "diversity.duckdb"
        return cls(state, diversity=for_reading(file, "No figures of groups", remedy="Run `funnelcast run` to publish them."))

    @classmethod
    def at(cls, version_folder: Path) -> Marts:
        """One version, by its folder (for a report rebuilt as it was)."""
        return cls(read_state(version_folder))

    def rows(self, row_type: type[RowT], sql: str, parameters: dict[str, Any] | None = None) -> list[RowT]:
        """The query's rows as `row_type`, a dataclass whose fields are the selected columns in order. `$name` binds a parameter."""
        cursor = self._connection.execute(sql, parameters or {})
        names = [column[0] for column in cursor.description or ()]
        expected = [field.name for field in fields(row_type)]  # type: ignore[arg-type]
        if names != expected:
            raise ValueError(f"{row_type.__name__} expects columns {expected}, the query gives {names}")
        return [row_type(*row) for row in cursor.fetchall()]

    def one(self, row_type: type[RowT], sql: str, parameters: dict[str, Any] | None = None) -> RowT | None:
        """The only row, or None when there is none. Raises ValueError on two."""
        found = self.rows(row_type, sql, parameters)
        if len(found) > 1:
            raise ValueError(f"expected at most one {row_type.__name__}, the query gives {len(found)}")
        return found[0] if found else None

    def is_loaded(self, table: str, source: str | None = None) -> bool:
        """Whether the canonical table was loaded, from `source` or from any. Only of a loaded table may a report say that it holds none.

        A table that was read and held no row is loaded; one whose rows are all in quarantine is not.
        """
        sql = "select count(*) from marts.data_coverage where table_name = $table and is_loaded and source_system = coalesce($source, source_system)"
        _, ((count,),) = self.table(sql, {"table": table, "source": source})
        return bool(count)

    def table(self, sql: str, parameters: dict[str, Any] | None = None) -> tuple[tuple[str, ...], tuple[tuple[Any, ...], ...]]:
        """The query's column names and rows, for queries whose shape no type of ours describes. `$name` binds a parameter."""
        try:
            cursor = self._connection.execute(sql, parameters or {})
        except (duckdb.CatalogException, duckdb.BinderException) as error:
            raise FunnelcastError(
                f"The published state {self.state.version_id} does not have all tables and columns that this needs",
                remedy="It was published by an older version of Funnelcast. Run `funnelcast run` to publish again.",
            ) from error
        return tuple(column[0] for column in cursor.description or ()), tuple(cursor.fetchall())

    def close(self) -> None:
        self._connection.close()

    def __enter__(self) -> Marts:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


def _published(home: Home) -> PublishedState:
    state = current(home)
    if state is None:
        raise FunnelcastError(f"Nothing is published in {home.published} yet", remedy="Run `funnelcast run` first.")
    return state
