"""What staging makes of payloads and mapping files that are not as they should be."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from base import clock
from tests.support.lake import write_load
from tests.support.vendor_lake import dbt_build
from tests.support.worlds import dbt_alone

pytestmark = pytest.mark.xdist_group("canonical_port")

SEEN = datetime.fromisoformat("2026-06-01 12:00")


def at(text: str) -> datetime:
    """A naive instant, as the warehouse keeps them."""
    return datetime.fromisoformat(text)


def staged(home: Path, sql: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def test_an_instant_keeps_its_offset_and_a_bare_date_is_the_first_instant_in_the_companys_zone(tmp_path: Path) -> None:
    texts = [
        "2026-03-01T12:00:00Z",
        "2026-03-01T12:00:00+02:00",
        "2026-03-01T12:00:00.250-0500",
        "2026-03-01 12:00:00",
        "2026-07-01",
        "soon",
        "",
    ]
    records = [{"application_id": f"a{number}", "stage_id": "s", "entered_at": text} for number, text in enumerate(texts)]
    write_load(tmp_path, "acme", "canonical_files", "stage_visits", records, SEEN)
    assert dbt_build(tmp_path, ["stg_canonical_files__stage_visits"], {"time_zone": "America/New_York"}) == []
    assert staged(tmp_path, "select entered_at, parse_errors from staging.stg_canonical_files__stage_visits order by application_id") == [
        (at("2026-03-01 12:00:00"), None),
        (at("2026-03-01 10:00:00"), None),
        (at("2026-03-01 17:00:00.250000"), None),
        (at("2026-03-01 12:00:00"), None),
        (at("2026-07-01 04:00:00"), None),
        (None, "entered_at"),
        (None, None),
    ]


def test_values_that_do_not_parse_are_named_and_what_parses_beside_them_is_kept(tmp_path: Path) -> None:
    records = [
        {"offer_id": "1", "version_number": 1, "application_id": "a", "status_code": "open", "starts_on": "2026-02-28"},
        {"offer_id": "2", "version_number": "1.5", "application_id": "a", "status_code": "open", "starts_on": "2026-02-30"},
        {
            "offer_id": "3",
            "version_number": "2",
            "application_id": "a",
            "status_code": "open",
            "starts_on": "2026-03-01x",
            "created_at": "x",
        },
    ]
    write_load(tmp_path, "acme", "canonical_files", "offers", records, SEEN)
    assert dbt_build(tmp_path, ["stg_canonical_files__offers"]) == []
    found = staged(
        tmp_path, "select offer_id, version_number, starts_on::varchar, parse_errors from staging.stg_canonical_files__offers order by 1"
    )
    assert found == [
        ("1", 1, "2026-02-28", None),
        ("2", None, None, "version_number,starts_on"),
        ("3", 2, None, "created_at,starts_on"),
    ]


def test_gems_unix_seconds_are_instants(tmp_path: Path) -> None:
    write_load(tmp_path, "crm", "gem", "sequences", [{"id": "s", "name": "N", "user_id": "u", "created_at": 1_767_225_600}], SEEN)
    assert dbt_build(tmp_path, ["stg_gem__sequences"]) == []
    assert staged(tmp_path, "select created_at from staging.stg_gem__sequences") == [(at("2026-01-01 00:00:00"),)]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("source_system,stage,stage_code\nats,Chat,onsite\n", "has no column 'stage_name'"),
        ("stage_name,stage_code,since\nChat,onsite,2026-01-01\n", "has a column 'since' that is not known"),
        ("stage_name,stage_code,valid_from\nChat,onsite,31.12.2026\n", "valid_from '31.12.2026' in the row of 'Chat' is not an ISO date"),
    ],
)
def test_a_mapping_that_is_not_understood_stops_the_build_with_file_and_remedy(tmp_path: Path, text: str, problem: str) -> None:
    (tmp_path / "config" / "mappings").mkdir(parents=True)
    (tmp_path / "config" / "mappings" / "stages.csv").write_text(text, encoding="utf-8")
    failed = dbt_build(tmp_path, ["stg_config__stages"])
    assert len(failed) == 1
    assert "mappings/stages.csv" in failed[0]
    assert problem in failed[0].replace("\n", " ")


def test_a_missing_mapping_file_is_an_empty_mapping(tmp_path: Path) -> None:
    assert dbt_build(tmp_path, ["stg_config__stages", "stg_config__reasons", "stg_config__sources"]) == []
    assert staged(tmp_path, "select count(*) from staging.stg_config__stages") == [(0,)]


def test_an_empty_lake_builds_every_staging_and_canonical_table_empty(tmp_path: Path) -> None:
    assert dbt_build(tmp_path, ["+path:models/canonical"]) == []
    assert staged(tmp_path, "select count(*) from canonical.applications") == [(0,)]
    assert staged(tmp_path, "select as_of from run.run_clock") == [(at("1970-01-01 00:00:00"),)]


def test_the_lake_is_sources_whose_freshness_is_that_of_their_oldest_source(tmp_path: Path) -> None:
    """A stream that no source has is not late: an empty home passes as a whole."""

    def not_fresh() -> dict[str, str]:
        sources = [result for result in dbt_alone(tmp_path, "source", "freshness") if result.node.resource_type == "source"]
        assert len(sources) > 100
        return {source.node.identifier: str(source.status) for source in sources if source.status != "pass"}

    assert not_fresh() == {}
    today = clock.now().replace(tzinfo=None)
    for source, seen in (("old", at("2026-01-01")), ("new", today)):
        write_load(tmp_path, source, "greenhouse", "jobs", [{"id": 1}], seen)
        write_load(tmp_path, source, "greenhouse", "offers", [{"id": 1}], today)
    assert not_fresh() == {"greenhouse__jobs": "warn"}
    assert staged(tmp_path, "select source_system, record_id from raw.greenhouse__jobs order by all") == [("new", "1"), ("old", "1")]


def test_a_row_without_an_optional_key_is_replaced_when_it_is_sent_again(tmp_path: Path) -> None:
    stage = {"stage_id": "s", "stage_name": "Chat"}
    write_load(tmp_path, "acme", "canonical_files", "stages", [stage], SEEN)
    write_load(
        tmp_path, "acme", "canonical_files", "stages", [stage | {"stage_name": "Talk"}, stage | {"job_id": "j"}], at("2026-06-02 12:00")
    )
    assert dbt_build(tmp_path, ["+stages"]) == []
    assert staged(tmp_path, "select stage_id, job_id, stage_name from canonical.stages order by job_id") == [
        ("s", "j", "Chat"),
        ("s", None, "Talk"),
    ]
