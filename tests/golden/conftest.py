"""What is built once per process: the marts' SQL (xdist group "marts"), the simulated company (xdist group "company")."""

from __future__ import annotations

import pytest

from tests.support.company import Company, build_company
from tests.support.marts import CompiledProject, compile_project


@pytest.fixture(scope="session")
def marts_project(tmp_path_factory: pytest.TempPathFactory) -> CompiledProject:
    return compile_project(tmp_path_factory.mktemp("marts_project"), ["path:models/marts"])


@pytest.fixture(scope="session")
def company(tmp_path_factory: pytest.TempPathFactory) -> Company:
    return build_company(tmp_path_factory.mktemp("company"))
