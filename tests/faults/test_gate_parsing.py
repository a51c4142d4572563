"""What is odd in a value is refused in words or read by a stated rule, never let through (issue 13: A3, B4, B7, C6, T5, T17 and formats per table)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from base.config import Source, TableMapping
from base.errors import ConfigError
from ingestion.canonical.formats import date_fit, decimal_fit
from ingestion.extract.run import ExtractionError, extract
from ingestion.gate.rules import rules_of
from ingestion.log.records import BROKEN_ID, BROKEN_IDS, own_id
from ingestion.sources.registry import KINDS
from orchestration.checked_config import load_config
from tests.support.gate_home import NOW, GateHome
from tests.support.ingestion import Place, config_of, lake_rows

pytestmark = pytest.mark.xdist_group("gate")

#: text -> the instant in UTC, or None where it is none. The order matters: a zone must not stay in force for the rows behind it.
TIMES: dict[str, str | None] = {
    "2026-01-01 10:00:00 Europe/Berlin": "2026-01-01 09:00:00",
    "2026-01-01 10:00:00": "2026-01-01 10:00:00",
    "2026-01-01T10:00:00": "2026-01-01 10:00:00",
    "2026-01-01 10:00": "2026-01-01 10:00:00",
    "2026-01-01": "2026-01-01 05:00:00",
    "2026-01-01T10:00:00Z": "2026-01-01 10:00:00",
    "2026-01-01T10:00Z": "2026-01-01 10:00:00",
    "2026-01-01 10:00:00 UTC": "2026-01-01 10:00:00",
    "2026-01-01 10:00 America/New_York": "2026-01-01 15:00:00",
    "2026-01-01 10:00:00 +0200": "2026-01-01 08:00:00",
    "2026-01-01T10:00:00.123456789+02:00": "2026-01-01 08:00:00.123456",
    "2026-01-01T10:00+02": "2026-01-01 08:00:00",
    "2026-01-01T10:00:00-18:00": "2026-01-02 04:00:00",
    "2026-01-01T10:00:00+99:00": None,
    "2026-01-01T10:00:00+18:30": None,
    "2026-01-01T10:00:00+14:75": None,
    "2026-01-01 10:00:00 Nowhere/Town": None,
    "infinity": None,
    "-infinity": None,
    "epoch": None,
    "2026-02-30": None,
    "2026-01-1x": None,
    "20260101T101010Z": None,
    "12026-01-01T00:00:00Z": None,
    "03/01/2026": None,
}


@dataclass
class Odd:
    place: GateHome
    reasons: dict[str, str]


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Odd:
    """Applications and offers, each row odd in one thing, loaded and judged once."""
    place = GateHome(tmp_path_factory.mktemp("odd"))
    good = {"candidate_id": "c", "job_id": "j", "applied_at": "2026-01-01", "status_code": "active"}
    rows: dict[str, dict[str, str]] = {
        "hired ahead": {"hired_at": "2026-09-01"},
        "hired far ahead": {"hired_at": "2062-05-01"},
        "applied ahead": {"applied_at": "2062-05-01"},
        "applied tomorrow": {"applied_at": "2026-06-30T20:00:00Z"},
        "applied long ago": {"applied_at": "0202-05-01"},
        "observed ahead": {"observed_at": "2031-01-01T00:00:00Z"},
        "observed in the year 1": {"observed_at": "0001-01-01T00:00:00+05:00"},
        "observed in the year 9999": {"observed_at": "9999-12-31T23:59:59-05:00"},
        "seen never": {"last_activity_at": "infinity"},
        "object as job": {"job_id": '{"id": 7}'},
        "list as job": {"job_id": "[7]"},
        "{6F9619FF-8B86-D011-B42D-00CF4FC964FF}": {"job_id": "{6F9619FF-8B86-D011-B42D-00CF4FC964FF}"},
        "keyless:7": {},
        f"keyless:{'a' * 32}": {},
        "no job": {"job_id": "NULL"},
        "no recruiter": {"recruiter_id": "n/a", "hired_at": "-"},
        "no candidate": {"candidate_id": r"\N"},
    }
    columns = ["application_id", *good, "hired_at", "last_activity_at", "observed_at", "recruiter_id"]
    lines = [",".join(columns)]
    for key, change in rows.items():
        cells = {**good, **change, "application_id": key}
        lines.append(",".join('"' + cells.get(column, "").replace('"', '""') + '"' for column in columns))
    amounts = ["inf", "-Infinity", "1e999", "12.5", "NaN"]
    costs = [f"s{number},2026-01-01,{amount}" for number, amount in enumerate(amounts)]
    place.drop(
        {
            "applications.csv": "\n".join(lines) + "\n",
            "source_costs.csv": "\n".join(["source_id,month,amount", *costs]) + "\n",
            "stage_visits.csv": "application_id,stage_id,entered_at\na,s,\na,t,NULL\na,u,soon\n",
        }
    )
    place.run("applications", "source_costs", "stage_visits")
    return Odd(place, {(row.key or "").removeprefix("application_id "): row.reason for row in place.quarantined()})


@pytest.mark.slow
def test_a_time_is_plausible_by_its_role_and_what_is_not_is_quarantined(odd: Odd) -> None:
    assert {key: reason for key, reason in odd.reasons.items() if "ahead" in key or "ago" in key or "year" in key or "tomorrow" in key} == {
        "hired far ahead": "hired_at lies after its load: 2062-05-01",
        "applied ahead": "applied_at lies after its load: 2062-05-01",
        "applied long ago": "applied_at lies in the year 202",
        "observed ahead": "the row says that it was observed after it was loaded",
        "observed in the year 1": "observed_at is not a time",
        "observed in the year 9999": "observed_at is not a time",
    }
    assert odd.reasons["seen never"] == "last_activity_at is not a time: 'infinity'"


@pytest.mark.slow
def test_an_object_is_no_id_and_an_id_like_a_mark_is_one(odd: Odd) -> None:
    assert odd.reasons["object as job"] == "job_id holds a JSON object, not an id"
    assert odd.reasons["list as job"] == "job_id holds a JSON array, not an id"
    passed = {row[0] for row in odd.place.ask("select application_id from staging.stg_canonical_files__applications")} - odd.reasons.keys()
    assert {"{6F9619FF-8B86-D011-B42D-00CF4FC964FF}", "keyless:7", f"keyless:{'a' * 32}"} <= passed


@pytest.mark.slow
def test_a_text_that_means_nothing_is_nothing_in_ids_and_typed_columns_and_that_is_said(odd: Odd) -> None:
    assert odd.reasons["no candidate"] == "candidate_id is empty"
    staged = "select application_id, job_id, recruiter_id, hired_at from staging.stg_canonical_files__applications where application_id in"
    assert odd.place.ask(f"{staged} ('no job', 'no recruiter') order by 1") == [
        ("no job", None, None, None),
        ("no recruiter", "j", None, None),
    ]
    assert odd.place.loaded
    (warnings,) = [stream.warnings for stream in odd.place.loaded.streams if stream.stream == "applications"]
    assert r"applications.csv: of column candidate_id, '\N' in 1 row read as empty (null_values)" in warnings


@pytest.mark.slow
def test_numbers_are_finite(odd: Odd) -> None:
    assert [row.line for row in odd.place.quarantined("source_costs")] == [2, 3, 4]
    assert odd.place.ask("select amount from staging.stg_canonical_files__source_costs where parse_errors is null order by 1") == [
        (12.5,),
        (None,),
    ]


@pytest.mark.slow
def test_a_visit_without_a_time_is_a_plan_and_one_with_a_time_that_does_not_parse_is_not(odd: Odd) -> None:
    assert [(row.line, row.key) for row in odd.place.quarantined("stage_visits")] == [(4, "application_id a, stage_id u")]
    assert odd.place.ask("select stage_id from staging.stg_canonical_files__stage_visits where entered_at is null order by 1") == [
        ("s",),
        ("t",),
        ("u",),
    ]


@pytest.mark.slow
def test_received_is_loaded_and_quarantined_and_duplicates(odd: Odd) -> None:
    assert all(received == loaded + failed + same for received, loaded, failed, same in odd.place.counts().values())


@pytest.mark.slow
def test_every_row_of_one_vector_is_read_by_its_own_zone(tmp_path: Path) -> None:
    place = GateHome(tmp_path)
    (tmp_path / "config" / "company.yml").write_text("time_zone: America/New_York\n", encoding="utf-8")
    rows = [f"a,s{number:02d},{text},2026-01-01" for number, text in enumerate(TIMES)]
    place.drop({"stage_visits.csv": "\n".join(["application_id,stage_id,exited_at,entered_at", *rows]) + "\n"})
    place.run("stage_visits", variables={"time_zone": "America/New_York"})
    read = place.ask("select exited_at::varchar, parse_errors from staging.stg_canonical_files__stage_visits order by stage_id")
    assert dict(zip(TIMES, (time for time, _ in read), strict=True)) == TIMES
    assert [errors for _, errors in read] == [None if time else "exited_at" for time in TIMES.values()]


def test_no_rule_lets_a_row_through_because_its_expression_is_null() -> None:
    """Each rule over a row of infinities, and over a row that holds nothing but blanks."""
    with duckdb.connect() as connection:
        for kind in KINDS.values():
            for name, stream in kind.streams.items():
                contract = stream.contract
                times = {*contract.dated, *contract.planned, *(name for pair in contract.in_order for name in pair), "observed_at"}
                others = contract.columns - times
                for infinite in ("'-infinity'", "'infinity'"):
                    columns = [f'{infinite}::timestamp as "{time}"' for time in sorted(times)]
                    columns += [f"""'  '::varchar as "{other}\"""" for other in sorted(others)]
                    row = f"select 'r' as record_id, 'f' as load_file, null as parse_errors, {', '.join(columns)}"
                    for rule in rules_of(contract):
                        (value,) = connection.execute(f"select {rule.sql} from ({row})").fetchone() or ()
                        if rule.name == "plausible":
                            assert value.count("is infinite") == len({*contract.dated, *contract.planned, "observed_at"}), (kind.name, name)
                        elif rule.name.startswith("filled:"):
                            column = rule.name.partition(":")[2]
                            assert column in times or value is None, rule.name
                        elif rule.name.startswith("order:"):
                            assert value is not None, rule.name


def test_a_real_id_is_never_taken_for_a_mark() -> None:
    for mark in BROKEN_IDS:
        for text in (f"{mark}:7", f"{mark}:{'0' * 32}"):
            assert not re.fullmatch(BROKEN_ID, own_id(text))


FORMATS = {
    "date_format": "%m/%d/%Y %H:%M",
    "decimal": ",",
    "null_values": ["unknown"],
    "file": "costs.csv",
    "columns": {"source_id": "job.source.id", "month": "Month", "amount": "Amount"},
}


def records(place: Place, folder: Path, table: str, **mapping: Any) -> list[str]:
    source = Source(name="acme", kind="canonical_files", path=str(folder), tables={table: TableMapping(**mapping)})
    extract(config_of(source), place.home, place.ops, source, window_end=NOW)
    return [payload for (payload,) in lake_rows(place.home, "payload", "line")]


def test_a_stated_format_reads_dates_numbers_and_nothings_and_leaves_iso_as_it_is(place: Place, tmp_path: Path) -> None:
    (tmp_path / "costs.csv").write_text(
        "Source,Month,Amount\n"
        's1,03/21/2026 00:00,"1.234,56"\n'
        "s2,2026-04-01,12.5\n"
        "unknown,03/21/2026 00:00,unknown\n"
        "NULL,13/45/2026 00:00,\n",
        encoding="utf-8",
    )
    columns = {"source_id": "Source", "month": "Month", "amount": "Amount"}
    assert records(place, tmp_path, "source_costs", **{**FORMATS, "columns": columns}) == [
        '{"amount":"1234.56","month":"2026-03-21","source_id":"s1"}',
        '{"amount":"12.5","month":"2026-04-01","source_id":"s2"}',
        '{"amount":null,"month":"2026-03-21","source_id":null}',
        '{"amount":null,"month":"13/45/2026 00:00","source_id":"NULL"}',
    ]


def test_a_column_may_be_a_member_of_an_object(place: Place, tmp_path: Path) -> None:
    (tmp_path / "costs.jsonl").write_text(
        '{"Job": {"Source": {"id": 7}}, "Month": "2026-01-01", "Amount": 5}\n{"Job": null, "Month": "2026-02-01", "Amount": 6}\n',
        encoding="utf-8",
    )
    source = Source(
        name="acme",
        kind="canonical_files",
        path=str(tmp_path),
        tables={"source_costs": TableMapping(file="costs.jsonl", columns=FORMATS["columns"])},
    )
    loaded = extract(config_of(source), place.home, place.ops, source, window_end=NOW)
    assert [payload for (payload,) in lake_rows(place.home, "payload", "line")] == [
        '{"amount":5,"job":{"Source":{"id":7}},"month":"2026-01-01","source_id":7}',
        '{"amount":6,"job":null,"month":"2026-02-01"}',
    ]
    assert loaded.streams[0].warnings == ()


def test_parquet_times_beyond_every_calendar_are_named_by_row_and_a_damaged_page_by_file(place: Place, tmp_path: Path) -> None:
    times = pa.array([0, 2**62, 253402300800000000], pa.int64()).view(pa.timestamp("us"))
    table = pa.table({"candidate_id": ["c1", "c2", "c3"], "created_at": times})
    pq.write_table(table, tmp_path / "candidates.parquet")
    found = records(place, tmp_path, "candidates")
    assert len(found) == 3
    assert '"c2"' in found[1]

    wide = pa.table({"job_id": [f"j{number}" for number in range(20_000)], "job_name": [f"{number}" * 20 for number in range(20_000)]})
    path = tmp_path / "jobs.parquet"
    pq.write_table(wide, path)
    content = bytearray(path.read_bytes())
    content[5000:5050] = b"\xff" * 50
    path.write_bytes(content)
    with pytest.raises(ExtractionError, match=r"jobs\.parquet is damaged"):
        records(place, tmp_path, "jobs")


def test_the_formats_that_fit_are_named_with_their_rows_and_ambiguity_is_said() -> None:
    assert str(date_fit({"03/01/2026": 10, "04/02/2026": 2})) == (
        "%m/%d/%Y and %d/%m/%Y fit 12 of 12 rows, so the rows do not say which is meant: state it as date_format"
    )
    assert str(date_fit({"03/01/2026": 10, "03/21/2026": 2})) == '%m/%d/%Y fits 12 of 12 rows: state date_format: "%m/%d/%Y"'
    assert str(date_fit({"15.03.2026 14:05": 3})) == '%d.%m.%Y %H:%M fits 3 of 3 rows: state date_format: "%d.%m.%Y %H:%M"'
    assert str(date_fit({"soon": 3})) == ""
    assert str(date_fit({"28.02.2026": 8, "31.02.2026": 1, "soon": 1})) == (
        '%d.%m.%Y fits 8 of 10 rows, and no format fits the others: state date_format: "%d.%m.%Y"'
    )
    assert str(date_fit({"28.02.2026": 8, "02/28/2026": 2})) == "%d.%m.%Y fits 8 of 10 rows"
    assert str(decimal_fit({"1.234,56": 3, "7": 1})) == ', fits 4 of 4 rows: state decimal: ","'


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("date_format: '%H:%M'", r"sources\.yml:6: .*date_format: must name year, month and day"),
        ("date_format: DD.MM.YYYY", r"sources\.yml:6: .*date_format: must name year, month and day"),
        ("date_format: '%Y-%m-%d %Q'", r"sources\.yml:6: .*date_format"),
        ("date_format: '%Y-%m-%d %Y'", r"sources\.yml:6: .*date_format: is no format that can be read"),
        ("decimal: ';'", r"sources\.yml:6: .*decimal"),
        ("null_values: unknown", r"sources\.yml:6: .*null_values"),
    ],
)
def test_a_stated_format_that_is_none_is_refused_with_its_line(tmp_path: Path, written: str, message: str) -> None:
    (tmp_path / "sources.yml").write_text(
        f"sources:\n- name: acme\n  kind: canonical_files\n  path: .\n  tables:\n    jobs: {{{written}}}\n", encoding="utf-8"
    )
    with pytest.raises(ConfigError, match=message):
        load_config(tmp_path)
    (tmp_path / "sources.yml").write_text(
        "sources:\n- {name: acme, kind: canonical_files, path: ., tables: {jobs: {null_values: [NULL, 'x', -1], date_format: '%d.%m.%y'}}}\n"
    )
    assert load_config(tmp_path).sources[0].tables["jobs"].null_values == ("null", "x", "-1")
