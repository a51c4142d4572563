"""What is built once per process: the marts' SQL (xdist group "marts"), the simulated company (xdist group "company")."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from base.home import Home
from exports.marts import Marts
from exports.publish import RunFacts, publish
from tests.support.company import Company, build_company
from tests.support.marts import CompiledProject, compile_project
from tests.support.traps import TRAP_MARTS
from tests.support.worlds import WORLDS, build_world


@pytest.fixture(scope="session")
def marts_project(tmp_path_factory: pytest.TempPathFactory) -> CompiledProject:
    return compile_project(tmp_path_factory.mktemp("marts_project"), ["path:models/marts"])


@pytest.fixture(scope="session")
def company(tmp_path_factory: pytest.TempPathFactory) -> Company:
    return build_company(tmp_path_factory.mktemp("company"))


@pytest.fixture(scope="session")
def published_company(company: Company) -> Home:
    """The company's home, with its state published for readers."""
    home, now = Home(company.home), datetime.fromtimestamp(company.now, UTC)
    facts = RunFacts("ask", now, None, now, config_digest="", mappings_digest="", lock_digest="")
    publish(home, manifest_path=home.dbt_target / "manifest.json", facts=facts)
    return home


@pytest.fixture(scope="module")
def marts(published_company: Home) -> Iterator[Marts]:
    with Marts.current(published_company) as published:
        yield published


CORE_RULES_AS_OF = datetime(2026, 4, 1, tzinfo=UTC)
#: Marts of the world of core's rules: what the definitions recompute of it.
CORE_RULES_MARTS = (
    *TRAP_MARTS,
    *("full_funnel", "outreach_cohorts", "outreach_link_stats", "outreach_sender_stats", "outreach_sequence_stats", "outreach_step_stats"),
)


@pytest.fixture(scope="session")
def core_rules_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of the world of core's rules, built once."""
    home = tmp_path_factory.mktemp("core_rules") / "home"
    select = ["+core", "+row_conservation", *[f"+{mart}" for mart in CORE_RULES_MARTS]]
    build_world(WORLDS / "core_rules", home, as_of=CORE_RULES_AS_OF, select=select).close()
    return home
