"""A kind of source comes and goes with its folders and its line: each test makes the change in a copy of the repository, and runs what is there."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from base.home import PROJECT_ROOT
from base.source_kinds import kind_names
from tests.support.copy_of_the_repository import RepositoryCopy, copy_repository
from tests.support.scripted_http import ScriptedServer, reply

pytestmark = pytest.mark.slow

PAGE = (PROJECT_ROOT / "docs" / "add-a-source.md").read_text(encoding="utf-8")
LINES = "dbt_project/dbt_project.yml"
#: Where a kind has a folder or a file of its name.
ROOMS = (
    "ingestion/sources/{kind}",
    "sandbox/doubles/{kind}",
    "dbt_project/models/staging/{kind}",
    "dbt_project/models/intermediate/{kind}",
    "dbt_project/macros/sources/{kind}.sql",
    "tests/sources/{kind}",
    "docs/sources/{kind}.md",
)
#: What is quick of the suite and goes over all kinds.
SUITE = (
    "tests/contracts/test_source_kinds.py",
    "tests/contracts/test_manifest_conventions.py",
    "tests/contracts/test_docs_configuration.py",
    "tests/contracts/test_run_repository.py::test_asset_keys_change_on_purpose_only",
    "tests/contracts/test_run_repository.py::test_the_gate_blocks_every_staging_model",
    "tests/contracts/test_run_repository.py::test_the_example_configuration_is_valid",
    "tests/unit/test_base_config.py",
    "tests/unit/test_canonical_tables.py",
    "tests/unit/test_idle_models.py",
    "tests/unit/test_sandbox_ats.py",
    "tests/unit/test_webhooks_signatures.py",
)
#: Checks, extracts and builds the one source of a configuration: python -c LOAD CONFIG HOME; prints what was found as JSON; then tests the kind.
LOAD = """
import json, sys
from datetime import UTC, datetime
from pathlib import Path
import duckdb
from base import ops
from base.environment import home_variables
from base.home import Home
from ingestion.extract.run import extract
from ingestion.preflight.check import check
from orchestration.build import dbt
from orchestration.checked_config import load_config

folder, home = Path(sys.argv[1]), Home(Path(sys.argv[2])).prepare()
config = load_config(folder)
(source,) = config.sources
findings = {finding.stream: finding.level for finding in check(source)}
extract(config, home, ops.engine(home), source, window_end=datetime(2026, 6, 29, 6, tzinfo=UTC))
with home_variables(home, folder):
    results = dbt.build(home, select=["+applications", "stg_acme__jobs"], exclude=["resource_type:test", "resource_type:unit_test"], variables={})
print([f"{node.name}: {node.message}" for node in results if not node.is_ok])
with duckdb.connect(str(home.warehouse)) as connection:
    rows = connection.execute("select application_id, candidate_id, status_code from canonical.applications").fetchall()
    jobs = connection.execute("select title from staging.stg_acme__jobs").fetchall()
payloads = " ".join(path.read_bytes().decode("latin-1") for path in home.lake.rglob("*.parquet"))
print(json.dumps({"findings": findings, "rows": rows, "jobs": jobs, "is_private": "Dear all" in payloads}))
# In this process, which has parsed the project.
import pytest
sys.exit(pytest.main(["-q", "-x", "-n", "0", "-p", "no:cacheprovider", "tests/contracts/test_source_kinds.py"]))
"""


def test_the_kind_of_the_docs_is_checked_extracted_parsed_and_in_the_canonical_tables(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = copy_repository(tmp_path / "copy")
    line, *files = documented()
    copy.add_line(LINES, line[1].strip(), after="    sendgrid: {feeds:")
    for path, text in files:
        copy.write(path, text)
    monkeypatch.setenv("ACME_KEY", "a key")
    record = {"id": 1, "person": {"id": "p1"}, "job_id": "j1", "state": "Hired", "title": "Engineer", "cover_letter": "Dear all"}
    with ScriptedServer([reply({"items": [record | {"applied_at": "2026-05-01T10:00:00Z"}], "next_page": None})]) as server:
        config = tmp_path / "config"
        config.mkdir()
        source = {"name": "ats", "kind": "acme", "base_url": server.url, "credentials": {"api_key": "ACME_KEY"}}
        (config / "sources.yml").write_text(json.dumps({"sources": [source]}), encoding="utf-8")
        output = copy.run("-c", LOAD, str(config), str(tmp_path / "home"))
        answer = next(line for line in output.splitlines() if line.startswith('{"findings"'))
        # The command line knows it too.
        copy.run("-m", "orchestration.cli", "check", "--config", str(config), "--home", str(tmp_path / "home"))
    found = json.loads(answer)
    assert found["findings"] == {"applications": "ok", "jobs": "ok"}
    assert found["rows"] == [["1", "p1", "hired"]]
    assert found["jobs"] == [["Engineer"]]
    assert not found["is_private"]


def test_without_a_kinds_folders_and_its_line_the_suite_passes(tmp_path: Path) -> None:
    kind = "lever"
    copy = copy_repository(tmp_path / "copy")
    for room in ROOMS:
        path = copy.root / room.format(kind=kind)
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    copy.remove_line(LINES, f"    {kind}: {{feeds:")
    copy.run("-c", "from importlinter.cli import lint_imports_command as lint; lint()")
    suite(copy, *SUITE)


def test_the_rooms_are_all_that_have_a_kinds_name() -> None:
    """So that a new room is removed above, and told of in docs/add-a-source.md."""
    named = {
        str(path.relative_to(PROJECT_ROOT)).replace(kind, "{kind}", 1)
        for kind in kind_names()
        for folder in ("base", "ingestion", "orchestration", "sandbox", "dbt_project", "docs", "tests")
        for path in (PROJECT_ROOT / folder).rglob(f"{kind}*")
        if path.stem == kind and path.parent.name != "__pycache__" and "target" not in path.parts
    }
    assert named == set(ROOMS)


def documented() -> list[tuple[str, str]]:
    """(path, text) of each file that the page shows, in order; the line first. A block's path is the first one named since the block before."""
    found = []
    for prose, text in re.findall(r"\n\n((?:(?!```)[\s\S])*?)```(?:python|jinja|yaml|markdown)\n([\s\S]*?)```", PAGE):
        path = re.search(r"`((?:ingestion|dbt_project|docs)/[\w./]+)`", prose)
        assert path, text
        found.append((path[1], text))
    return found


def suite(copy: RepositoryCopy, *tests: str) -> None:
    copy.run("-m", "pytest", "-q", "-x", "-n", "0", "-p", "no:cacheprovider", *tests, seconds=600)
