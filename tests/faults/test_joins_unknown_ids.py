"""B1 to B5: what joins nothing is counted and shown, never lost and never a phantom (world tests/golden/worlds/joins, worked out by hand)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from base.home import Home
from base.ops import engine
from ingestion.gate.unjoined import unjoined
from ingestion.gate.verdicts import write_page
from tests.support.definitions_compare import MARTS, as_named, differences, of_table
from tests.support.definitions_files import read_tables
from tests.support.definitions_oracle import Company
from tests.support.traps import TRAP_MARTS
from tests.support.worlds import WORLDS, build_world

pytestmark = [pytest.mark.xdist_group("random_worlds"), pytest.mark.slow]

AS_OF = datetime(2026, 4, 1, tzinfo=UTC)
COVERAGE = ("data_coverage", "row_conservation", "full_funnel")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("joins") / "home"


@pytest.fixture(scope="module")
def world(home: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    select = [f"+{name}" for name in (*TRAP_MARTS, *COVERAGE)]
    connection = build_world(WORLDS / "joins", home, as_of=AS_OF, select=select)
    yield connection
    connection.close()


def text(world: duckdb.DuckDBPyConnection, sql: str) -> list[str]:
    return [" | ".join("" if value is None else f"{value}" for value in row) for row in world.execute(sql).fetchall()]


def stages_of(world: duckdb.DuckDBPyConnection, application: str) -> list[str]:
    return text(
        world,
        f"""select stage_code, next_stage_code, outcome_code, is_implied
        from core.fct_application_stages join core.fct_applications using (application_key)
        where application_id = '{application}' order by stage_order""",
    )


def test_b1_without_a_known_job_the_ladder_is_what_the_application_visited_itself(world) -> None:
    assert stages_of(world, "listed") == [
        "applied | recruiter_screen | advanced | False",
        "recruiter_screen | onsite | advanced | True",
        "onsite | hired | advanced | False",
        "hired |  | hired | False",
    ]
    assert stages_of(world, "nojob") == ["applied |  | advanced | False", "onsite |  | advanced | False", "hired |  | hired | False"]
    assert stages_of(world, "ghostjob") == [
        "applied |  | advanced | False",
        "recruiter_screen |  | advanced | False",
        "onsite |  | waiting | False",
    ]
    assert stages_of(world, "nobody") == ["applied | recruiter_screen | rejected | False"]


def test_b1_every_application_is_in_the_companys_funnel_and_every_hire_in_both_tables(world) -> None:
    """Twelve applied; the job's Not recorded and Unknown hold the three that no list of jobs can place."""
    funnel = "from marts.funnel_passthrough where cohort_code = 'trailing_12m'"
    assert text(world, f"select stage_code, reached_count, next_stage_code {funnel} and slice_type = 'company' order by stage_order") == [
        "applied | 12 | ",
        "recruiter_screen | 5 | ",
        "onsite | 3 | hired",
        "hired | 2 | ",
    ]
    assert text(world, f"select slice_name, reached_count {funnel} and slice_type = 'job' and stage_code = 'applied' order by 1") == [
        "Engineer | 4",
        "No name (id j3) | 2",
        "Not recorded | 1",
        "Unknown (2 ids not found) | 2",
        "Writer | 3",
    ]
    assert text(world, "select sum(hires_count) from marts.source_of_hire where slice_type = 'company'") == ["2"]
    assert text(world, "select sum(people_count) from marts.full_funnel where slice_type = 'company' and stage_code = 'hired'") == ["2"]


def test_b1_next_stages_are_those_of_the_jobs_that_have_one(world) -> None:
    """Engineer's plan says recruiter_screen after applied; Writer visited it; the third job has applied and hired alone."""
    rows = text(
        world,
        """select slice_name, next_stage_code from marts.funnel_passthrough
        where cohort_code = 'trailing_12m' and slice_type = 'job' and stage_code = 'applied' order by 1""",
    )
    assert rows == [
        "Engineer | recruiter_screen",
        "No name (id j3) | hired",
        "Not recorded | ",
        "Unknown (2 ids not found) | ",
        "Writer | recruiter_screen",
    ]


@pytest.mark.parametrize("mart", TRAP_MARTS)
def test_b1_every_cell_of_the_marts_follows_the_definitions(world, mart: str) -> None:
    tables = read_tables([WORLDS / "joins"])
    for row in (row for rows in tables.values() for row in rows):
        for column in ("recruiter_id", "actor_id"):
            row[column] = {"5.0": "5", "99": "99.0"}.get(row.get(column), row.get(column))
    company = Company(tables, AS_OF.replace(tzinfo=None))
    assert differences(as_named(mart, MARTS[mart](company)), of_table(world, mart)) == []


def test_b2_what_names_an_absent_application_is_counted_and_kept_where_its_grain_allows(world) -> None:
    conserved = """select table_name, row_count, core_count, parentless_count, set_aside_count
    from marts.row_conservation where core_count is not null and table_name in ('offers', 'stage_visits', 'interviews', 'reviews', 'openings')
    order by 1"""
    assert text(world, conserved) == [
        "interviews | 3 | 3 | 0 | 0",
        "offers | 3 | 2 | 1 | 0",
        "openings | 4 | 4 | 0 | 0",
        "reviews | 2 | 2 | 0 | 0",
        "stage_visits | 11 | 9 | 2 | 0",
    ]
    assert text(world, "select count(*) from core.fct_interviews where application_key is null") == ["1"]
    assert text(world, "select count(*) from core.fct_reviews where application_key is null") == ["1"]
    assert text(world, "select count(*), count(job_key) from core.fct_openings") == ["4 | 3"]
    assert text(world, "select table_name from marts.row_conservation where unexplained_count <> 0") == []


def test_b2_unknown_ids_are_counted_per_source_table_and_column_with_the_likeliest_cause(world) -> None:
    rows = text(
        world,
        """select table_name, column_name, filled_count, orphan_count, dangling_count, unknown_ids_count, cause_code
        from marts.reference_coverage where unknown_ids_count > 0 order by 1, 2""",
    )
    assert rows == [
        "applications | candidate_id | 12 | 0 | 12 | 12 | missing_table",
        "applications | close_reason_id | 1 | 1 | 0 | 1 | not_listed",
        "applications | job_id | 11 | 2 | 0 | 2 | case",
        "applications | recruiter_id | 11 | 5 | 0 | 5 | not_listed",
        "applications | source_id | 12 | 1 | 0 | 1 | not_listed",
        "departments | parent_id | 2 | 1 | 0 | 1 | not_listed",
        "email_events | message_id | 1 | 0 | 1 | 1 | missing_table",
        "feedback | application_id | 3 | 1 | 0 | 1 | not_listed",
        "feedback | interview_id | 3 | 1 | 0 | 1 | not_listed",
        "interviews | application_id | 3 | 1 | 0 | 1 | not_listed",
        "interviews | interviewer_id | 3 | 1 | 0 | 1 | not_listed",
        "jobs | department_id | 3 | 2 | 0 | 2 | not_listed",
        "jobs | hiring_manager_id | 2 | 1 | 0 | 1 | padding",
        "jobs | office_id | 3 | 1 | 0 | 1 | case",
        "message_links | message_id | 1 | 0 | 1 | 1 | missing_table",
        "offers | application_id | 3 | 1 | 0 | 1 | not_listed",
        "openings | filled_application_id | 2 | 1 | 0 | 1 | not_listed",
        "openings | job_id | 3 | 1 | 0 | 1 | not_listed",
        "reviews | application_id | 2 | 1 | 0 | 1 | not_listed",
        "reviews | candidate_id | 1 | 0 | 1 | 1 | missing_table",
        "reviews | job_id | 2 | 1 | 0 | 1 | not_listed",
        "reviews | reviewer_id | 2 | 1 | 0 | 1 | not_listed",
        "stage_visits | application_id | 11 | 2 | 0 | 2 | deleted",
        "stage_visits | stage_id | 11 | 1 | 0 | 1 | not_listed",
        "stages | job_id | 4 | 1 | 0 | 1 | not_listed",
    ]


def test_b2_data_coverage_says_what_joins_nothing_and_a_missing_table_says_it_itself(world) -> None:
    rows = text(
        world,
        """select table_name, orphan_count, dangling_count, status_code, split_part(note, '.', 1) from marts.data_coverage
        where table_name in ('applications', 'offers', 'message_links', 'users', 'candidates') order by 1""",
    )
    assert rows == [
        "applications | 9 | 12 | partial | Some ids in recruiter_id name no row (reference_coverage)",
        "candidates | 0 | 0 | missing | No candidates: people are told apart by their application only",
        "message_links | 0 | 1 | ok | ",
        "offers | 1 | 0 | partial | Some ids in application_id name no row (reference_coverage)",
        "users | 0 | 0 | ok | ",
    ]


def test_b3_an_id_that_became_a_float_is_joined_where_one_integer_alone_fits_and_counted_where_not(world) -> None:
    """5.0 is user 5, 99 is user 99.0; 12.0 is listed as written, and 12.00 may be 12 or 12.0."""
    recruiters = "select application_id, user_id from core.fct_applications left join core.dim_users on user_key = recruiter_key"
    assert text(world, f"{recruiters} where application_id in ('float', 'reverse', 'exact', 'twofold') order by 1") == [
        "exact | 12.0",
        "float | 5",
        "reverse | 99.0",
        "twofold | ",
    ]
    assert text(world, "select cause_code from canonical.unknown_ids where unknown_id = '12.00'") == ["float_form"]
    integers = "select table_name, column_name, integer_ids_count from marts.reference_coverage where integer_ids_count > 0 order by 1"
    assert text(world, integers) == ["applications | recruiter_id | 2", "jobs | recruiter_id | 1", "stage_visits | actor_id | 1"]


def test_b3_no_slice_is_named_by_a_hash_and_unknown_members_are_one(world) -> None:
    assert phantoms(world) == []
    unknown = "select slice_type, slice_name from marts_work.int_marts__slices where slice_key = 'unknown' order by 1"
    assert text(world, unknown) == [
        "department | Unknown (2 ids not found)",
        "department_tree | Unknown (2 ids not found)",
        "hiring_manager | Unknown (1 id not found)",
        "job | Unknown (2 ids not found)",
        "office | Unknown (1 id not found)",
        "recruiter | Unknown (5 ids not found)",
        "source | Unknown (1 id not found)",
    ]


def test_b2_the_quality_page_shows_what_joins_nothing_and_no_id(home: Path, world) -> None:
    place, page = Home(home), home / "quality"
    ops = engine(place)
    write_page(page, ops, (), (), unjoined(world))
    ops.dispose()
    text = (page / "index.html").read_text(encoding="utf-8")
    section = text.partition("Ids that name nothing")[2]
    assert "Leading zeros: the id with others is listed" in section
    assert 'data-name="Column">hiring_manager_id' in section
    assert "u77" not in text
    assert "123456.5" not in text


def test_b5_a_stated_source_that_nobody_has_is_named_with_the_near_one_and_misses_no_tables(world) -> None:
    """acmee is near the source acme, greenhuose near a kind; oldsystem may be a system that is loaded in no other way, or a mistake."""
    rows = text(
        world, "select source_system, table_name, status_code, note from marts.data_coverage where source_system <> 'acme' order by 1"
    )
    assert rows == [
        "acmee | sequences | partial | No source is called acmee, as a file says in source_system; did you mean acme? Correct the file",
        "greenhuose | sequences | partial | No source is called greenhuose, as a file says in source_system; did you mean greenhouse? Correct the file",
        "oldsystem | sequences | partial | No source is called oldsystem, as a file says in source_system: these rows count as a source of that name",
    ]


def phantoms(world: duckdb.DuckDBPyConnection) -> list[Any]:
    """Names of slices and members, in whatever mart, that are a key."""
    keyed = world.execute(
        "select table_name, column_name from information_schema.columns where table_schema in ('marts', 'marts_work') "
        "and column_name in ('slice_name', 'department_name', 'sourcer_name', 'source_name', 'interviewer_name') order by 1"
    ).fetchall()
    schema = dict(
        world.execute("select table_name, table_schema from information_schema.tables where table_schema like 'marts%'").fetchall()
    )
    keys = "select user_key from core.dim_users union select recruiter_key from core.fct_applications union select job_key from core.fct_applications"
    keys += " union select department_key from core.dim_jobs union select office_key from core.dim_jobs union select source_key from core.fct_applications"
    return [
        (table, name)
        for table, column in keyed
        for (name,) in world.execute(f"select distinct {column} from {schema[table]}.{table} where {column} in ({keys})").fetchall()
    ]


def test_b5_a_table_whose_rows_all_belong_to_other_sources_is_neither_empty_nor_never_loaded(world) -> None:
    rows = text(
        world,
        """select row_count, status_code, loaded_at is not null, split_part(note, ':', 1) from marts.data_coverage
        where source_system = 'acme' and table_name = 'sequences'""",
    )
    assert rows == ["0 | ok | True | None of its rows is its own"]
