"""The operations database on SQLite and on a real PostgreSQL: the migrations give what the code declares, and the ledgers work on both."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy.engine import Engine

from base.clock import iso
from base.errors import ConfigError
from base.home import Home
from base.ops import OPS_VARIABLE, engine, metadata, migrate
from orchestration.checked_config import load_config
from orchestration.run import runs
from orchestration.run.request import RunRequest
from orchestration.run.runs import ABANDONED, FAILED, SUCCEEDED
from tests.support.postgres import binaries, postgres

NOW = datetime(2026, 6, 29, 6, tzinfo=UTC)


@pytest.fixture(scope="module")
def postgres_url() -> Iterator[str]:
    found = binaries()
    if found is None:
        pytest.skip("PostgreSQL's initdb is neither on the PATH nor under /usr/lib/postgresql (Debian: apt-get install postgresql)")
    with postgres(found) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def ops(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """A migrated, empty operations database of each kind."""
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres_url")
        admin = sa.create_engine(url, isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            connection.execute(sa.text("drop schema public cascade"))
            connection.execute(sa.text("create schema public"))
        admin.dispose()
        monkeypatch.setenv(OPS_VARIABLE, url)
    ops = engine(Home(tmp_path / "home").prepare())
    yield ops
    ops.dispose()


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home").prepare()


def config(tmp_path: Path):  # type: ignore[no-untyped-def]
    folder = tmp_path / "config"
    folder.mkdir(exist_ok=True)
    (folder / "sources.yml").write_text("sources: []\n")
    return load_config(folder)


def test_the_migrations_give_exactly_the_declared_tables(ops: Engine) -> None:
    # Each declares its tables on the shared metadata.
    for module in (
        "exports.delivery.tables",
        "exports.delivery.notices",
        "ingestion.log.loads",
        "ingestion.gate.verdicts",
        "orchestration.run.runs",
    ):
        importlib.import_module(module)

    with ops.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), metadata)
    assert differences == []
    assert {"runs", "loads"} <= set(metadata.tables)


def test_migrating_twice_changes_nothing(ops: Engine) -> None:
    migrate(ops)
    with ops.connect() as connection:
        assert connection.execute(sa.text("select count(*) from alembic_version")).scalar() == 1


def test_a_run_keeps_what_it_was_told(ops: Engine, home: Home, tmp_path: Path) -> None:
    run = runs.begin(ops, home, config(tmp_path), RunRequest(sources=["acme"]), at=NOW)
    runs.remember_window_end(ops, run, "acme", NOW - timedelta(seconds=3))
    runs.remember_as_of(ops, run, NOW - timedelta(seconds=3))
    runs.remember_published(ops, run, version="v1", content_hash="abc")
    runs.finish(ops, run, at=NOW + timedelta(minutes=1))
    [row] = runs.history(ops, home)
    assert (row.status, row.published_version, row.content_hash, row.error) == (SUCCEEDED, "v1", "abc", None)
    assert row.as_of == NOW - timedelta(seconds=3)
    assert row.window_ends == {"acme": "2026-06-29T05:59:57Z"}
    assert row.is_default_as_of
    assert len(row.lock_digest) == 64


def test_a_killed_run_is_taken_up_with_its_windows_and_its_as_of(ops: Engine, home: Home, tmp_path: Path) -> None:
    first = runs.begin(ops, home, config(tmp_path), RunRequest(), at=NOW)
    runs.remember_window_end(ops, first, "acme", NOW)
    runs.remember_as_of(ops, first, NOW)
    assert runs.recover(ops, home, at=NOW + timedelta(minutes=5)) == [first.run_id]

    second = runs.begin(ops, home, config(tmp_path), RunRequest(), at=NOW + timedelta(minutes=5))

    assert second.run_id == first.run_id
    assert second.attempts == 2
    assert runs.remember_window_end(ops, second, "acme", NOW + timedelta(minutes=5)) == NOW
    assert runs.remember_as_of(ops, second, NOW + timedelta(minutes=5)) == NOW


@pytest.mark.parametrize(
    ("asked", "later"),
    [
        (RunRequest(as_of=iso(NOW)), timedelta(minutes=5)),
        (RunRequest(sources=["acme"]), timedelta(minutes=5)),
        (RunRequest(sweep=True), timedelta(minutes=5)),
        (RunRequest(), timedelta(hours=13)),
    ],
    ids=["other as_of", "other sources", "a sweep is asked for", "half a day later"],
)
def test_a_killed_run_is_not_taken_up_by_another_one(ops: Engine, home: Home, tmp_path: Path, asked: RunRequest, later: timedelta) -> None:
    first = runs.begin(ops, home, config(tmp_path), RunRequest(), at=NOW)
    runs.recover(ops, home, at=NOW + later)
    second = runs.begin(ops, home, config(tmp_path), asked, at=NOW + later)
    assert second.run_id != first.run_id
    assert second.window_ends == {}
    assert [row.status for row in runs.history(ops, home)] == ["running", ABANDONED]


def test_a_failed_run_is_over_and_the_next_one_is_new(ops: Engine, home: Home, tmp_path: Path) -> None:
    first = runs.begin(ops, home, config(tmp_path), RunRequest(), at=NOW)
    runs.finish(ops, first, at=NOW, error="acme: refused the credentials")
    second = runs.begin(ops, home, config(tmp_path), RunRequest(), at=NOW)
    assert second.run_id != first.run_id
    assert [(row.status, row.error) for row in runs.history(ops, home)][1] == (FAILED, "acme: refused the credentials")


def test_two_homes_in_one_database_do_not_touch_each_other(ops: Engine, home: Home, tmp_path: Path) -> None:
    other = Home(tmp_path / "other").prepare()
    runs.begin(ops, other, config(tmp_path), RunRequest(), at=NOW)
    assert runs.recover(ops, home, at=NOW) == []


def test_an_unreachable_database_is_one_sentence_without_its_password(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(OPS_VARIABLE, "postgresql+psycopg://u:very-secret@127.0.0.1:1/x")
    with pytest.raises(ConfigError) as caught:
        engine(home)
    assert "very-secret" not in str(caught.value)
    assert OPS_VARIABLE in str(caught.value)
