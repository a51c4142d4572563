"""A copy of the repository in which a test makes a change that a developer would make, and runs it.

Only what a change touches and what runs is copied. The copy is run by a process of its own, because modules are imported once.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from base.home import PROJECT_ROOT

_COPIED = (
    "base",
    "ingestion",
    "exports",
    "orchestration",
    "sandbox",
    "benchmarks",
    "dbt_project",
    "docs",
    "tests",
    "config",
    "pyproject.toml",
)
_LEFT_OUT = shutil.ignore_patterns("__pycache__", "target", "logs", "*.duckdb", "node_modules", ".*")
#: Of this process, but wrong in the copy: the dbt project was parsed as it is here.
_NOT_INHERITED = ("DBT_PARTIAL_PARSE_FILE_PATH", "TESTS_PARSED_PROJECT", "PYTHONPATH")


@dataclass(frozen=True)
class RepositoryCopy:
    root: Path

    def write(self, path: str, text: str) -> None:
        """A new file."""
        target = self.root / path
        assert not target.exists()
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")

    def add_line(self, path: str, line: str, *, after: str) -> None:
        """One line more, below the only one that contains `after`, indented like it."""
        target = self.root / path
        lines = target.read_text(encoding="utf-8").splitlines(keepends=True)
        (place,) = [number for number, text in enumerate(lines) if after in text]
        indent = lines[place][: len(lines[place]) - len(lines[place].lstrip())]
        lines.insert(place + 1, f"{indent}{line}\n")
        target.write_text("".join(lines), encoding="utf-8")

    def remove_line(self, path: str, line: str) -> None:
        """One line less: the only one that contains `line`."""
        target = self.root / path
        lines = target.read_text(encoding="utf-8").splitlines(keepends=True)
        (place,) = [number for number, text in enumerate(lines) if line in text]
        del lines[place]
        target.write_text("".join(lines), encoding="utf-8")

    def run(self, *arguments: str, seconds: float = 300) -> str:
        """`python ARGUMENTS` in the copy; its standard output. Fails with what it printed when it does not succeed."""
        inherited = {name: value for name, value in os.environ.items() if name not in _NOT_INHERITED}
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=self.root,
            env={**inherited, "PYTHONPATH": str(self.root)},
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )
        assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
        return done.stdout


def copy_repository(folder: Path) -> RepositoryCopy:
    for name in _COPIED:
        source = PROJECT_ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=_LEFT_OUT)
        else:
            folder.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, folder / name)
    return RepositoryCopy(folder)
