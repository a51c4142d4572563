"""Core and marts against the definitions, cell by cell, on random companies that arrive as files of a stranger.

The oracle (tests/support/definitions_oracle.py, definitions_marts.py) is written from the definitions alone; the companies are full of
moves back, skipped stages, reopened applications, offers in many versions, dates at and around as_of, and rows that cannot be read.
"""

from __future__ import annotations

import math
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import md5
from typing import Any

import duckdb
import pytest

from tests.support import definitions_activity as activity
from tests.support import definitions_outreach as outreach
from tests.support.definitions_marts import KEYS, MARTS, Cells
from tests.support.definitions_oracle import Company
from tests.support.marts import rows_of
from tests.support.random_activity import with_activity
from tests.support.random_outreach import with_outreach
from tests.support.random_worlds import AS_OF, Tables, several, without, write_files
from tests.support.worlds import SOURCE, build_world

pytestmark = [pytest.mark.xdist_group("random_worlds"), pytest.mark.slow]

#: Slice type -> the word in its key.
_ENTITIES = {
    **dict.fromkeys(("department", "department_tree"), "department"),
    **dict.fromkeys(("recruiter", "hiring_manager"), "user"),
    **{name: name for name in ("office", "job", "source")},
}
#: What a company without these still has to get right.
_OPTIONAL = (
    *("job_team", "departments", "sources", "hire_outcomes", "deletions"),
    *("stage_visits.exited_at", "applications.hired_at", "applications.is_prospect", "offers.created_at", "close_reasons.direction_code"),
)


@dataclass
class World:
    connection: duckdb.DuckDBPyConnection
    company: Company
    tables: Tables


@pytest.fixture(scope="module", params=["everything", "an earlier day, optional parts missing"])
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("random_world")
    if request.param == "everything":
        tables, as_of, seed = with_activity(with_outreach(several([0, 1, 2]), 1), 1), AS_OF, 1
    else:
        tables = without(with_activity(with_outreach(without(several([3, 4, 5]), *_OPTIONAL), 2), 2), "reviews")
        as_of, seed = AS_OF - timedelta(days=100), 2
    write_files(tables, folder / "files", seed)
    connection = build_world(
        folder / "files",
        folder / "home",
        as_of=as_of.replace(tzinfo=UTC),
        select=[f"+{mart}" for mart in (*MARTS, *outreach.MARTS, *activity.MARTS)],
        exclude=["resource_type:test"],
        is_gated=True,
    )
    yield World(connection, Company(tables, as_of), tables)
    connection.close()


def key(entity: str, member: str) -> str:
    """The documented surrogate key of a member of the source; 'none' has none."""
    if member == "none":
        return member
    digest = md5(f"v1|{entity}|{len(SOURCE)}:{SOURCE}|{len(member)}:{member}".encode()).digest()
    return urlsafe_b64encode(digest[:9]).decode()


def plain(value: Any) -> Any:
    """Periods as the definitions name them."""
    return value.strftime("%Y-%m") if isinstance(value, date) and not isinstance(value, datetime) else value


def is_same(expected: Any, found: Any) -> bool:
    if isinstance(expected, float) and found is not None:
        return math.isclose(expected, found, rel_tol=1e-9, abs_tol=1e-9)
    return bool(expected == found)


def differences(expected: Cells, found: Cells) -> list[str]:
    missing = [f"{row}: not in the table" for row in sorted(set(expected) - set(found), key=str)]
    extra = [f"{row}: not by the definitions" for row in sorted(set(found) - set(expected), key=str)]
    cells = [
        f"{row} {column}: {value} by the definitions, {found[row][column]} in the table"
        for row in expected
        if row in found
        for column, value in expected[row].items()
        if not is_same(value, found[row][column])
    ]
    return [*missing, *extra, *cells]


@pytest.mark.parametrize("mart", list(MARTS))
def test_every_cell_of_the_mart_follows_the_definitions(world: World, mart: str) -> None:
    names = KEYS[mart]
    expected = {}
    for cells_key, values in MARTS[mart](world.company).items():
        named = dict(zip(names, cells_key, strict=True))
        slice_type = named["slice_type"]
        named["member"] = key(_ENTITIES[slice_type], named["member"]) if slice_type in _ENTITIES else named["member"]
        if "source" in named:
            named["source"] = key("source", named["source"])
        expected[tuple(plain(value) for value in named.values())] = values
    columns = {"member": "slice_key", "source": "source_key"}
    found = {}
    for row in rows_of(world.connection, f"select * from marts.{mart}"):
        if row.get("hires_wanted", 1) in (1, 7) and row.get("applications_count", 1) > 0:
            found[tuple(plain(row[columns.get(name, name)]) for name in names)] = row
    assert len(expected) > 10
    assert differences(expected, found) == []


@pytest.mark.parametrize("mart", [*outreach.MARTS, *activity.MARTS])
def test_every_cell_of_outreach_rediscovery_movement_and_people_follows_the_definitions(world: World, mart: str) -> None:
    source = outreach if mart in outreach.MARTS else activity
    names = source.KEYS[mart]
    expected = {}
    for cells_key, values in source.MARTS[mart](world.company).items():
        named = dict(zip(names, cells_key, strict=True))
        for name, entity in {**source.ENTITIES, "member": _ENTITIES.get(named.get("slice_type", ""))}.items():
            if entity and named.get(name, "all") != "all":
                named[name] = key(entity, named[name])
        expected[tuple(named.values())] = values
    rows = rows_of(world.connection, f"select * from marts.{mart}")
    found = {tuple(row["slice_key" if name == "member" else name] for name in names): row for row in rows}
    assert len(found) == len(rows) > 2
    assert differences(expected, found) == []


def test_every_application_follows_the_definitions(world: World) -> None:
    def optional(member: str) -> str | None:
        return None if member == "none" else key("user", member)

    expected = {
        (application_id,): {
            "status_code": a.status,
            "furthest_stage_code": a.furthest,
            "current_stage_code": a.current,
            "has_stage_disagreement": a.is_disagreeing,
            "hired_at": a.hired,
            "accepted_at": a.accepted,
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
    assert {offer["status_code"] for offer in expected.values()} >= {"accepted", "declined", "expired", "open"}
    assert differences(expected, found) == []


def test_rows_that_cannot_be_read_are_set_aside_with_a_reason(world: World) -> None:
    found = world.connection.execute("select distinct stream, rule from quality.quarantine where stream = 'applications'").fetchall()
    assert {rule for _, rule in found} >= {"key", "parse", "filled:applied_at"}
