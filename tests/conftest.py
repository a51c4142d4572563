"""Fixtures for every test: a home and a configuration of its own, dbt's manifest parsed once, small worlds and their services.

Worlds and doubles are in tests/support; what is expensive is made once per session and process. pytest-xdist
runs three processes on two cores: whole runs wait for vendors, mail servers and disks for a third of their time.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from base import redaction
from base.home import Home
from tests.support.dbt_project import begin_to_parse, take_over
from tests.support.ingestion import Place, place_at
from tests.support.published_sample import publish_sample
from tests.support.runs import Company, FirstRun, lake_rows
from tests.support.traps import build_traps
from tests.support.zygote import Zygote

# No dependency may phone home from a test either.
for _name, _value in {
    "DAGSTER_DISABLE_TELEMETRY": "1",
    "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    "DO_NOT_TRACK": "1",
    "GX_ANALYTICS_ENABLED": "false",
}.items():
    os.environ[_name] = _value


#: What takes longest, first: whole runs in two processes (each has a zygote), all else in the third. Names of files, in order.
LONGEST_FIRST = (
    "test_run_job.py",
    "test_as_of_and_diff.py",
    "test_marts_random_worlds.py",
    "test_sources_same_marts.py",
    "test_marts_against_truth.py",
    "test_canonical_port.py",
    "test_marts_estimators.py",
)


#: Where the session's one parse of the dbt project is left; set for pytest-xdist's processes.
_PARSED = "TESTS_PARSED_PROJECT"


@pytest.fixture(autouse=True)
def forget_secrets() -> Iterator[None]:
    """What one test's configuration calls a secret is an ordinary word in another's messages."""
    yield
    redaction.forget_secrets()


def pytest_configure(config: pytest.Config) -> None:
    """The first of several processes begins to parse the dbt project for all."""
    if hasattr(config, "workerinput") or not config.getoption("numprocesses", None):
        return
    folder = tempfile.mkdtemp(prefix="funnelcast-parsed-")
    os.environ[_PARSED] = folder
    parsing = begin_to_parse(Path(folder))

    def end() -> None:
        parsing.kill()
        parsing.wait()
        shutil.rmtree(folder, ignore_errors=True)

    config.add_cleanup(end)


@pytest.fixture(scope="session", autouse=True)
def parsed_project() -> None:
    """Before a process's first test."""
    if _PARSED in os.environ:
        take_over(Path(os.environ[_PARSED]))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Long tests first; and the groups of pytest-xdist, which writes them where pytest 9.2 no longer reads a test's id (3.8 of the one, 9.2 of the other):
    without it each process builds every world of its own."""
    places = {name: place for place, name in enumerate(LONGEST_FIRST)}
    items.sort(key=lambda item: places.get(item.path.name, len(places)))
    if not hasattr(config, "workerinput"):
        return
    from _pytest.nodeid import NodeId

    for item in items:
        group = next((mark.args[0] for mark in item.iter_markers("xdist_group")), None)
        if group and not item.nodeid.endswith(f"@{group}"):
            item._id = NodeId.parse(f"{item.nodeid}@{group}")


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


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """A home and its operations database for the ingestion of one test."""
    return place_at(tmp_path / "home")


@pytest.fixture(scope="session")
def published_sample(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home with the small published state of tests/support/published_sample.py; nobody changes it."""
    home = Home(tmp_path_factory.mktemp("published"))
    publish_sample(home)
    return home


@pytest.fixture(scope="module")
def published(published_sample: Home, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """The same for the tests of one module, whose reports are rendered there."""
    root = tmp_path_factory.mktemp("published") / "home"
    shutil.copytree(published_sample.root, root, symlinks=True)
    return Home(root)


@pytest.fixture(scope="session")
def zygote(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Zygote]:
    """The process that runs the command line in forks; one per pytest worker."""
    process = Zygote(tmp_path_factory.mktemp("zygote"))
    yield process
    process.close()


@pytest.fixture
def company(zygote: Zygote, tmp_path: Path) -> Iterator[Company]:
    """The small simulated company with services and a home of its own."""
    yield Company(tmp_path, zygote.serve(tmp_path), zygote)
    zygote.stop_serving(tmp_path)


@pytest.fixture(scope="session")
def first_run(zygote: Zygote, tmp_path_factory: pytest.TempPathFactory) -> FirstRun:
    """The first run of a company that nothing disturbs; its services go on answering.

    Who uses it is in the group `whole_runs`, in one process, and changes only copies.
    """
    folder = tmp_path_factory.mktemp("first_run")
    quiet = Company(folder, zygote.serve(folder), zygote)
    done = quiet.funnelcast("run", "--json")
    assert done.code == 0, done.err
    ended = {**quiet.manifest(), "mails": sum(quiet.mails().values()), "posts": len(quiet.posts()), "rows": lake_rows(quiet.home)}
    return FirstRun(quiet, json.loads(done.out), ended)


@pytest.fixture(scope="session")
def undisturbed(first_run: FirstRun) -> dict[str, Any]:
    """What a run that nothing disturbed ended with: the manifest, and the number of mails, posts and rows in the log."""
    return first_run.ended


@pytest.fixture(scope="session")
def traps(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """The worlds of traps (tests/support/traps.py), built once."""
    connection = build_traps(tmp_path_factory.mktemp("traps"))
    yield connection
    connection.close()
