"""Gem's export and Gem's API tell the same company the same, where both know; what the export leaves out stays unknown."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import pytest

from base.config import Source
from ingestion.extract.run import extract
from ingestion.preflight import check as preflight
from sandbox.company import simulate
from sandbox.doubles.gem_export.files import write_gem_export
from sandbox.world import World
from tests.support.ingestion import config_of, folder_source, lake_rows, look_at, place_at
from tests.support.lake import write_load
from tests.support.vendor_lake import dbt_build, gem_streams, naive

MODELS = (
    "path:models/staging/gem",
    "path:models/staging/gem_export",
    "+path:models/intermediate/gem",
    "+path:models/intermediate/gem_export",
)


class Company(NamedTuple):
    world: World
    home: Path
    files: Path
    source: Source


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Company:
    folder = tmp_path_factory.mktemp("gem_export")
    world = simulate(seed=11, years=0.5, requisitions=8)
    place = place_at(folder / "home")
    for stream, rows in gem_streams(world).items():
        write_load(folder / "home", "api", "gem", stream, rows, naive(world.now))
    write_gem_export(world, folder / "files")
    source = folder_source(folder / "files", "export", "gem_export")
    loaded = extract(config_of(source), place.home, place.ops, source, window_end=world.now)
    assert {stream.stream for stream in loaded.streams} == {"event_log", "projects", "candidate_info"}
    assert loaded.ignored == (
        "custom_field_data.csv is not read: no table uses candidates' custom fields",
        "notes.csv is not read: notes are never read, because some are private",
    )
    assert dbt_build(folder / "home", MODELS, {"as_of": world.now.isoformat()}) == []
    return Company(world, folder / "home", folder / "files", source)


def rows(company: Company, kind: str, table: str, columns: str) -> Counter[tuple[Any, ...]]:
    with duckdb.connect(str(company.home / "warehouse.duckdb"), read_only=True) as connection:
        return Counter(connection.execute(f"select {columns} from intermediate.int_{kind}__{table}").fetchall())


@pytest.mark.parametrize(
    ("table", "columns"),
    [
        ("candidates", "candidate_id, created_at"),
        ("candidate_contacts", "candidate_id, contact_code, contact_value"),
        ("crm_activities", "activity_id, activity_code, occurred_at, candidate_id, job_id"),
        ("outreach_messages", "sent_at, candidate_id, medium_code, sequence_id, step_number, subject_text"),
        ("email_events", "event_code, occurred_at, is_machine, reply_class_code"),
    ],
)
def test_the_export_gives_the_rows_of_the_api_where_both_know(company: Company, table: str, columns: str) -> None:
    from_api, exported = rows(company, "gem", table, columns), rows(company, "gem_export", table, columns)
    assert from_api.total() > 20
    assert (list((from_api - exported).items())[:3], list((exported - from_api).items())[:3]) == ([], [])


def test_a_user_is_an_email_and_each_sender_is_one_of_them(company: Company) -> None:
    emails = rows(company, "gem", "users", "lower(user_email), user_name")
    exported = rows(company, "gem_export", "users", "user_id, user_name")
    assert exported
    assert not exported - emails
    senders = {sender for (sender,) in rows(company, "gem_export", "outreach_messages", "sender_id")}
    assert senders <= {user for user, _ in exported}


def test_each_reply_answers_a_message_of_its_candidate(company: Company) -> None:
    with duckdb.connect(str(company.home / "warehouse.duckdb"), read_only=True) as connection:
        lost = connection.execute(
            "select count(*) from intermediate.int_gem_export__email_events left join intermediate.int_gem_export__outreach_messages as m"
            " using (message_id) where m.message_id is null or m.sent_at > occurred_at"
        ).fetchone()
    assert lost == (0,)


def test_columns_are_bound_by_name_in_any_order_and_home_addresses_do_not_enter_the_log(company: Company, tmp_path: Path) -> None:
    with (company.files / "event_log.csv").open(encoding="utf-8") as file:
        original = list(csv.DictReader(file))[:50]
    columns = ["Brand New", *reversed(list(original[0]))]
    with (tmp_path / "event log 2026-06.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow([column.replace("_", " ").title() for column in columns])
        writer.writerows([["x", *(row[column] for column in columns[1:])] for row in original])
    place = place_at(tmp_path / "home")
    source = folder_source(tmp_path, "export", "gem_export")
    extract(config_of(source), place.home, place.ops, source, window_end=company.world.now)
    ids = {record for (record,) in lake_rows(place.home, "record_id")}
    known = {record for (record,) in lake_rows(place_at(company.home).home, "record_id")}
    assert ids <= known
    assert len(ids) == len(original)
    payloads = " ".join(payload for (payload,) in lake_rows(place_at(company.home).home, "payload"))
    assert "Springfield" not in payloads
    assert "private" not in payloads.replace("privacy", "")
    assert all(finding.is_ok for finding in look_at(company.source))


def test_one_team_read_both_ways_is_warned_of(company: Company) -> None:
    api = Source(name="api", kind="gem", credentials={"api_key": "GEM_KEY"})
    assert preflight.check_together([company.source]) == []
    [(source, finding)] = preflight.check_together([api, company.source])
    assert source == company.source
    assert finding.is_ok
    assert "each record counts twice" in str(finding)


def test_a_folder_without_the_export_says_what_to_put_there(tmp_path: Path) -> None:
    (tmp_path / "stuff.csv").write_text("a\n1\n")
    (finding,) = look_at(folder_source(tmp_path, "export", "gem_export"))
    assert "contains no file of Gem's export. Put the export's files there, named as Gem names them: event_log.csv" in str(finding)
