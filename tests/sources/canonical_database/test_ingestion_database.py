"""Databases as a source: SQLite, and a real PostgreSQL server where one is installed."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
import sqlalchemy as sa

from base.config import Source
from base.errors import ConfigError, FunnelcastError
from ingestion.extract.run import ExtractionError, SourceLoad, extract
from tests.support.ingestion import Place, config_of, folder_source, lake_rows, look_at
from tests.support.postgres import binaries, postgres
from tests.support.vendor_lake import dbt_build

END = datetime(2026, 6, 29, 6, tzinfo=UTC)
SECRET = "s3cret-Pa55word"
MAPPED: dict[str, Any] = {
    "applications": {
        "table": "ats_applications",
        "columns": {"application_id": "ID", "candidate_id": "person", "job_id": "req", "applied_at": "applied", "status_code": "state"},
        "codes": {"status_code": {"In Process": "active"}},
    },
    "jobs": {"query": "select id as job_id, title as job_name, 'open' as status_code, '10:30' as at from reqs where title <> 'x::y';"},
}
TABLES = (
    "create table ats_applications (id integer primary key, person text, req integer, applied timestamp, state text, salary numeric(9,2),"
    " changed timestamp)",
    "create table reqs (id integer primary key, title text)",
    "create table offices (office_id integer primary key, office_name text, rent numeric(9,2))",
    "insert into reqs values (1, 'Engineer'), (2, 'Designer')",
    "insert into offices values (7, 'Berlin', 12.50)",
)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'hr.db'}"
        return
    folder = binaries()
    if folder is None:
        pytest.skip("no PostgreSQL server is installed")
    with postgres(folder) as address:
        yield address


def source_of(monkeypatch: pytest.MonkeyPatch, url: str, **more: Any) -> Source:
    monkeypatch.setenv("HR_URL", url)
    return Source(name="hr", kind="canonical_database", credentials={"url": "HR_URL"}, **more)


def load(place: Place, source: Source, days: float = 0) -> SourceLoad:
    return extract(config_of(source), place.home, place.ops, source, window_end=END + timedelta(days=days))


def counts(loaded: SourceLoad) -> dict[str, tuple[int, int]]:
    return {stream.stream: (stream.fetched, stream.written) for stream in loaded.streams}


def test_tables_and_queries_enter_the_log_like_files_and_only_what_changed_is_a_version(
    place: Place, url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    server = sa.create_engine(url)
    with server.begin() as connection:
        for statement in TABLES:
            connection.execute(sa.text(statement))
        rows = [
            {"id": n, "person": f"c{n}", "req": 1 + n % 2, "applied": datetime(2026, 1, 1 + n % 28, 9), "state": "in process"}  # noqa: DTZ001
            for n in range(1, 2501)
        ]
        columns = "id, person, req, applied, state, changed"
        connection.execute(
            sa.text(f"insert into ats_applications ({columns}) values (:id, :person, :req, :applied, :state, :applied)"), rows
        )
    source = source_of(monkeypatch, url, tables=MAPPED)
    assert all(finding.is_ok for finding in look_at(source)), look_at(source)
    assert counts(load(place, source)) == {"applications": (2500, 2500), "jobs": (2, 2), "offices": (1, 1)}
    # Exactly what a file with the same content gives: same keys, same payload; nothing else of a table left the database.
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "offices.csv").write_text("office_id,office_name\n7,Berlin\n")
    load(place, folder_source(tmp_path / "files", name="files"))
    offices = lake_rows(place.home, "source, record_id, replace(payload, '\"7\"', '7')", "source", "")
    assert {row[1:] for row in offices if row[1] == "7" and "office" in row[2]} == {("7", '{"office_id":7,"office_name":"Berlin"}')}
    (one,) = [row for row in lake_rows(place.home, "stream, record_id, payload") if row[:2] == ("applications", "42")]
    applied = "2026-01-15T09:00:00Z" if url.startswith("postgresql") else "2026-01-15 09:00:00"
    assert one[2] == f'{{"application_id":42,"applied_at":"{applied}","candidate_id":"c42","job_id":1,"status_code":"active"}}'
    assert ("jobs", "1", '{"at":"10:30","job_id":1,"job_name":"Engineer","status_code":"open"}') in lake_rows(
        place.home, "stream, record_id, payload"
    )

    if url.startswith("sqlite"):
        _the_models_of_files_parse_it(place)

    with server.begin() as connection:
        connection.execute(
            sa.text("update ats_applications set state = 'hired', changed = :now where id = 3"), {"now": END.replace(tzinfo=None)}
        )
    assert counts(load(place, source, 1)) == {"applications": (2500, 1), "jobs": (2, 0), "offices": (1, 0)}
    with server.connect() as connection:
        assert connection.execute(sa.text("select count(*) from ats_applications")).scalar() == 2500

    since = {"applications": {**MAPPED["applications"], "updated_column": "changed"}}
    assert counts(load(place, source_of(monkeypatch, url, tables=since, streams=("applications",)), 2))["applications"][0] in (0, 2500)
    assert counts(load(place, source_of(monkeypatch, url, tables=since, streams=("applications",), lookback_hours=72), 3)) == {
        "applications": (1, 0)
    }
    for tables, message in (
        ({"jobs": {"table": "req"}}, r"tables\.jobs: the database has no table 'req'.*did you mean 'reqs'"),
        ({"jobs": {"table": "reqs", "columns": {"job_name": "titel"}}}, r"table 'reqs' has no column 'titel'; did you mean 'title'"),
        (
            {"jobs": {"table": "reqs", "columns": {"job_name": "title"}}},
            r"has no column 'job_id', which is part of the key.*job_id: their_column",
        ),
        ({"jobs": {"query": "delete from reqs"}}, r"is not a SELECT"),
        ({"jobs": {"query": "select nonsense from reqs"}}, r"jobs cannot be read \(.*nonsense"),
        ({"applications": {**MAPPED["applications"], "updated_column": "state"}}, r"'state' is not a column of times"),
    ):
        stopped = source_of(monkeypatch, url, tables=tables, streams=tuple(tables))
        with pytest.raises(ExtractionError, match=message):
            load(place, stopped, 4)
        (finding, *_) = look_at(stopped) if "updated_column" not in str(tables) else [None]
        assert finding is None or not finding.is_ok
    with sa.create_engine(url).connect() as connection:
        assert connection.execute(sa.text("select count(*) from reqs")).scalar() == 2
    if url.startswith("postgresql"):
        _refuses_to_write_and_a_wrong_password(place, url, monkeypatch)


def _the_models_of_files_parse_it(place: Place) -> None:
    """One set of staging models: the lake says that the source has the shape of files."""
    models = ("run_clock", "stg_canonical_files__offices", "stg_canonical_files__applications")
    assert dbt_build(place.home.root, models, {"as_of": END.isoformat()}) == []
    with duckdb.connect(str(place.home.warehouse), read_only=True) as warehouse:
        offices = warehouse.execute(
            "select source_system, office_id, office_name from staging.stg_canonical_files__offices order by all"
        ).fetchall()
        applied = "select typeof(applied_at), count(*), count(parse_errors) from staging.stg_canonical_files__applications group by all"
        assert warehouse.execute(applied).fetchall() == [("TIMESTAMP", 2500, 0)]
    assert offices == [("files", "7", "Berlin"), ("hr", "7", "Berlin")]


def _refuses_to_write_and_a_wrong_password(place: Place, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The session itself refuses what writes, whatever it looks like; a wrong password is told from a dead server, and not repeated."""
    with sa.create_engine(url).begin() as connection:
        connection.execute(sa.text("create sequence numbers"))
        connection.execute(sa.text(f"create role hr login password '{SECRET}'"))
        rules = Path(str(connection.execute(sa.text("show hba_file")).scalar()))
        rules.write_text("local all hr scram-sha-256\n" + rules.read_text())
        connection.execute(sa.text("select pg_reload_conf()"))
    query = "select nextval('numbers') as job_id, 'x' as job_name, 'open' as status_code"
    sneaky = source_of(monkeypatch, url, tables={"jobs": {"query": query}}, streams=("jobs",))
    with pytest.raises(ExtractionError, match="read-only transaction"):
        load(place, sneaky, 5)
    wrong = url.replace("tester@", "hr:wrong-Pa55word@")
    deadline = time.monotonic() + 10
    while not (message := str(look_at(source_of(monkeypatch, wrong))[0])).startswith("the database") and time.monotonic() < deadline:
        time.sleep(0.1)  # until the server has read its rules
    assert "refuses the user or the password" in message
    assert "wrong-Pa55word" not in message


@pytest.mark.parametrize(
    ("address", "message"),
    [
        (f"postgresql://hr:{SECRET}@127.0.0.1:1/hr", r"database 'hr' at 127\.0\.0\.1:1 cannot be reached"),
        (f"hr:{SECRET}", r"HR_URL does not contain a database URL. Write it like postgresql://user@host:5432/database"),
        (f"oracle+oracledb://hr:{SECRET}@db/hr", r"the driver for its database is not installed"),
        ("sqlite:////nowhere/hr.db", r"the SQLite file that HR_URL names does not exist"),
    ],
)
def test_a_database_that_cannot_be_used_is_one_sentence_without_the_password(
    place: Place, monkeypatch: pytest.MonkeyPatch, address: str, message: str
) -> None:
    source = source_of(monkeypatch, address)
    with pytest.raises(FunnelcastError, match=message) as caught:
        load(place, source)
    assert SECRET not in str(caught.value)
    (finding,) = look_at(source)
    assert not finding.is_ok
    assert SECRET not in str(finding)


def test_a_database_without_canonical_names_says_what_to_map(place: Place, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'hr.db'}"
    with sa.create_engine(url).begin() as connection:
        connection.execute(sa.text("create table things (id integer)"))
    with pytest.raises(ConfigError, match=r"no table with a canonical name\. Map its tables or queries"):
        load(place, source_of(monkeypatch, url))
