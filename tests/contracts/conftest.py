"""What contract tests build once per process (xdist group "spark_sql")."""

from __future__ import annotations

import pytest

from tests.support.marts import CompiledProject
from tests.support.spark_sql import compile_for_spark


@pytest.fixture(scope="session")
def for_spark(tmp_path_factory: pytest.TempPathFactory) -> CompiledProject:
    return compile_for_spark(tmp_path_factory.mktemp("spark"))
