"""Two runs of a small company, a correction, a late event and a new mapping apart: the difference is explained, and the first is rebuilt as it was."""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.support.runs import Company
from tests.support.zygote import Finished, Zygote

pytestmark = [pytest.mark.xdist_group("other_runs"), pytest.mark.slow]

#: The first and the last are half an hour after the weekly report is due.
FIRST, SECOND, LATER = "2026-03-16T07:00:00Z", "2026-03-20T06:00:00Z", "2026-03-30T06:00:00Z"

JOBS = "job_id,job_name,status_code\nj1,Engineer,open\n"
STAGES = "stage_id,job_id,stage_name,stage_order\ns1,j1,Applied,1\ns2,j1,Chat,2\ns3,j1,Onsite,3\n"
APPLICATIONS = "application_id,candidate_id,job_id,applied_at,status_code,closed_at\n"
VISITS = "application_id,stage_id,entered_at,exited_at\n"
MAPPING = "source_system,stage_name,job_id,stage_code,valid_from,valid_to\n"


@dataclass
class Home:
    """A company that keeps its applications in files; its mail server and Slack are those of `services`."""

    folder: Path
    zygote: Zygote
    services: Company

    def run(self, *verb: str, now: str = LATER, config: Path | None = None) -> Finished:
        where = ("--home", str(self.folder / "home"), "--config", str(config or self.folder / "config"))
        done = self.zygote.run(*where, *verb, env={**self.services.environment, "FUNNELCAST_NOW": now})
        assert done.code == 0, done.err
        return done

    def write(self, applications: str, visits: str, mapping: str) -> None:
        for name, text in {
            "files/jobs.csv": JOBS,
            "files/stages.csv": STAGES,
            "files/applications.csv": APPLICATIONS + applications,
            "files/stage_visits.csv": VISITS + visits,
            "config/mappings/stages.csv": MAPPING + mapping,
            "config/sources.yml": f"sources: [{{name: acme, kind: canonical_files, path: {self.folder / 'files'}}}]\n",
        }.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")

    def versions(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads(self.run("publish", "list", "--json").out)
        return found


def parquet_checksums(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.rglob("*.parquet")}


@pytest.fixture(scope="module")
def home(zygote: Zygote, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    folder = tmp_path_factory.mktemp("as_of")
    services = Company(folder / "services", zygote.serve(folder / "services"), zygote)
    home = Home(folder, zygote, services)
    (folder / "config").mkdir()
    for name in ("company.yml", "reports.yml"):
        shutil.copy(services.config / name, folder / "config")
    home.write(
        "a1,c1,j1,2026-03-01,active,\na2,c2,j1,2026-03-02,active,\n", "a1,s1,2026-03-01,\na1,s2,2026-03-05,\na2,s1,2026-03-02,\n", ""
    )
    home.run("run", now=FIRST)
    # a2's application date is corrected; a1 goes on to the onsite; a3 was entered late, a4 is new; Chat is mapped.
    home.write(
        "a1,c1,j1,2026-03-01,active,\na2,c2,j1,2026-02-27,active,\na3,c3,j1,2026-03-10,active,\na4,c4,j1,2026-03-18,active,\n",
        "a1,s1,2026-03-01,2026-03-05\na1,s2,2026-03-05,2026-03-19\na1,s3,2026-03-19,\na2,s1,2026-03-02,\na3,s1,2026-03-10,\na4,s1,2026-03-18,\n",
        ",Chat,,recruiter_screen,,\n",
    )
    home.run("run", now=SECOND)
    yield home


def test_the_difference_is_reported_by_cause_with_counts(home: Home) -> None:
    difference = json.loads(home.run("diff", "--json").out)
    causes = {(change["table"], change["cause"]): change["row_count"] for change in difference["changes"]}
    assert causes["core.fct_applications", "learned_late"] == 1  # a3
    assert causes["core.fct_applications", "happened_since"] == 1  # a4
    assert causes["core.fct_applications", "went_on"] == 1  # a1
    assert causes["core.fct_applications", "corrected"] == 1  # a2
    assert causes["core.fct_stage_visits", "mapped_otherwise"] == 1  # a1's chat
    assert causes["core.fct_stage_visits", "learned_late"] == 1  # a3's entry
    assert causes["core.fct_stage_visits", "happened_since"] == 2  # a1's onsite, a4's entry
    assert any("mapping files changed" in line for line in difference["inputs"])
    assert "marts.funnel_passthrough" in {table["relation"] for table in difference["tables"]}
    assert "mapped to another code" in home.run("diff").out


def test_a_past_state_is_rebuilt_with_its_clocks_and_its_configuration(home: Home) -> None:
    first = home.versions()[-1]
    folder = home.folder / "home" / "published" / "versions" / first["version"]
    written = parquet_checksums(folder)
    folder.rename(home.folder / "written first")
    sent, current = (home.services.mails(), home.services.posts()), (home.folder / "home" / "published" / "current").readlink()
    assert sent[0] and sent[1]
    done = home.run("run", "--as-of", FIRST, "--known-at", "2026-03-16T07:00:01Z", "--json", config=Path(first["configuration"]))
    again = json.loads(done.out)
    assert again["content_hash"] == first["content_hash"] and again["version"] == first["version"]
    assert not again["is_current"] and not again["loaded"]
    # Two weeks later a report is due again, but not from a past state.
    assert again["deliveries"] == {} and (home.services.mails(), home.services.posts()) == sent
    assert (home.folder / "home" / "published" / "current").readlink() == current
    assert "parquet/core/fct_applications.parquet" in written
    assert parquet_checksums(folder) == written
    assert json.loads(home.run("diff", first["version"], first["version"], "--json").out)["is_same"]


def test_dagsters_launchpad_can_ask_for_a_run_as_the_command_can(home: Home) -> None:
    """The past state once more, by run config alone: the same content, and the ledger holds the request as the command's options give it."""
    first = home.versions()[-1]
    asked = {"as_of": FIRST, "known_at": "2026-03-16T07:00:01Z", "sources": ["acme"], "sweep": True}
    place = {"home": str(home.folder / "home"), "config": first["configuration"]}
    run_config = {"resources": {"session": {"config": asked | place}}}
    environment = {**home.services.environment, "FUNNELCAST_NOW": LATER, "FUNNELCAST_HOME": place["home"]}
    done = home.zygote.launch(run_config, env=environment)
    assert done.code == 0, done.err
    with sqlite3.connect(home.folder / "home" / "ops.sqlite") as ops:
        [(arguments, status, content_hash, dagster_run)] = ops.execute(
            "select arguments, status, content_hash, dagster_run_id from runs order by run_number desc limit 1"
        )
    assert (json.loads(arguments), status, content_hash) == (asked | {"from_log": False}, "succeeded", first["content_hash"])
    assert dagster_run


def test_an_unknown_version_is_told_with_those_that_are_there(home: Home) -> None:
    done = home.zygote.run("--home", str(home.folder / "home"), "diff", "20200101", env={})
    assert done.code == 2
    assert "no published version is called '20200101'" in done.err and home.versions()[0]["version"] in done.err
