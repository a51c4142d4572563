"""Dagster's event log in SQLite, one connection per file instead of one per event.

Dagster's own storage opens, fsyncs and closes its files four to five times per event, and asks each time which tables and columns there are; a
run of this product has more than a thousand events (assets and checks of every model and test), so that cost more CPU than the transform of a
small company. Here connections stay open, what is there is asked once, and commits reach the disk at checkpoints. A power cut can lose the last
events of a run from the UI, nothing else: no step reads them.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.pool import StaticPool

from base.redaction import redact
from orchestration.instance.dagster_internals import SqliteEventLogStorage


class OpenEventLogStorage(SqliteEventLogStorage):
    """The default storage's tables and files; it only connects and asks for the schema otherwise."""

    def __init__(self, base_dir: str, inst_data: Any = None) -> None:
        self._engines: dict[tuple[int, str], Engine] = {}
        self._there: set[str] = set()
        super().__init__(base_dir, inst_data)

    @classmethod
    def from_config_value(cls, inst_data: Any, config_value: Any) -> OpenEventLogStorage:
        return cls(inst_data=inst_data, **config_value)

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        with self._db_lock:
            engine = self._engine(shard)
            if shard not in self._initialized_dbs:
                self._initdb(engine)
                self._initialized_dbs.add(shard)
            with engine.connect() as connection, connection.begin():
                yield connection

    def _event_to_row(self, event: Any) -> dict[str, Any]:
        """What Dagster writes of an error quotes the exceptions behind it: no secret gets into the file with them."""
        row: dict[str, Any] = super()._event_to_row(event)
        return {**row, "event": redact(row["event"])}

    def has_table(self, table_name: str) -> bool:
        ask = super().has_table
        return self._is_there(table_name, lambda: ask(table_name))

    def _has_asset_key_col_on_connection(self, conn: Connection, column_name: str) -> bool:
        ask = super()._has_asset_key_col_on_connection
        return self._is_there(f"asset_keys.{column_name}", lambda: ask(conn, column_name))

    def _is_there(self, name: str, ask: Callable[[], bool]) -> bool:
        """A table or column that was there once stays; one that was not may come (migrations)."""
        if name not in self._there and ask():
            self._there.add(name)
        return name in self._there

    def dispose(self) -> None:
        with self._db_lock:
            for engine in self._engines.values():
                engine.dispose()
            self._engines.clear()
        super().dispose()

    def _engine(self, shard: str) -> Engine:
        # Never use a connection that a parent process opened.
        key = (os.getpid(), shard)
        if key not in self._engines:
            engine = sa.create_engine(
                self.conn_string_for_shard(shard), poolclass=StaticPool, connect_args={"timeout": 60, "check_same_thread": False}
            )
            sa.event.listen(engine, "connect", _commit_at_checkpoints)
            self._engines[key] = engine
        return self._engines[key]


def _commit_at_checkpoints(connection: Any, _record: Any) -> None:
    connection.execute("PRAGMA synchronous=NORMAL")
