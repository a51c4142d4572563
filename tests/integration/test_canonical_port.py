"""The canonical layer is a port: the same company arrives the same through Greenhouse, Gem and SES as through files in canonical shape."""

from __future__ import annotations

import shutil
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import pytest
import sqlglot

from base.source_kinds import feeds_of, shapes
from ingestion.canonical.tables import TABLES
from sandbox.canonical_export import tables
from sandbox.company import simulate
from sandbox.world import World
from tests.support.canonical_schema import refusals
from tests.support.lake import write_load
from tests.support.vendor_lake import dbt_build, naive, write_vendor_lake
from tests.support.worlds import dbt_alone, run_unit_tests

pytestmark = [pytest.mark.xdist_group("canonical_port"), pytest.mark.slow]

MAPPINGS = Path(__file__).resolve().parents[2] / "sandbox" / "config" / "mappings"
ZONE = {"time_zone": "America/New_York"}
CANONICAL = ("+path:models/canonical",)


class Company(NamedTuple):
    world: World
    home: Path


@pytest.fixture(scope="session")
def company(tmp_path_factory: pytest.TempPathFactory) -> Company:
    folder = tmp_path_factory.mktemp("vendors")
    world = simulate(seed=11, years=1.0, requisitions=14)
    home = folder / "home"
    write_vendor_lake(world, home, folder)
    (home / "config" / "mappings").mkdir(parents=True)
    for path in MAPPINGS.glob("*.csv"):
        text = path.read_text(encoding="utf-8").replace("greenhouse,", "ats,")
        (home / "config" / "mappings" / path.name).write_text(text, encoding="utf-8")
    assert dbt_build(home, CANONICAL, ZONE) == []
    return Company(world, home)


def rows(home: Path, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as connection:
        connection.execute("set TimeZone = 'UTC'")
        return connection.execute(sql).fetchall()


def truth(world: World, table: str, columns: str) -> Counter[tuple[str | None, ...]]:
    """The truth's rows of a canonical table as texts."""
    names = columns.split()
    return Counter(tuple(None if row.get(name) in (None, "") else str(row[name]) for name in names) for row in tables(world)[table])


def found(home: Path, table: str, columns: str, where: str = "true") -> Counter[tuple[str | None, ...]]:
    """The built rows as texts, instants as the truth writes them."""
    stamped = ", ".join(
        f"strftime({name}, '%Y-%m-%dT%H:%M:%SZ')" if name.endswith("_at") else f"{name}::varchar" for name in columns.split()
    )
    return Counter(rows(home, f"select {stamped} from canonical.{table} where {where}"))


@pytest.mark.parametrize(
    ("table", "columns"),
    [
        ("stage_visits", "application_id stage_id entered_at exited_at"),
        ("openings", "opening_id job_id opened_at closed_at target_start_on filled_application_id"),
        ("offers", "offer_id application_id version_number status_code created_at resolved_at starts_on"),
        ("feedback", "feedback_id application_id submitter_id interview_id submitted_at rating_code"),
        ("interviews", "interview_id application_id interviewer_id stage_id scheduled_at starts_at ends_at"),
        ("jobs", "job_id job_name status_code job_family job_level_code department_id office_id opened_at closed_at"),
        ("stages", "stage_id stage_name job_id stage_order"),
    ],
)
def test_greenhouse_gives_the_same_rows_as_the_files_of_the_company(company: Company, table: str, columns: str) -> None:
    expected, built = truth(company.world, table, columns), found(company.home, table, columns, "source_system = 'ats'")
    assert expected.total() > 10
    assert (list((built - expected).items())[:3], list((expected - built).items())[:3]) == ([], [])


def as_the_vendor_knows_it(columns: str, row: tuple[str | None, ...]) -> tuple[str | None, ...]:
    """A row of applications without what core settles from offers and reasons: whose act an end was, and when a hire was made and closed."""
    values = dict(zip(columns.split(), row, strict=True))
    if values["status_code"] == "hired":
        values |= {"hired_at": None, "closed_at": None}
    elif values["status_code"] in ("rejected", "withdrawn", "closed"):
        values["status_code"] = "ended"
    return tuple(values.values())


def test_applications_have_the_true_end_and_reason_though_greenhouse_names_none_of_them(company: Company) -> None:
    columns = "application_id candidate_id job_id applied_at status_code hired_at closed_at close_reason_id current_stage_id source_id"
    is_application = [row for row in tables(company.world)["applications"] if not row["is_prospect"]]
    expected = Counter(tuple(None if row[name] is None else str(row[name]) for name in columns.split()) for row in is_application)
    expected = Counter(as_the_vendor_knows_it(columns, row) for row in expected.elements())
    built = Counter(
        as_the_vendor_knows_it(columns, row) for row in found(company.home, "applications", columns, "not is_prospect").elements()
    )
    assert (list((built - expected).items())[:3], list((expected - built).items())[:3]) == ([], [])


def test_a_message_that_the_crm_and_the_mail_service_tell_is_one_message_of_the_crm(company: Company) -> None:
    columns = "message_id sent_at candidate_id sequence_id step_number subject_text"
    built = found(company.home, "outreach_messages", columns.replace("candidate_id ", ""), "source_system = 'crm'")
    assert built == truth(company.world, "outreach_messages", columns.replace("candidate_id ", ""))
    assert rows(company.home, "select count(*) from canonical.outreach_messages where source_system <> 'crm'") == [(0,)]


@pytest.mark.parametrize("table", [name for name, table in TABLES.items() if not table.restricted])
def test_what_vendors_give_are_rows_of_the_port(company: Company, table: str) -> None:
    """By the JSON Schema of a row, with the codes that the port lists."""
    columns = [name for name, column in TABLES[table].columns.items() if not column.evidence]
    built = list(found(company.home, table, " ".join(columns)))[:200]
    assert refusals(table, [dict(zip(columns, row, strict=True)) for row in built]) == []


def test_machines_are_told_apart_from_people_by_rules_alone(company: Company) -> None:
    events = "message_id event_code occurred_at link_url is_machine"
    expected = Counter(
        (row["message_id"], row["event_code"], row["occurred_at"], row["link_url"], str(row["is_machine"]).lower())
        for row in tables(company.world)["email_events"]
        if row["event_code"] != "replied"
    )
    assert found(company.home, "email_events", events, "event_code <> 'replied'") == expected


def test_replies_links_and_jobs_of_a_file_find_their_messages_and_sequences_in_another_source(company: Company) -> None:
    lost = rows(
        company.home,
        """select count(*) from canonical.email_events e
        left join canonical.outreach_messages m using (source_system, message_id) where m.message_id is null""",
    )
    assert lost == [(0,)]
    assert rows(company.home, "select distinct source_system from canonical.message_links") == [("crm",)]
    assert rows(company.home, "select distinct source_system, job_source_system from canonical.sequence_jobs") == [("crm", "ats")]
    answered = {row["message_id"] for row in tables(company.world)["email_events"] if row["event_code"] == "replied"}
    built = rows(company.home, "select distinct message_id from canonical.email_events where event_code = 'replied'")
    assert {message for (message,) in built} == answered


def test_a_person_in_two_systems_is_one_person_and_nobody_else_is_joined(company: Company) -> None:
    now = company.world.now_seconds
    in_ats = {p.id: p for p in company.world.persons if p.candidate_created_at is not None and p.candidate_created_at < now}
    keys: dict[int, set[str]] = {}
    for candidate_id, key in rows(company.home, "select candidate_id, candidate_key from canonical.person_map where source_system = 'ats'"):
        keys.setdefault(int(candidate_id), set()).add(key)
    by_gem = dict(rows(company.home, "select candidate_id, candidate_key from canonical.person_map where source_system = 'crm'"))
    assert all(len(found_keys) == 1 for found_keys in keys.values())
    assert len({next(iter(found_keys)) for found_keys in keys.values()}) == len(keys)
    both = [person for person in in_ats.values() if person.gem_id in by_gem]
    assert len(both) > 5
    assert [person.id for person in both if keys[person.id] != {by_gem[str(person.gem_id)]}] == []
    assert len(set(by_gem.values()) & {next(iter(k)) for k in keys.values()}) == len(both)


def test_an_earlier_as_of_shows_the_company_of_that_day(company: Company, tmp_path: Path) -> None:
    """What was reopened or moved later has no history in a list, so those few applications are left out."""
    home = tmp_path / "home"
    shutil.copytree(company.home, home)
    then = company.world.at(company.world.now - timedelta(days=120))
    moment = then.now.isoformat()
    chosen = ("run_clock", "applications", "stage_visits", "offers", "openings", "jobs")
    assert dbt_build(home, chosen, {**ZONE, "as_of": moment}) == []
    rewritten = {
        str(a.id)
        for a in company.world.applications
        if a.is_prospect or a.transferred_at is not None or any(closing.reopened_at is not None for closing in a.closings)
    }
    for table, columns in (
        ("applications", "application_id job_id applied_at status_code hired_at closed_at close_reason_id"),
        ("stage_visits", "application_id stage_id entered_at exited_at"),
        ("openings", "opening_id job_id opened_at closed_at filled_application_id"),
        ("jobs", "job_id status_code opened_at closed_at"),
        ("offers", "application_id offer_id version_number status_code created_at resolved_at"),
    ):
        has_application = columns.startswith("application_id")
        expected = {row for row in truth(then, table, columns) if not (has_application and row[0] in rewritten)}
        built = {row for row in found(home, table, columns) if not (has_application and row[0] in rewritten)}
        if table == "applications":
            expected, built = ({as_the_vendor_knows_it(columns, row) for row in side} for side in (expected, built))
        # A job made after that day is a draft without dates: known, not yet opened.
        if table == "jobs":
            built = {row for row in built if row[0] in {job for job, *_ in expected}}
        assert (table, sorted(built - expected, key=str)[:3], sorted(expected - built, key=str)[:3]) == (table, [], [])


def test_a_second_build_parses_nothing_again_and_a_new_load_only_itself(company: Company, tmp_path: Path) -> None:
    home = tmp_path / "home"
    shutil.copytree(company.home, home)
    count = "select count(*), count(distinct load_file) from staging.stg_greenhouse__jobs"
    before = rows(home, count)
    assert dbt_build(home, ["stg_greenhouse__jobs"], ZONE) == []
    assert rows(home, count) == before
    job_id = rows(home, "select min(job_id) from canonical.jobs")[0][0]
    later = naive(company.world.now) + timedelta(days=1)
    write_load(home, "ats", "greenhouse", "jobs", [{"id": int(job_id), "name": "Renamed", "status": "open"}], later)
    assert dbt_build(home, ["stg_greenhouse__jobs"], ZONE) == []
    assert rows(home, count) == [(before[0][0] + 1, before[0][1] + 1)]
    assert rows(home, f"select job_name from canonical.jobs where job_id = '{job_id}'") == [("Renamed",)]


def test_what_was_learned_at_or_after_known_at_is_not_known(company: Company, tmp_path: Path) -> None:
    home = tmp_path / "home"
    shutil.copytree(company.home, home)
    assert dbt_build(home, ["run_clock"], {**ZONE, "known_at": company.world.now.isoformat()}) == []
    assert rows(home, "select count(*) from canonical.jobs") == [(0,)]


def test_what_the_gate_put_in_quarantine_is_not_built_on(company: Company, tmp_path: Path) -> None:
    home = tmp_path / "home"
    shutil.copytree(company.home, home)
    with duckdb.connect(str(home / "warehouse.duckdb")) as connection:
        connection.execute(
            """insert into quality.quarantine (source_system, stream, record_id, payload_hash, load_id, load_file, rule, reason, judged_at)
            select source_system, 'jobs', record_id, payload_hash, load_id, load_file, 'rule', 'reason', observed_at
            from staging.stg_greenhouse__jobs order by record_id limit 2"""
        )
    assert len(rows(home, "select job_id from canonical.jobs")) == len(list(tables(company.world)["jobs"])) - 2


class EveryKind(NamedTuple):
    """The company's home as dbt alone builds it, with the tables of kinds of source that it has none of; `sql` is what dbt compiled, by model."""

    home: Path
    sql: dict[str, str]


@pytest.fixture(scope="module")
def every_kind(company: Company, tmp_path_factory: pytest.TempPathFactory) -> EveryKind:
    home = tmp_path_factory.mktemp("every_kind") / "home"
    shutil.copytree(company.home, home)
    models = ("--select", "path:models/staging", "path:models/intermediate", "--exclude", "resource_type:test", "resource_type:unit_test")
    built = dbt_alone(home, "build", *models)
    assert {str(result.status) for result in built} == {"success"}
    return EveryKind(home, {result.node.name: result.node.compiled_code for result in built})


def test_a_source_in_canonical_shape_names_only_columns_of_its_table(every_kind: EveryKind) -> None:
    """What dbt cannot refuse: canonical_rows leaves out what the table does not have."""
    wrong = {}
    models = {f"int_{kind}__{table}": table for kind in shapes() for table in feeds_of(kind) if table in TABLES}
    for name, table in models.items():
        tree = sqlglot.parse_one(every_kind.sql[name], read="duckdb")
        (mapped,) = (cte.this.named_selects for cte in tree.find_all(sqlglot.exp.CTE) if cte.alias == "mapped")
        if unknown := set(mapped) - {*TABLES[table].columns, "source_system", "observed_at"}:
            wrong[name] = unknown
    assert wrong == {}


@pytest.mark.parametrize("folder", ["path:models/intermediate", "path:models/canonical"])
def test_every_unit_test_of_the_folder_holds(every_kind: EveryKind, folder: str) -> None:
    results = run_unit_tests(every_kind.home, folder)
    assert len(results) >= 4
    assert [result for result in results if result[1] != "pass"] == []
