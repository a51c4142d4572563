"""Transform: CPU seconds by phase over a log of N applications, the first time and after +0.1 %, beside a hand-written floor.

Each phase is a process of its own, so that its memory is its own and dbt's start-up (imports, parse) can be told apart from its work.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from base.home import PROJECT_ROOT
from benchmarks.measure import Cost, Place, StepFailed, run_step

#: What a daily run finds new: this share of new applications, and every record that changed in the time they take to come.
DELTA = 0.001
#: Stage names, reasons and sources of the benchmark company are mapped here.
MAPPINGS = PROJECT_ROOT / "sandbox" / "config"

_STAGING = ["fqn:funnelcast.staging"]
_NO_TESTS = ["resource_type:test"]
#: Phase -> (select, exclude) of the dbt build; together they are the whole project. The gate comes after staging, publishing last.
_BUILDS: Mapping[str, tuple[list[str], list[str]]] = {
    "staging": (_STAGING, _NO_TESTS),
    "canonical": (["fqn:*"], [*_STAGING, *_NO_TESTS, "path:models/core", "path:models/marts"]),
    "core": (["path:models/core"], _NO_TESTS),
    "marts": (["path:models/marts"], _NO_TESTS),
    "tests": (_NO_TESTS, []),
}
#: First what a run reads of the log before it parses it: the new parts, each against its checksum.
PHASES = ("checksums", "staging", "gate", "canonical", "core", "marts", "tests", "publish")


@dataclass(frozen=True)
class Build:
    """One run over the log: what each phase cost."""

    phases: Mapping[str, Cost]

    @property
    def work(self) -> float:
        """CPU seconds beside process start-up."""
        return sum(cost.work for cost in self.phases.values())

    @property
    def clock(self) -> float:
        """Seconds on the clock beside process start-up."""
        return sum(cost.clock for cost in self.phases.values())

    @property
    def start_up(self) -> float:
        """What the imports of a whole run cost once: dbt's (the dearest of its phases), the gate's and the publisher's."""
        return max(cost.start_up for name, cost in self.phases.items() if name in _BUILDS) + self.phases["gate"].start_up

    @property
    def peak_bytes(self) -> int:
        return max(cost.peak_bytes for cost in self.phases.values())

    @property
    def core_and_marts(self) -> tuple[float, int]:
        """CPU seconds beside start-up, and peak bytes, of these two phases."""
        core, marts = self.phases["core"], self.phases["marts"]
        return core.work + marts.work, max(core.peak_bytes, marts.peak_bytes)


@dataclass(frozen=True)
class Transform:
    """First build, daily run after the delta, and the floor's script over the same logs."""

    applications: int
    log_rows: Mapping[str, int]
    delta_rows: Mapping[str, int]
    log_bytes: int
    first: Build
    daily: Build
    floor: Cost
    floor_after_delta: Cost


def measure_transform(work: Path, applications: int, *, say: Callable[[str], None] = lambda _: None) -> Transform:
    """Write the log, build, add the delta, build again. Raises StepFailed when a phase fails or the build lost applications."""
    place, log = _home_with_log(work, applications, say)
    # Nobody's first run has parsed the project before, but the second one has: parse once so that all phases start alike.
    run_step("dbt_build", place, select=["run_clock"], exclude=[])
    floor = run_step("floor", place, database=str(work / "floor.duckdb"))
    say(f"floor: {floor.work:.1f} CPU s")
    first = _build(place, str(log.facts["window_end"]), say)
    _check(first, applications)
    delta = run_step("write_delta", place, applications=applications, fraction=DELTA)
    say(f"delta: {sum(delta.facts['rows'].values()):,} rows")
    floor_after = run_step("floor", place, database=str(work / "floor.duckdb"))
    daily = _build(place, str(delta.facts["window_end"]), say)
    _check(daily, applications + max(1, round(applications * DELTA)))
    shutil.rmtree(place.home.root)
    return Transform(applications, log.facts["rows"], delta.facts["rows"], log.facts["bytes"], first, daily, floor, floor_after)


def measure_large(work: Path, applications: int, *, say: Callable[[str], None] = lambda _: None) -> Build:
    """The first build up to the marts over a log of so many, without gate, tests and publishing. Raises StepFailed as measure_transform does."""
    place, _ = _home_with_log(work, applications, say)
    build = Build({name: _phase(name, place, "", say) for name in ("staging", "canonical", "core", "marts")})
    shutil.rmtree(place.home.root)
    return build


def _home_with_log(work: Path, applications: int, say: Callable[[str], None]) -> tuple[Place, Cost]:
    place = Place.below(work / f"home_{applications}", MAPPINGS)
    log = run_step("write_log", place, applications=applications)
    say(f"log of {applications:,} applications: {sum(log.facts['rows'].values()):,} rows, {log.facts['bytes'] / 1e6:,.0f} MB")
    return place, log


def _build(place: Place, as_of: str, say: Callable[[str], None]) -> Build:
    return Build({name: _phase(name, place, as_of, say) for name in PHASES})


def _phase(name: str, place: Place, as_of: str, say: Callable[[str], None]) -> Cost:
    if name in ("checksums", "gate"):
        cost = run_step(name, place)
    elif name == "publish":
        cost = run_step("publish", place, as_of=as_of)
    else:
        select, exclude = _BUILDS[name]
        cost = run_step("dbt_build", place, select=select, exclude=exclude)
    say(
        f"  {name:<10}{cost.work:7.1f} CPU s, {cost.clock:7.1f} s on the clock, start-up {cost.start_up:5.1f}, {cost.peak_bytes / 1e9:.2f} GB"
    )
    return cost


def _check(build: Build, applications: int) -> None:
    """A figure of a build that lost rows is no figure."""
    published = build.phases["publish"].facts["row_counts"].get("core.fct_applications")
    if published != applications:
        raise StepFailed(f"{published} of {applications} applications were published")
