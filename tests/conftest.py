"""Fixtures for every test: a home and a configuration of its own, dbt's manifest parsed once, small worlds and their services.

Worlds and doubles are in tests/support; what is expensive is per session and shared through files, because pytest-xdist runs two processes.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

# No dependency may phone home from a test either.
for _name, _value in {
    "DAGSTER_DISABLE_TELEMETRY": "1",
    "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    "DO_NOT_TRACK": "1",
    "GX_ANALYTICS_ENABLED": "false",
}.items():
    os.environ[_name] = _value


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test sees the developer's own home, configuration, clock or faults."""
    for name in ("FUNNELCAST_HOME", "FUNNELCAST_CONFIG", "FUNNELCAST_NOW", "FUNNELCAST_FAULT", "FUNNELCAST_OPS_URL", "DAGSTER_HOME"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="session")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """dbt's manifest as plain data: parsed in this process, without a home."""
    from tests.support.dbt_project import parsed_manifest

    return parsed_manifest(tmp_path_factory.mktemp("manifest"))


@pytest.fixture
def write_file(tmp_path: Path) -> Any:
    """write_file('a/b.yml', text) below the test's folder; returns the path."""

    def write(name: str, text: str | dict[str, Any]) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text if isinstance(text, str) else json.dumps(text), encoding="utf-8")
        return path

    return write
