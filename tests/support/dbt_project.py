"""The dbt project in tests: parsed once per session, and taken over by every process.

Parsing costs 12 CPU seconds, and a session has a dozen processes that need it (pytest-xdist's, zygotes, benchmarks). One parses while the others
collect their tests; what it leaves (dbt's own partial_parse.msgpack) makes the parse of each of them a check that no file has changed.

As a program (`python -m tests.support.dbt_project FOLDER`): parses and leaves the file in FOLDER.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from base.environment import home_variables
from base.home import Home

#: dbt's variable for a parse to take over; it must name a file that is there.
_TAKEN_OVER = "DBT_PARTIAL_PARSE_FILE_PATH"
_PARSED = "partial_parse.msgpack"
_SECONDS = 120


def begin_to_parse(folder: Path) -> subprocess.Popen[bytes]:
    """In the background, by a process of its own."""
    return subprocess.Popen([sys.executable, "-m", "tests.support.dbt_project", str(folder)], cwd=Path(__file__).resolve().parents[2])


def take_over(folder: Path) -> None:
    """Wait for the parse; from here on this process and its children take it over. Without one (it failed) each parses for itself."""
    end = time.monotonic() + _SECONDS
    while not (folder / _PARSED).exists() and time.monotonic() < end:
        time.sleep(0.1)
    if (folder / _PARSED).exists():
        os.environ[_TAKEN_OVER] = str(folder / _PARSED)


def parsed_manifest(folder: Path) -> dict[str, Any]:
    """The manifest, parsed with an empty home and configuration below `folder`."""
    from orchestration.build import dbt

    home = Home(folder / "home").prepare()
    (folder / "config" / "mappings").mkdir(parents=True)
    with home_variables(home, folder / "config"):
        return dbt.manifest_json(home)


def _parse(folder: Path) -> None:
    from orchestration.build import dbt

    home = Home(folder / "home").prepare()
    dbt.parse(home)
    (home.dbt_target / _PARSED).rename(folder / _PARSED)


if __name__ == "__main__":
    _parse(Path(sys.argv[1]))
