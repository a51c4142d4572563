"""A demo after it has ended: its home is moved, a port of its services is taken, and Dagster's UI is asked for the daily job."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from base.errors import ConfigError
from orchestration.demo_home import Recipe, demo_services, new_company, read_recipe
from tests.integration.conftest import FinishedDemo
from tests.support.zygote import Zygote

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("other_runs")]

SMALL = Recipe(requisitions=4, years=0.6)


@pytest.fixture
def taken() -> Iterator[socket.socket]:
    """A listening socket: its port is busy."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


@pytest.fixture
def stopped(tmp_path: Path) -> Path:
    """A home with the company that a demo makes, which is no longer served."""
    root = tmp_path / "demo"
    with new_company(root, SMALL, lambda _: None):
        pass
    return root


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return answer.status < 500
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False


def _ports(root: Path) -> dict[str, int]:
    recipe = read_recipe(root)
    assert recipe is not None
    return recipe.ports


def test_the_services_come_back_on_the_ports_that_the_configuration_names(stopped: Path) -> None:
    port = _ports(stopped)["gem"]
    assert not _answers(f"http://127.0.0.1:{port}/v0/users")
    before = (stopped / "config" / "sources.yml").read_text()
    with demo_services(stopped):
        assert _answers(f"http://127.0.0.1:{port}/v0/users")
        assert os.environ["GEM_API_KEY"]
    assert (stopped / "config" / "sources.yml").read_text() == before


def test_a_port_that_is_taken_is_replaced_and_other_edits_of_the_configuration_stay(stopped: Path, taken: socket.socket) -> None:
    old, busy = _ports(stopped)["gem"], int(taken.getsockname()[1])
    recipe = json.loads((stopped / ".funnelcast-demo").read_text())
    recipe["ports"]["gem"] = busy
    (stopped / ".funnelcast-demo").write_text(json.dumps(recipe))
    sources = stopped / "config" / "sources.yml"
    sources.write_text(sources.read_text().replace(str(old), str(busy)) + "# my own note\n")
    with demo_services(stopped):
        assert _answers(f"http://127.0.0.1:{_ports(stopped)['gem']}/v0/users")
    text = sources.read_text()
    assert str(busy) not in text
    assert str(_ports(stopped)["gem"]) in text
    assert text.endswith("# my own note\n")


def test_a_second_command_uses_the_services_of_the_first(stopped: Path) -> None:
    with demo_services(stopped) as first, demo_services(stopped) as second:
        assert first == second


def test_a_demo_does_not_start_over_while_its_company_is_served(stopped: Path) -> None:
    with (
        demo_services(stopped),
        pytest.raises(ConfigError, match="Another command serves the company"),
        new_company(stopped, SMALL, lambda _: None),
    ):
        pass
    assert (stopped / "config" / "sources.yml").exists()


def test_nothing_is_served_over_a_home_that_no_demo_made(tmp_path: Path) -> None:
    with demo_services(tmp_path) as served:
        assert served is None


def test_keep_refuses_options_of_another_company(zygote: Zygote, stopped: Path) -> None:
    done = zygote.run("--home", str(stopped), "demo", "--keep", "--requisitions", "9", env={})
    assert done.code == 2
    assert "was made with --requisitions 4" in done.err


def test_a_busy_port_is_named_with_its_remedy(zygote: Zygote, stopped: Path, taken: socket.socket) -> None:
    done = zygote.run("--home", str(stopped), "dev", "--port", str(taken.getsockname()[1]), env={})
    assert done.code == 2
    assert "Address already in use" in done.err
    assert "--port" in done.err


@pytest.fixture
def moved(finished_demo: FinishedDemo, tmp_path: Path) -> Iterator[Path]:
    """The finished demo in another place; meanwhile nothing is where it was made."""
    place, hidden = tmp_path / "elsewhere", finished_demo.root.with_name("hidden")
    shutil.copytree(finished_demo.root, place, symlinks=True)
    finished_demo.root.rename(hidden)
    yield place
    hidden.rename(finished_demo.root)


def test_the_daily_job_succeeds_in_dagsters_ui_over_a_demo_that_was_moved(moved: Path, tmp_path: Path) -> None:
    """The warehouse, the history and the configuration of the first run name no place that is gone; nothing is sent again."""
    mails = sorted((moved / "inbox").glob("*.eml"))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("FUNNELCAST", "DAGSTER"))}
    command = [sys.executable, "-m", "orchestration.cli", "--home", str(moved), "dev", "--port", str(port)]
    with (tmp_path / "dev.log").open("w") as log:
        dev = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, env=environment)
        try:
            assert _launch_daily(port, dev) == "SUCCESS", (tmp_path / "dev.log").read_text()[-3000:]
        finally:
            dev.terminate()
            dev.wait()
    assert sorted((moved / "inbox").glob("*.eml")) == mails
    assert "Warning" not in (tmp_path / "dev.log").read_text()


def _graphql(port: int, query: str, **variables: Any) -> dict[str, Any]:
    body = json.dumps({"query": query, "variables": variables}).encode()
    request = urllib.request.Request(f"http://127.0.0.1:{port}/graphql", data=body, headers={"content-type": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        data: dict[str, Any] = json.load(answer)["data"]
    return data


def _launch_daily(port: int, dev: subprocess.Popen[bytes]) -> str:
    """The status with which a run of `daily`, launched as the UI does it, ends."""
    while not _answers(f"http://127.0.0.1:{port}/server_info"):
        assert dev.poll() is None, "funnelcast dev ended before its UI answered"
        time.sleep(0.5)
    selector = {"repositoryLocationName": "funnelcast", "repositoryName": "__repository__", "jobName": "daily"}
    launched = _graphql(
        port,
        "mutation($p: ExecutionParams!) {launchRun(executionParams: $p) {... on LaunchRunSuccess {run {runId}}}}",
        p={"selector": selector, "runConfigData": {}, "mode": "default"},
    )
    run_id = launched["launchRun"]["run"]["runId"]
    while True:
        status: str = _graphql(port, "query($i: ID!) {runOrError(runId: $i) {... on Run {status}}}", i=run_id)["runOrError"]["status"]
        if status in ("SUCCESS", "FAILURE", "CANCELED"):
            return status
        time.sleep(0.5)
