"""The reader of dbt_project.yml's `vars`."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from base.dbt_vars import DBT_PROJECT_FILE, dbt_vars


def test_the_vars_are_those_that_dbt_reads() -> None:
    assert dict(dbt_vars()) == yaml.safe_load(DBT_PROJECT_FILE.read_text(encoding="utf-8"))["vars"]


def test_vars_cannot_be_changed_by_a_reader(tmp_path: Path) -> None:
    file = tmp_path / "dbt_project.yml"
    file.write_text("name: a\nvars: {time_zone: UTC}\n", encoding="utf-8")
    with pytest.raises(TypeError):
        dbt_vars(file)["time_zone"] = "Europe/Berlin"  # type: ignore[index]
