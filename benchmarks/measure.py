"""One measurement = one process: what it cost as a whole (the kernel's own count), and what it says of its parts.

CPU seconds (user + system, all threads): the benchmark must say the same on a busy machine. Seconds on the clock stand beside them, for a quiet one.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from base.home import CONFIG_VARIABLE, HOME_VARIABLE, PROJECT_ROOT, Home

#: No dependency phones home from a benchmark either, and no setting of the developer's own shell leaks into one.
_ENVIRONMENT = {
    "DAGSTER_DISABLE_TELEMETRY": "1",
    "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    "DO_NOT_TRACK": "1",
    "GX_ANALYTICS_ENABLED": "false",
}
_NOT_INHERITED = ("FUNNELCAST_NOW", "FUNNELCAST_FAULT", "FUNNELCAST_OPS_URL", "DAGSTER_HOME")


@dataclass(frozen=True)
class Cost:
    """What one process cost. CPU in seconds, memory (peak resident set) in bytes.

    `start_up` is everything but the work: the interpreter, imports, dbt's parse, and leaving. `clock`: how long a person waits for the work.
    `facts` is what the step reports.
    """

    cpu: float
    work: float
    peak_bytes: int
    clock: float
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def start_up(self) -> float:
        return self.cpu - self.work


@dataclass(frozen=True)
class Place:
    """Where a measurement runs: its home and its configuration folder."""

    home: Home
    config: Path

    @classmethod
    def below(cls, folder: Path, config: Path) -> Place:
        return cls(Home(folder).prepare(), config)

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if name not in _NOT_INHERITED}
        return {**kept, **_ENVIRONMENT, HOME_VARIABLE: str(self.home.root), CONFIG_VARIABLE: str(self.config)}


class StepFailed(RuntimeError):
    """A measured process did not end well; the message is the end of what it wrote."""


def run_step(name: str, place: Place, **arguments: Any) -> Cost:
    """Run `benchmarks.steps.<name>(home, config, **arguments)` in a process of its own and count it."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        command = [sys.executable, "-m", "benchmarks.steps", name, json.dumps(arguments), str(report)]
        cpu, peak = run_counted(command, place)
        figures = json.loads(report.read_text(encoding="utf-8"))
    return Cost(cpu, figures["work"], figures["peak_bytes"] or peak, figures["clock"], figures["facts"])


def run_counted(command: Sequence[str], place: Place) -> tuple[float, int]:
    """(CPU seconds, peak bytes) of a command and its children. Raises StepFailed with the end of its output.

    The kernel counts the parent's memory into the child's peak at the moment of the fork, so the harness stays small and a step reads
    its own peak (benchmarks/steps.py) where the system tells it.
    """
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(list(command), cwd=PROJECT_ROOT, env=place.environment, stdout=output, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            output.seek(0)
            text = output.read().decode("utf-8", "replace").strip()
            raise StepFailed(f"{' '.join(command[1:5])} ended with {process.returncode}:\n{text[-4000:]}")
    unit = 1 if sys.platform == "darwin" else 1024
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss * unit
