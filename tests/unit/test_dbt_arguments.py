"""dbt's command lines, and that nothing in them or in the environment makes dbt parse the project again."""

from __future__ import annotations

import json
import os
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from base import threads
from base.config import Company
from base.errors import ConfigError
from base.home import DBT_PROJECT_DIR
from orchestration.build import dbt
from orchestration.build.arguments import build_arguments, parse_arguments, run_variables

PROJECT, TARGET = Path("project"), Path("target")


def of_build(**given: Any) -> list[str]:
    return build_arguments(PROJECT, TARGET, **{"select": [], "exclude": [], "variables": {}, "threads": 2, **given})


def after(arguments: list[str], flag: str) -> list[str]:
    """The values of a flag."""
    rest = arguments[arguments.index(flag) + 1 :]
    return rest[: next((place for place, word in enumerate(rest) if word.startswith("--")), len(rest))]


def test_a_build_writes_below_its_target_path_and_quietly() -> None:
    for arguments in (of_build(), parse_arguments(PROJECT, TARGET)):
        assert after(arguments, "--project-dir") == after(arguments, "--profiles-dir") == ["project"]
        assert after(arguments, "--target-path") == after(arguments, "--log-path") == ["target"]
        assert after(arguments, "--log-level-file") == ["none"]


def test_a_build_leaves_out_unit_tests_what_is_idle_and_the_restricted_files() -> None:
    assert after(of_build(), "--exclude") == ["resource_type:unit_test", "resource_type:exposure", "tag:idle", "tag:restricted"]
    assert after(of_build(exclude=["a", "b"]), "--exclude") == [
        "resource_type:unit_test",
        "resource_type:exposure",
        "tag:idle",
        "a",
        "b",
        "tag:restricted",
    ]
    assert "--select" not in of_build()
    assert after(of_build(select=["a", "b"]), "--select") == ["a", "b"]


def test_another_target_builds_the_restricted_files() -> None:
    arguments = of_build(target="restricted", select=["tag:restricted"])
    assert after(arguments, "--target") == ["restricted"]
    assert "tag:restricted" not in after(arguments, "--exclude")


def test_a_var_that_is_none_is_left_to_the_project() -> None:
    [given] = after(of_build(variables={"as_of": "2026-01-01", "known_at": None, "idle": []}), "--vars")
    assert json.loads(given) == {"as_of": "2026-01-01", "idle": []}


def test_the_vars_of_a_run_are_its_clocks_and_what_company_yml_says() -> None:
    company = Company.model_validate(
        {
            "time_zone": "Europe/Berlin",
            "working_hours": {"start": "08:30", "end": "17:00", "days": ["mon", "sun"], "holidays": ["2026-12-25"]},
            "rediscovery": {"retention_days": 400},
        }
    )
    found = run_variables(company, as_of=datetime(2026, 6, 30, tzinfo=UTC), known_at=None)
    assert (found["as_of"], found["known_at"], found["time_zone"]) == ("2026-06-30T00:00:00Z", None, "Europe/Berlin")
    assert (found["working_weekdays"], found["holidays"]) == ([1, 7], ["2026-12-25"])
    assert (found["work_start_hour"], found["work_end_hour"], found["retention_days"]) == (8.5, 17.0, 400)


def test_a_run_sets_no_var_that_the_project_does_not_have() -> None:
    project = yaml.safe_load((DBT_PROJECT_DIR / "dbt_project.yml").read_text(encoding="utf-8"))
    assert set(run_variables(Company(), as_of=datetime(2026, 6, 30, tzinfo=UTC), known_at=None)) <= set(project["vars"])


def test_other_code_than_parsed_the_log_parses_all_of_it() -> None:
    assert "--full-refresh" in of_build(full_refresh=True)
    assert "--full-refresh" not in of_build()


def test_the_number_of_threads_is_on_the_command_line_and_in_no_variable_of_the_profile() -> None:
    assert after(of_build(threads=3), "--threads") == ["3"]
    text = (DBT_PROJECT_DIR / "profiles.yml").read_text(encoding="utf-8")
    read = set(re.findall(r"env_var\('(\w+)'", text))
    assert threads.VARIABLE not in read
    assert read <= set(dbt.VARIABLES), "the project is parsed without them"
    outputs = yaml.safe_load(text)["funnelcast"]["outputs"]
    assert {output["config_options"]["threads"] for output in outputs.values()} == {1}, "of DuckDB, for each model"


def test_as_many_models_at_once_as_cores_up_to_four_unless_told_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(threads.VARIABLE, raising=False)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1, 2}, raising=False)
    assert threads.thread_count() == 3
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(64)), raising=False)
    assert threads.thread_count() == 4
    monkeypatch.setenv(threads.VARIABLE, "16")
    assert threads.thread_count() == 16


@pytest.mark.parametrize("text", ["0", "-1", "many", "2.5"])
def test_a_number_of_threads_that_is_none_is_wrong_configuration(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv(threads.VARIABLE, text)
    with pytest.raises(ConfigError, match=f"{threads.VARIABLE} is '{text}'"):
        threads.thread_count()
