"""Core and marts against the definitions, cell by cell, on random companies that arrive as files of a stranger.

The oracle (tests/support/definitions_oracle.py, definitions_marts.py) is written from the definitions alone; the companies are full of
moves back, skipped stages, reopened applications, offers in many versions, dates at and around as_of, and rows that cannot be read.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import duckdb
import pytest

from base.home import DBT_PROJECT_DIR
from tests.support.definitions_compare import KEYS, MARTS, as_named, differences, of_table
from tests.support.definitions_laws import ADDITIVE, LAWS, not_adding_up
from tests.support.definitions_oracle import Cells, Company, surrogate_key
from tests.support.marts import rows_of
from tests.support.random_activity import with_activity, with_past_requisitions
from tests.support.random_outreach import with_outreach
from tests.support.random_worlds import AS_OF, Tables, several, without, write_files
from tests.support.worlds import build_world

pytestmark = [pytest.mark.xdist_group("random_worlds"), pytest.mark.slow]

#: What a company without these still has to get right.
_OPTIONAL = (
    *("job_team", "departments", "sources", "hire_outcomes", "deletions"),
    *("stage_visits.exited_at", "applications.hired_at", "applications.is_prospect", "offers.created_at", "close_reasons.direction_code"),
)
#: The same of what is made from the tables above.
_OPTIONAL_LATER = ("reviews", "message_links", "sla_agreements")


#: Marts that no function above recomputes, and why; figures of the others that stay without a second opinion here.
_OTHERS = {
    "data_coverage": "what was loaded, in tests/integration and tests/golden/test_core_rules.py",
    "unmapped_names": "the same",
    "reference_coverage": "ids that name nothing, in tests/faults/test_joins_unknown_ids.py",
    "row_conservation": "the same; that nothing is unexplained is a test of every build",
}
_NOT_RECOMPUTED = {
    "forecast_required_pipeline": {"candidates_needed_p80"},
    "benchmark_comparison": {"benchmark_value", "difference_value", "published_year", "is_own_file"},
    "pipeline_board": {"source_stage_order"},
    "rediscovery_pool": {"furthest_stage_order"},
}  # fmt: skip


@dataclass
class World:
    connection: duckdb.DuckDBPyConnection
    company: Company
    #: The oracle's cells of a mart, once they were asked for.
    cells: dict[str, Cells] = field(default_factory=dict)

    def recomputed(self, mart: str) -> Cells:
        if mart not in self.cells:
            self.cells[mart] = MARTS[mart](self.company)
        return self.cells[mart]


@pytest.fixture(scope="module", params=["everything", "an earlier day, optional parts missing"])
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("random_world")
    tables, as_of, seed = _company(is_whole=request.param == "everything")
    write_files(tables, folder / "files", seed)
    connection = build_world(
        folder / "files",
        folder / "home",
        as_of=as_of.replace(tzinfo=UTC),
        select=[f"+{mart}" for mart in MARTS],
        exclude=["resource_type:test"],
        is_gated=True,
        loaded_at=AS_OF.replace(tzinfo=UTC) + timedelta(days=400),
    )
    yield World(connection, Company(tables, as_of))
    connection.close()


def _company(*, is_whole: bool) -> tuple[Tables, datetime, int]:
    seed = 1 if is_whole else 2
    base = several([0, 1, 2]) if is_whole else without(several([3, 4, 5]), *_OPTIONAL)
    tables = with_activity(with_outreach(with_past_requisitions(base, seed), seed), seed)
    return (tables, AS_OF, seed) if is_whole else (without(tables, *_OPTIONAL_LATER), AS_OF - timedelta(days=100), seed)


@pytest.mark.parametrize("mart", list(MARTS))
def test_every_cell_of_the_mart_follows_the_definitions(world: World, mart: str) -> None:
    found = of_table(world.connection, mart)
    assert len(found) > (1 if mart == "role_difficulty" else 2)
    assert differences(as_named(mart, world.recomputed(mart)), found) == []


def test_every_figure_of_every_mart_is_recomputed_or_said_not_to_be(world: World) -> None:
    """A new column of a mart needs a definition here, so that it is not checked by the query that makes it alone."""
    models = {path.stem for path in (DBT_PROJECT_DIR / "models" / "marts").rglob("*.sql") if path.parent.name != "intermediate"}
    assert models == {*MARTS, *_OTHERS}
    missing = {}
    for mart in MARTS:
        query = f"select column_name as name, data_type as type from duckdb_columns() where schema_name = 'marts' and table_name = '{mart}'"
        figures = {row["name"] for row in rows_of(world.connection, query) if row["type"] in ("BIGINT", "INTEGER", "DOUBLE", "BOOLEAN")}
        recomputed = {column for cells in world.recomputed(mart).values() for column in cells}
        missing[mart] = figures - recomputed - {*KEYS[mart], "stage_order"}
    assert {mart: columns for mart, columns in missing.items() if columns} == _NOT_RECOMPUTED


@pytest.mark.parametrize("law", list(LAWS))
def test_a_law_of_counting_holds(world: World, law: str) -> None:
    assert rows_of(world.connection, LAWS[law])[:5] == []


@pytest.mark.parametrize("mart", list(ADDITIVE))
def test_members_of_a_slice_type_add_up_to_the_company(world: World, mart: str) -> None:
    assert rows_of(world.connection, not_adding_up(mart))[:5] == []


def test_every_application_follows_the_definitions(world: World) -> None:
    def optional(member: str) -> str | None:
        return None if member == "none" else surrogate_key("user", member)

    expected = {
        (application_id,): {
            "status_code": a.status,
            "furthest_stage_code": a.furthest,
            "current_stage_code": a.current,
            "has_stage_disagreement": a.is_disagreeing,
            "hired_at": a.hired,
            "accepted_at": a.accepted,
            "starts_on": a.starts,
            "is_hire_pending": a.is_pending,
            "is_unplaced": a.unplaced_since is not None,
            "unplaced_since_at": a.unplaced_since,
            "closed_at": a.ended,
            "close_direction_code": a.direction,
            "recruiter_key": optional(a.slices["recruiter"]),
            "hiring_manager_key": optional(a.slices["hiring_manager"]),
        }
        for application_id, a in world.company.applications.items()
    }
    found = {(row["application_id"],): row for row in rows_of(world.connection, "select * from core.fct_applications")}
    assert differences(expected, found) == []


def test_every_stage_reached_follows_the_definitions(world: World) -> None:
    expected = {
        (application_id, s.stage): {
            "next_stage_code": s.following,
            "entered_at": s.entered,
            "is_implied": s.is_implied,
            "is_advanced": s.is_advanced,
            "advanced_at": s.advanced,
            "outcome_code": s.outcome,
            "age_days": s.age,
            "days_in_stage": s.length,
            "visit_count": s.visits,
            "is_current": s.is_current,
        }
        for application_id, a in world.company.applications.items()
        for s in a.stages
    }
    query = "select a.application_id, s.* from core.fct_application_stages as s join core.fct_applications as a using (application_key)"
    found = {(row["application_id"], row["stage_code"]): row for row in rows_of(world.connection, query)}
    assert len(expected) > 300
    assert differences(expected, found) == []


def test_every_offer_follows_the_definitions(world: World) -> None:
    expected = {(application_id,): offer for application_id, offer in world.company.offer_facts().items()}
    query = "select a.application_id, o.* from core.fct_offers as o join core.fct_applications as a using (application_key)"
    found = {(row["application_id"],): row for row in rows_of(world.connection, query)}
    assert {offer["status_code"] for offer in expected.values()} >= {"accepted", "declined", "expired", "rescinded"}
    assert any(offer["is_resolution_inferred"] for offer in expected.values())
    assert differences(expected, found) == []


def test_rows_that_cannot_be_read_are_set_aside_with_a_reason(world: World) -> None:
    found = world.connection.execute("select distinct stream, rule from quality.quarantine where stream = 'applications'").fetchall()
    assert {rule for _, rule in found} >= {"key", "parse", "filled:applied_at"}
