"""What the benchmark found, as text for a terminal and as plain data for --json. Every figure stands beside a floor, a target or a peer."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from base.threads import thread_count
from benchmarks import peers, targets
from benchmarks.extraction import Extraction
from benchmarks.identity import Identity
from benchmarks.measure import Cost
from benchmarks.orchestration import Orchestration
from benchmarks.peers import Peer
from benchmarks.sources import SourceExtraction
from benchmarks.transform import DELTA, PHASES, Build, Transform

GB = 1e9


@dataclass
class Results:
    """What was measured in one call; what was not asked for is None or empty."""

    extraction: Extraction | None = None
    sources: list[SourceExtraction] = field(default_factory=list)
    transforms: list[Transform] = field(default_factory=list)
    large: dict[int, Build] = field(default_factory=dict)
    orchestration: Orchestration | None = None
    identity: Identity | None = None


def as_text(results: Results) -> str:
    parts = [_machine()]
    if results.extraction:
        parts.append("\n".join(_extraction(results.extraction)))
    if results.sources:
        parts.append("\n".join(_sources(results.sources)))
    parts += ["\n".join(_transform(transform)) for transform in results.transforms]
    parts += ["\n".join(_large(applications, build)) for applications, build in results.large.items()]
    if results.orchestration:
        parts.append("\n".join(_orchestration(results.orchestration)))
    if results.identity:
        parts.append("\n".join(_identity(results.identity)))
    return "\n\n".join(parts)


def as_data(results: Results) -> dict[str, Any]:
    """Figures by name: CPU in seconds, memory in bytes."""
    data: dict[str, Any] = {
        "machine": {"cores": _cores(), "threads": thread_count(), "python": platform.python_version(), "system": platform.system()}
    }
    found = results.extraction
    if found:
        data["extraction"] = {
            "records": found.records,
            "record_bytes": round(found.record_bytes, 1),
            "records_per_cpu_second": round(found.per_cpu_second(found.funnelcast)),
            "floor_records_per_cpu_second": round(found.per_cpu_second(found.floor)),
            "cost": _cost(found.funnelcast),
        }
    data["sources"] = [
        {"kind": one.kind, "records": one.records, "records_per_cpu_second": round(one.per_cpu_second), "cost": _cost(one.cost)}
        for one in results.sources
    ]
    data["transform"] = [
        {
            "applications": one.applications,
            "log_rows": dict(one.log_rows),
            "delta_rows": dict(one.delta_rows),
            "log_bytes": one.log_bytes,
            "first": _build_data(one.first),
            "daily": _build_data(one.daily),
            "floor": _cost(one.floor),
            "floor_after_delta": _cost(one.floor_after_delta),
        }
        for one in results.transforms
    ]
    data["large"] = [{"applications": applications, **_phases(build)} for applications, build in results.large.items()]
    if results.orchestration:
        over = results.orchestration
        data["orchestration"] = {
            "nodes": over.nodes,
            "dbt_cpu": over.dbt_cpu,
            "dagster_cpu": over.dagster_cpu,
            "over_dbt": over.over_dbt,
            "dagster_peak_bytes": over.dagster_peak_bytes,
        }
    if results.identity:
        one = results.identity
        costs = {name: _cost(cost) for name, cost in (("models", one.models), ("tests", one.tests), ("floor", one.floor))}
        data["identity"] = {"records": one.records, "people": one.people, **costs}
    return data


def _extraction(found: Extraction) -> Iterator[str]:
    rate = found.per_cpu_second(found.funnelcast)
    floor = found.per_cpu_second(found.floor)
    yield f"EXTRACTION  {found.records:,} records of {found.record_bytes:,.0f} bytes over HTTP on loopback; whole process, start-up included"
    yield _row("", "records/CPU s", "CPU s", "peak GB", "")
    reached = rate >= targets.EXTRACTION_RECORDS_PER_CPU_SECOND and found.funnelcast.peak_bytes / GB <= targets.EXTRACTION_PEAK_GB
    target = f"target {targets.EXTRACTION_RECORDS_PER_CPU_SECOND:,} within {targets.EXTRACTION_PEAK_GB:.0f} GB: {_verdict(reached)}"
    yield _row("Funnelcast, to committed Parquet", f"{rate:,.0f}", f"{found.funnelcast.cpu:.1f}", _gb(found.funnelcast.peak_bytes), target)
    yield _row("  of which start-up", "", f"{found.funnelcast.start_up:.1f}", "", "")
    yield _row(
        "floor: page bytes to a file, unread", f"{floor:,.0f}", f"{found.floor.cpu:.1f}", _gb(found.floor.peak_bytes), _times(floor / rate)
    )
    for peer in peers.EXTRACTION:
        yield _row(peer.name, f"{peer.figure:,.0f}", "", _memory(peer), f"Funnelcast reads {rate / peer.figure:.1f}x as much; {peer.how}")
    yield f"  peers: {peers.EXTRACTION_HOW}"


def _sources(found: list[SourceExtraction]) -> Iterator[str]:
    yield "SOURCES  the simulated company's first load from each double over HTTP, or from files; CPU seconds beside start-up"
    yield _row("", "records/CPU s", "CPU s", "peak GB", "")
    for one in found:
        yield _row(one.kind, f"{one.per_cpu_second:,.0f}", f"{one.cost.work:.1f}", _gb(one.cost.peak_bytes), f"{one.records:,} records")


def _transform(found: Transform) -> Iterator[str]:
    rows = sum(found.log_rows.values())
    yield f"TRANSFORM  {found.applications:,} applications: {rows:,} records in the log, {found.log_bytes / 1e6:,.0f} MB of Parquet"
    yield f"  daily run: after +{DELTA:.1%} applications and what changed meanwhile, {sum(found.delta_rows.values()):,} records"
    yield _row("CPU seconds beside start-up", "first", "daily", "peak GB", "")
    for phase in PHASES:
        first, daily = found.first.phases[phase], found.daily.phases[phase]
        yield _row(f"  {phase}", f"{first.work:.1f}", f"{daily.work:.1f}", _gb(max(first.peak_bytes, daily.peak_bytes)), "")
    peak = max(found.first.peak_bytes, found.daily.peak_bytes)
    yield _row("Funnelcast, all phases", f"{found.first.work:.1f}", f"{found.daily.work:.1f}", _gb(peak), _transform_targets(found, peak))
    yield _core_and_marts(found.applications, found.first, found.daily)
    yield _row(
        f"seconds on the clock, {thread_count()} models at once",
        f"{found.first.clock:.1f}",
        f"{found.daily.clock:.1f}",
        "",
        "all phases, without start-up",
    )
    yield _row("start-up, once per run", f"{found.first.start_up:.1f}", f"{found.daily.start_up:.1f}", "", "imports, dbt parse")
    floors = max(found.floor.peak_bytes, found.floor_after_delta.peak_bytes)
    times = f"{found.first.work / found.floor.work:.1f}x and {found.daily.work / found.floor_after_delta.work:.1f}x over it"
    yield _row("floor: one script, no history", f"{found.floor.work:.1f}", f"{found.floor_after_delta.work:.1f}", _gb(floors), times)
    for name, cost, published in (
        ("first", found.first, peers.TRANSFORM_FIRST),
        ("daily", found.daily, peers.TRANSFORM_DAILY),
    ):
        for peer in published.get(found.applications, ()):
            figures = (f"{peer.figure:.1f}", "") if name == "first" else ("", f"{peer.figure:.1f}")
            ratio = f"Funnelcast takes {(cost.work + cost.start_up) / peer.figure:.2f}x with start-up; {peer.how}"
            yield _row(peer.name, *figures, _memory(peer), ratio)
    if found.applications in peers.TRANSFORM_FIRST:
        yield f"  peers: {peers.TRANSFORM_HOW}"


def _large(applications: int, build: Build) -> Iterator[str]:
    yield f"TRANSFORM, LARGE  {applications:,} applications: the first build up to the marts"
    yield _row("CPU seconds beside start-up", "first", "", "peak GB", "")
    for phase, cost in build.phases.items():
        yield _row(f"  {phase}", f"{cost.work:.1f}", "", _gb(cost.peak_bytes), "")
    yield _core_and_marts(applications, build)


def _core_and_marts(applications: int, first: Build, daily: Build | None = None) -> str:
    work, peak = first.core_and_marts
    note = ""
    if applications in targets.CORE_AND_MARTS:
        most, memory = targets.CORE_AND_MARTS[applications]
        note = f"first at most {most:.0f} within {memory:.0f} GB: {_verdict(work <= most and peak / GB <= memory)}"
    return _row("  of which core and marts", f"{work:.1f}", f"{daily.core_and_marts[0]:.1f}" if daily else "", _gb(peak), note)


def _transform_targets(found: Transform, peak: int) -> str:
    if found.applications != targets.TARGET_APPLICATIONS:
        return ""
    first = f"first at most {targets.FIRST_BUILD_CPU_SECONDS:.0f}: {_verdict(found.first.work <= targets.FIRST_BUILD_CPU_SECONDS)}"
    daily = f"daily at most {targets.DAILY_RUN_CPU_SECONDS:.0f}: {_verdict(found.daily.work <= targets.DAILY_RUN_CPU_SECONDS)}"
    memory = f"within {targets.TRANSFORM_PEAK_GB:.0f} GB: {_verdict(peak / GB <= targets.TRANSFORM_PEAK_GB)}"
    return f"{first}; {daily}; {memory}"


def _orchestration(found: Orchestration) -> Iterator[str]:
    yield f"ORCHESTRATION  {found.nodes} models, seeds and tests over small data; whole processes, start-up included"
    yield _row("", "CPU s", "over dbt", "peak GB", "")
    yield _row("dbt build, the command", f"{found.dbt_cpu:.1f}", "", "", "")
    reached = found.over_dbt <= targets.ORCHESTRATION_CPU_SECONDS
    target = f"target at most {targets.ORCHESTRATION_CPU_SECONDS:.0f} over: {_verdict(reached)}"
    yield _row("the same by the Dagster job", f"{found.dagster_cpu:.1f}", f"{found.over_dbt:.1f}", _gb(found.dagster_peak_bytes), target)
    for peer in peers.ORCHESTRATION:
        yield _row(peer.name, "", f"{peer.figure:.1f}", _memory(peer), peer.how)
    yield f"  peers: {peers.ORCHESTRATION_HOW}"


def _identity(found: Identity) -> Iterator[str]:
    yield f"IDENTITY  {found.records:,} records of candidates in two systems: {found.people:,} people, known by construction and found exactly"
    yield _row("CPU seconds beside start-up", "", "CPU s", "peak GB", "")
    peak = max(found.models.peak_bytes, found.tests.peak_bytes)
    target = ""
    if found.records == targets.TARGET_CANDIDATES:
        reached = found.models.work <= targets.IDENTITY_CPU_SECONDS and peak / GB <= targets.IDENTITY_PEAK_GB
        target = f"target at most {targets.IDENTITY_CPU_SECONDS:.0f} within {targets.IDENTITY_PEAK_GB:.0f} GB: {_verdict(reached)}"
    yield _row("Funnelcast, contacts to people", "", f"{found.models.work:.1f}", _gb(found.models.peak_bytes), target)
    yield _row("  its data tests", "", f"{found.tests.work:.1f}", _gb(found.tests.peak_bytes), "")
    note = "over finished links: no contacts read, no keys made"
    yield _row("floor: scipy connected components", "", f"{found.floor.work:.1f}", _gb(found.floor.peak_bytes), note)


def _row(name: str, *cells: str) -> str:
    first, second, third, note = cells
    return f"  {name:<36}{first:>14}{second:>9}{third:>9}  {note}".rstrip()


def _machine() -> str:
    return f"{_cores()} cores, Python {platform.python_version()}, {platform.system()}. CPU seconds (user and system) unless it says otherwise."


def _cores() -> int:
    return os.cpu_count() or 1


def _build_data(build: Build) -> dict[str, Any]:
    return {"work": build.work, "start_up": build.start_up, "clock": build.clock, "peak_bytes": build.peak_bytes, **_phases(build)}


def _phases(build: Build) -> dict[str, Any]:
    return {"phases": {name: _cost(cost) for name, cost in build.phases.items()}}


def _cost(cost: Cost) -> dict[str, Any]:
    return {
        "cpu": cost.cpu,
        "work": cost.work,
        "start_up": cost.start_up,
        "clock": cost.clock,
        "peak_bytes": cost.peak_bytes,
        "facts": dict(cost.facts),
    }


def _gb(size: int) -> str:
    return f"{size / GB:.2f}"


def _memory(peer: Peer) -> str:
    return "" if peer.memory_gb is None else f"{peer.memory_gb:.2f}"


def _times(ratio: float) -> str:
    return f"{ratio:.1f}x Funnelcast"


def _verdict(is_reached: bool) -> str:
    return "reached" if is_reached else "MISSED"
