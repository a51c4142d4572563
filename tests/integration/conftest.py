"""What integration tests share: one small company whose rows arrived at once in one home and in two loads in another (tests/support/arrivals.py)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.support.arrivals import AS_OF, ArrivalHome, dealt, versions_of
from tests.support.contact_world import LINKS, SPLITS, contact_tables
from tests.support.random_worlds import Tables, random_tables, without
from tests.support.zygote import Finished, Zygote

#: When the rows come: after all that they say has happened, some of it later than AS_OF (what lies after its load is quarantined).
_LOADED = AS_OF + timedelta(days=400)

#: Rows that nobody can read: without a key, and with a time that is none.
_UNREADABLE = [
    ("applications", {"application_id": "", "candidate_id": "c", "job_id": "j1", "applied_at": "2026-01-01", "status_code": "active"}),
    ("applications", {"application_id": "bad", "candidate_id": "c", "job_id": "j1", "applied_at": "the first of May"}),
    ("candidate_contacts", {"candidate_id": "c1", "contact_code": "linkedin", "contact_value": " "}),
]


@dataclass(frozen=True)
class Arrivals:
    """`at_once`: all rows in one load. `in_parts`: two loads, in another order, some rows twice; built incrementally. With the content of each."""

    at_once: ArrivalHome
    in_parts: ArrivalHome
    published_at_once: Mapping[str, Any]
    published_in_parts: Mapping[str, Any]


def _random() -> Tables:
    """A company of applications, visits and offers; the lists around them are left out, each table costs its judges a tenth of a second."""
    return without(random_tables(7), "users", "departments", "sources", "close_reasons", "hire_outcomes", "job_team")


@dataclass(frozen=True)
class FinishedDemo:
    """The smallest demo, made where only loopback can be reached; `done` is what the command printed and ended with."""

    root: Path
    done: Finished


@pytest.fixture(scope="session")
def finished_demo(zygote: Zygote, tmp_path_factory: pytest.TempPathFactory) -> FinishedDemo:
    root = tmp_path_factory.mktemp("demo") / "home"
    done = zygote.run("--home", str(root), "demo", "--requisitions", "4", "--years", "0.6", "--json", env={}, prefix="no_network")
    return FinishedDemo(root, done)


@pytest.fixture(scope="session")
def arrivals(tmp_path_factory: pytest.TempPathFactory) -> Arrivals:
    folder = tmp_path_factory.mktemp("arrivals")
    mappings = {"identity_links.csv": LINKS, "identity_splits.csv": SPLITS}
    tables: dict[str, list[Mapping[str, Any]]] = {table: list(rows) for table, rows in _random().items()}
    for table, rows in contact_tables().items():
        tables.setdefault(table, []).extend(rows)
    rows = [*versions_of(tables, seed=1), *_UNREADABLE]
    at_once = ArrivalHome(folder / "at_once", mappings)
    at_once.load(rows, _LOADED)
    in_parts = ArrivalHome(folder / "in_parts", mappings)
    for days_before, hand in zip((1, 0), dealt(rows, 2, seed=2), strict=True):
        in_parts.load(hand, _LOADED - timedelta(days=days_before))
    return Arrivals(at_once, in_parts, at_once.published(), in_parts.published())
