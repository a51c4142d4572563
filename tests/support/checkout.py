"""A copy of the checkout in which a test makes a change, and programs that run in it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from base.home import PROJECT_ROOT

_FOLDERS = ("base", "config", "dbt_project", "docs", "exports", "ingestion", "orchestration", "sandbox", "tests")
_NOT_COPIED = shutil.ignore_patterns("__pycache__", "target", "logs", "images")


def copy_checkout(folder: Path) -> Path:
    """The packages, the dbt project and the documents, without what was built from them."""
    folder.mkdir()
    for name in _FOLDERS:
        shutil.copytree(PROJECT_ROOT / name, folder / name, ignore=_NOT_COPIED)
    shutil.copy(PROJECT_ROOT / "pyproject.toml", folder)
    return folder


def run_in(checkout: Path, *arguments: str) -> str:
    """What `python ARGUMENTS` prints in that checkout, with its code. Raises AssertionError with what went wrong."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("DBT_PARTIAL_PARSE", "PYTEST_"))}
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=checkout,
        env=environment | {"PYTHONPATH": str(checkout)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
