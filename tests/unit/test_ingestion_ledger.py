"""The ledger: its tables as migrated and as declared, and the clock that a run takes from it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

import ingestion.gate.verdicts  # noqa: F401 - declares its table
from base import ops
from base.home import Home
from ingestion.log.loads import COMPLETE, FAILED, Ledger, Load, Part, newest_window_end
from ingestion.log.records import SourceFile
from tests.support.ingestion import Place

END = datetime(2026, 6, 29, 6, tzinfo=UTC)
OURS = {"loads", "load_parts", "source_files", "gate_results"}


def test_the_migrations_make_the_tables_that_the_code_declares(tmp_path: Path) -> None:
    engine = ops.engine(Home.at(tmp_path).prepare())
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "include_name": lambda name, kind, _: kind != "table" or name in OURS}
        )
        differences = [item for item in compare_metadata(context, ops.metadata) if _table(item) in OURS]
    assert differences == []
    assert set(sa.inspect(engine).get_table_names()) >= OURS


def _table(difference: object) -> str:
    item = difference[0] if isinstance(difference, list) else difference
    assert isinstance(item, tuple)
    for part in item:
        owner = part if isinstance(part, sa.Table) else getattr(part, "table", None)
        if owner is not None:
            return str(owner.name)
    return str(item[2])


def load_of(stream: str, end: datetime, start: datetime | None = None) -> Load:
    return Load("acme", "greenhouse", stream, start, end)


def test_the_newest_window_is_one_that_nothing_is_missing_from(place: Place) -> None:
    ledger = Ledger(place.ops)
    assert newest_window_end(place.ops) is None
    for stream in ("jobs", "offers"):
        ledger.begin(load_of(stream, END))
        ledger.finish(load_of(stream, END), COMPLETE)
    later = END + timedelta(days=1)
    ledger.begin(load_of("jobs", later))
    ledger.finish(load_of("jobs", later), COMPLETE)
    ledger.begin(load_of("offers", later))
    assert newest_window_end(place.ops) == END
    ledger.finish(load_of("offers", later), FAILED, "cut")
    assert newest_window_end(place.ops) == END
    ledger.finish(load_of("offers", later), COMPLETE)
    assert newest_window_end(place.ops) == later


def test_a_load_is_its_window_and_has_the_same_id_in_every_run() -> None:
    assert load_of("jobs", END).load_id == load_of("jobs", END.astimezone()).load_id
    others = {load_of("jobs", END).load_id, load_of("offers", END).load_id, load_of("jobs", END, END - timedelta(days=1)).load_id}
    assert len(others) == 3
    assert all(len(name) == 16 for name in others)


def test_parts_add_up_and_the_cursor_of_the_last_is_where_to_go_on(place: Place) -> None:
    ledger, load = Ledger(place.ops), load_of("jobs", END)
    ledger.begin(load)
    ledger.commit_part(load, Part(load.load_id, 0, "a", 10, 7, 3, 100, "c", "next"), [SourceFile("x.csv", 5, "one")])
    ledger.commit_part(load, Part(load.load_id, 1, None, 4, 0, 4, 0, None, "last"), [SourceFile("x.csv", 6, "two")])
    state = ledger.begin(load)
    assert (state.parts, state.fetched, state.written, state.duplicates, state.next_cursor) == (2, 14, 7, 7, "last")
    assert ledger.files("acme", "jobs") == {"x.csv": (6, "two")}
    ledger.restart(load)
    assert ledger.begin(load).next_cursor is None
