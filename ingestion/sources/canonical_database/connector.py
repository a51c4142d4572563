"""Tables or queries of any database that SQLAlchemy reaches, as canonical tables (docs/sources/canonical_database.md).

Read-only: the session is set so where the database can, only SELECT is sent, and nothing is ever committed. Rows are streamed in bounded
chunks and enter the log in the shape of canonical_files, so that the same staging models parse them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from base.config import Source
from base.errors import ConfigError, FunnelcastError, SourceError
from base.registry import near
from ingestion.canonical.rows import names_of, row_of
from ingestion.canonical.streams import STREAMS
from ingestion.canonical.tables import COMMON_COLUMNS, TABLES
from ingestion.http.client import RunBudget
from ingestion.http.limits import BudgetSpent
from ingestion.log.records import Page
from ingestion.protocol.connector import Connector, Window

CHUNK_ROWS = 2000
_CONNECT_SECONDS = 20

#: What drivers say when name or password is wrong; the only part of their messages that is looked at.
_REFUSED = re.compile(r"password|authentication|access denied|not permitted to log in|login failed|role .* does not exist", re.IGNORECASE)


class CanonicalDatabase(Connector):
    """One database. Credentials: url, the SQLAlchemy URL. Streams are the canonical tables that it has or that `tables` maps."""

    specs = STREAMS

    def __init__(self, source: Source, budget: RunBudget) -> None:
        self._source, self._budget = source, budget
        self._names = names_of(source, of_files=False)
        self._engine = _engine(source)

    def is_windowed(self, stream: str) -> bool:
        """Tables whose `updated_column` says what changed."""
        mapping = self._source.tables.get(stream)
        return bool(mapping and mapping.updated_column)

    def streams(self) -> tuple[str, ...]:
        """Raises SourceError when the database cannot be reached, ConfigError when it has none of the tables."""
        mapped = [table for table in TABLES if table in self._source.tables]
        by_name = [table for table in TABLES if table not in self._source.tables and table in self._relations]
        if not mapped and not by_name:
            raise ConfigError(
                f"{self._source.place()}: source '{self._source.name}': the database has no table with a canonical name",
                remedy="Map its tables or queries to canonical tables under 'tables' (docs/sources/canonical_database.md).",
            )
        return tuple(table for table in TABLES if table in mapped or table in by_name)

    def pages(self, stream: str, window: Window, cursor: str | None, known_files: Mapping[str, tuple[int, str]]) -> Iterator[Page]:
        """The table or query, whole (or what changed since the window's start), in one snapshot."""
        names, table = self._names[stream], TABLES[stream]
        with self._reading(stream) as connection:
            statement, parameters = self._statement(connection, stream, window.start)
            result = connection.execution_options(yield_per=CHUNK_ROWS).execute(statement, parameters)
            columns = _header(result)
            self._check_key(stream, columns)
            warnings = tuple(text for text in names.warnings(self._place(stream), columns) if "is missing" in text)
            # Of a reading of what has changed, absence says nothing: its rows have no number.
            place = None if window.start else self._place(stream)
            numbers = count(1)
            for part, chunk in enumerate(result.partitions(CHUNK_ROWS)):
                if self.sample and part * CHUNK_ROWS >= self.sample.rows:
                    yield Page([], None, origin=0, place=place, warnings=(self.sample.notice(self._place(stream)),))
                    return
                if self._budget.left() <= 0:
                    raise BudgetSpent("the run's time budget ended", remedy="Raise run_budget_minutes in sources.yml.")
                records = (names.record({column: _plain(value) for column, value in zip(columns, row, strict=True)}) for row in chunk)
                rows = [row_of(table, record, next(numbers) if place else None) for record in records]
                yield Page(rows, None, origin=0, place=place, warnings=warnings)
                warnings = ()

    def close(self) -> None:
        self._engine.dispose()

    @cached_property
    def _relations(self) -> dict[str, str]:
        """Tables and views of the default schema: name in lower case -> name."""
        with self._connected(None) as connection:
            inspector = sa.inspect(connection)
            names = [*inspector.get_table_names(), *inspector.get_view_names()]
        return {name.lower(): name for name in names}

    def _statement(self, connection: Connection, stream: str, since: datetime | None) -> tuple[sa.Executable, dict[str, Any]]:
        mapping = self._source.tables.get(stream)
        if mapping and mapping.query:
            if not re.match(r"\s*(select|with|values)\b", mapping.query, re.IGNORECASE):
                raise ConfigError(f"{self._where(stream)}.query is not a SELECT", remedy="Only SELECT queries are sent.")
            # The text is the user's own: a colon in it is a colon, no parameter.
            return sa.text(mapping.query.strip().rstrip(";").replace(":", r"\:")), {}
        schema, name, columns = self._described(connection, stream)
        chosen = self._chosen(stream, columns)
        table = sa.table(name, *(sa.column(column) for column in chosen), schema=schema)
        statement = sa.select(*(table.c[column] for column in chosen))
        if not (mapping and mapping.updated_column and since):
            return statement, {}
        updated = self._own(stream, mapping.updated_column, columns)
        kind = columns[updated]
        if not isinstance(kind, sa.DateTime | sa.Date):
            raise ConfigError(
                f"{self._where(stream)}.updated_column: '{updated}' is not a column of times",
                remedy="Name a column of times, or leave updated_column out (the table is then read in full each time).",
            )
        start = since if getattr(kind, "timezone", False) else since.astimezone(UTC).replace(tzinfo=None)
        return statement.where(sa.column(updated, kind) >= (start if isinstance(kind, sa.DateTime) else start.date())), {}

    def _described(self, connection: Connection, stream: str) -> tuple[str | None, str, dict[str, Any]]:
        """(schema, table, its columns with their types). Raises ConfigError naming the likely table."""
        mapping = self._source.tables.get(stream)
        schema, _, name = (mapping.table if mapping and mapping.table else stream).rpartition(".")
        inspector = sa.inspect(connection)
        try:
            known = {found.lower(): found for found in self._tables_of(inspector, schema or None)}
        except sa.exc.SQLAlchemyError:
            known = {}
        if name.lower() not in known:
            raise ConfigError(
                f"{self._where(stream)}: the database has no table '{name}'{f' in schema {schema}' if schema else ''} that this user may see"
                f"{near(name.lower(), known)}",
                remedy="Correct 'table', or give the user the right to SELECT from it.",
            )
        name = known[name.lower()]
        return schema or None, name, {column["name"]: column["type"] for column in inspector.get_columns(name, schema=schema or None)}

    def _tables_of(self, inspector: sa.Inspector, schema: str | None) -> list[str]:
        return [*inspector.get_table_names(schema=schema), *inspector.get_view_names(schema=schema)]

    def _chosen(self, stream: str, columns: Mapping[str, Any]) -> list[str]:
        """The table's columns that are read: the mapped ones, and those with a canonical name. No other leaves the database."""
        mapping, known = self._source.tables.get(stream), (*TABLES[stream].columns, *COMMON_COLUMNS)
        mapped = [self._own(stream, theirs, columns) for theirs in (mapping.columns.values() if mapping else ())]
        taken = set(mapping.columns) if mapping else set()
        named = [column for column in columns if column.lower() in known and column.lower() not in taken]
        chosen = list(dict.fromkeys([*mapped, *named]))
        if not chosen:
            self._check_key(stream, [])
        return chosen

    def _own(self, stream: str, name: str, columns: Mapping[str, Any]) -> str:
        """The table's column of that name, whatever its case. Raises ConfigError naming the likely one."""
        by_name = {column.lower(): column for column in columns}
        if name.strip().lower() not in by_name:
            raise ConfigError(
                f"{self._where(stream)}: {self._place(stream)} has no column '{name}'{near(name.lower(), by_name)}",
                remedy="Correct it and run again.",
            )
        return by_name[name.strip().lower()]

    def _check_key(self, stream: str, columns: list[str]) -> None:
        names = self._names[stream]
        missing = [column for column in TABLES[stream].key if column not in names.header(columns)]
        if missing:
            raise ConfigError(
                f"{self._where(stream)}: {self._place(stream)} has no column '{missing[0]}', which is part of the key of {stream}"
                f"{near(missing[0], columns)}",
                remedy=f"Map it: 'columns: {{{missing[0]}: their_column}}'.",
            )

    def _where(self, stream: str) -> str:
        return f"{self._source.place('tables', stream)}: source '{self._source.name}': tables.{stream}"

    def _place(self, stream: str) -> str:
        mapping = self._source.tables.get(stream)
        return (
            f"the query of {stream}" if mapping and mapping.query else f"table '{mapping.table if mapping and mapping.table else stream}'"
        )

    @contextmanager
    def _reading(self, stream: str) -> Iterator[Connection]:
        with self._connected(stream) as connection:
            yield connection

    @contextmanager
    def _connected(self, stream: str | None) -> Iterator[Connection]:
        """A connection whose transaction is rolled back. Driver errors come out as one sentence without the address's password."""
        what = f"{stream} cannot be read" if stream else "its tables cannot be listed"
        try:
            with self._engine.connect() as connection:
                try:
                    yield connection
                finally:
                    connection.rollback()
        except FunnelcastError:
            raise
        except sa.exc.SQLAlchemyError as error:
            raise self._source_error(error, what) from None
        except UnicodeError as error:
            raise SourceError(f"database {self._address}: {what}: its text is not valid", remedy="Check the client encoding.") from error

    @property
    def _address(self) -> str:
        """Where the database is, without user and password."""
        url = self._engine.url
        host = url.host or str(url.query.get("host", "")) or "this machine"
        return f"'{Path(url.database or '').name}' at {host}{f':{url.port}' if url.port else ''}"

    def _source_error(self, error: sa.exc.SQLAlchemyError, what: str) -> SourceError:
        text = str(getattr(error, "orig", error) or error)
        if isinstance(error, sa.exc.OperationalError | sa.exc.InterfaceError) and not _sqlstate(error):
            if _REFUSED.search(text):
                return SourceError(
                    f"the database {self._address} refuses the user or the password", remedy="Correct the URL in the environment variable."
                )
            return SourceError(
                f"the database {self._address} cannot be reached", remedy="Check host, port and network, and that the server runs."
            )
        # Of a refused query the driver's first line alone: it names tables and columns, the rest may quote values.
        is_of_names = not isinstance(error, sa.exc.DataError | sa.exc.IntegrityError)
        first = text.strip().splitlines()[0][:200] if is_of_names and text.strip() else ""
        return SourceError(
            f"database {self._address}: {what} ({first or type(error).__name__})", remedy="Check the query and the user's right to SELECT."
        )


def _engine(source: Source) -> Engine:
    """Raises ConfigError on a URL that is none, an unknown driver or a SQLite file that is not there; the URL is never repeated."""
    variable = source.credentials.get("url")
    try:
        url = sa.make_url(source.secret("url"))
        if url.drivername in ("postgres", "postgresql"):
            url = url.set(drivername="postgresql+psycopg")
        if url.get_backend_name() == "sqlite":
            if not url.database or not Path(url.database).is_file():
                raise ConfigError(
                    f"{source.place('credentials', 'url')}: the SQLite file that {variable} names does not exist", remedy="Correct the URL."
                )
            engine = sa.create_engine(url)
            sa.event.listen(engine, "connect", _sqlite_read_only)
            return engine
        arguments: dict[str, Any] = {"connect_timeout": _CONNECT_SECONDS} if url.get_backend_name() in ("postgresql", "mysql") else {}
        options: dict[str, Any] = {"postgresql_readonly": True} if url.get_backend_name() == "postgresql" else {}
        engine = sa.create_engine(url, connect_args=arguments, execution_options=options, pool_size=source.concurrency)
        if url.get_backend_name() == "postgresql":
            engine = engine.execution_options(isolation_level="REPEATABLE READ")
            sa.event.listen(engine, "connect", _utc)
        return engine
    except (sa.exc.ArgumentError, ValueError):
        raise ConfigError(
            f"{source.place('credentials', 'url')}: {variable} does not contain a database URL",
            remedy="Write it like postgresql://user@host:5432/database, with the password after the user and a colon.",
        ) from None
    except (ImportError, sa.exc.NoSuchModuleError) as error:
        raise ConfigError(
            f"{source.place('credentials', 'url')}: the driver for its database is not installed ({getattr(error, 'name', None) or type(error).__name__})",
            remedy="Install the driver's Python package beside Funnelcast; those for PostgreSQL and SQLite are included.",
        ) from None


def _sqlite_read_only(connection: Any, _record: Any) -> None:
    connection.execute("pragma query_only = on")


def _utc(connection: Any, _record: Any) -> None:
    """Times without a zone are UTC by definition of the canonical tables; those with one come as they are."""
    connection.execute("set time zone 'UTC'")
    connection.commit()


def _sqlstate(error: sa.exc.DBAPIError) -> str | None:
    """The database's own code: there once a server has answered a statement, absent while connecting."""
    return getattr(error.orig, "sqlstate", None) or ("sqlite" if "sqlite3" in type(error.orig).__module__ else None)


def _header(result: sa.CursorResult[Any]) -> list[str]:
    return [str(column).strip().lower() for column in result.keys()]  # noqa: SIM118 - a result itself is its rows


def _plain(value: Any) -> Any:
    """A driver's value as the log keeps it; numbers of any precision as text."""
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value).decode("utf-8", "replace")
    return None if value == "" else value
