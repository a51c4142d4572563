"""The number of models built at once changes how long a run takes and nothing else."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from base.environment import home_variables
from base.home import Home
from exports.publish import read_contracts
from exports.publish.warehouse import open_snapshot
from orchestration.build import dbt
from orchestration.build.arguments import STAGING
from tests.golden.conftest import CORE_RULES_AS_OF, CORE_RULES_MARTS

pytestmark = pytest.mark.xdist_group("core_rules")


def test_one_and_four_threads_build_the_same(core_rules_home: Path, tmp_path: Path) -> None:
    home = Home(shutil.copytree(core_rules_home, tmp_path / "home"))
    alone = content_with(home, 1)
    assert alone
    assert content_with(home, 4) == alone


def content_with(home: Home, threads: int) -> dict[str, str]:
    """Content hash of each published table of the world of core's rules, built with so many threads."""
    with home_variables(home, home.root / "config"):
        results = dbt.build(
            home,
            select=["+core", *(f"+{mart}" for mart in CORE_RULES_MARTS)],
            exclude=[STAGING, "resource_type:test"],
            variables={"as_of": CORE_RULES_AS_OF.strftime("%Y-%m-%d %H:%M:%S")},
            threads=threads,
        )
        assert {result.name: result.message for result in results if not result.is_ok} == {}
        built = {result.name for result in results}
        contracts = tuple(contract for contract in read_contracts(dbt.manifest_path(home)) if contract.name in built)
    with open_snapshot(home.warehouse, contracts) as snapshot:
        return {relation: digest.content_hash for relation, digest in snapshot.digests.items()}
