"""The marts' SQL, compiled once per process; tests that use it belong to one xdist group ("marts")."""

from __future__ import annotations

import pytest

from tests.support.marts import CompiledProject, compile_project


@pytest.fixture(scope="session")
def marts_project(tmp_path_factory: pytest.TempPathFactory) -> CompiledProject:
    return compile_project(tmp_path_factory.mktemp("marts_project"), ["path:models/marts"])
