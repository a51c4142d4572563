"""What a measured process runs: `python -m benchmarks.steps NAME ARGUMENTS(JSON) REPORT`. One function per step.

A step does its imports and dbt's parse first, then marks the beginning of its work with `Work`: what lies before (and the leaving of the
process) is start-up. Its peak memory is the process's own.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from base.home import Home, config_dir

Facts = dict[str, Any]
_STEPS: dict[str, Callable[..., Facts]] = {}
_work_seconds, _clock_seconds = 0.0, 0.0


def step(function: Callable[..., Facts]) -> Callable[..., Facts]:
    _STEPS[function.__name__] = function
    return function


class Work:
    """`with Work():` CPU seconds of the block, over all threads, are the step's work; its seconds on the clock are counted too."""

    def __enter__(self) -> None:
        self._from, self._clock_from = time.process_time(), time.monotonic()

    def __exit__(self, *_: object) -> None:
        global _work_seconds, _clock_seconds
        _work_seconds += time.process_time() - self._from
        _clock_seconds += time.monotonic() - self._clock_from


@step
def extract(source: str, window_end: str) -> Facts:
    """Every stream of one source that the configuration allows, into the lake of the home, as a run does."""
    from base.clock import parse_instant
    from base.ops import engine
    from ingestion.extract.run import extract as extract_source
    from orchestration.checked_config import load_config

    config, home = load_config(config_dir()), Home.at().prepare()
    ops = engine(home)
    with Work():
        loaded = extract_source(config, home, ops, config.source(source), window_end=parse_instant(window_end))
    return {"written": loaded.written, "bytes": sum(path.stat().st_size for path in home.lake.rglob("*.parquet"))}


@step
def pages_to_file(url: str, target: str) -> Facts:
    """The floor of extraction: follow the pages over one connection and append their bytes to a file, unread."""
    import httpx

    pages = 0
    with Work(), Path(target).open("wb") as out, httpx.Client() as client:
        following: str | None = url
        while following:
            reply = client.get(following)
            reply.raise_for_status()
            out.write(reply.content)
            out.write(b"\n")
            pages += 1
            following = reply.links.get("next", {}).get("url")
    return {"pages": pages}


@step
def write_log(applications: int) -> Facts:
    """The benchmark company's first load, straight into the lake (sandbox/lake_writer.py), and its ledger rows."""
    from sandbox.lake_writer import write_lake

    with Work():
        written = write_lake(Home.at().lake, applications)
    return _in_ledger(written)


@step
def write_delta(applications: int, fraction: float) -> Facts:
    """The next window: `fraction` more applications, and every record that changed in that time."""
    from sandbox.lake_writer import write_delta as write

    with Work():
        written = write(Home.at().lake, applications, fraction)
    return _in_ledger(written)


@step
def dbt_build(select: list[str], exclude: list[str]) -> Facts:
    """A selection of the project, as a run builds it (orchestration/build/dbt.py); imports and parse are start-up."""
    from orchestration.build import dbt
    from orchestration.build.node_results import raise_on_failure

    home = Home.at()
    dbt.parse(home)
    with Work():
        results = dbt.build(home, select=select, exclude=exclude, variables={})
    raise_on_failure(results)
    slowest = sorted(results, key=lambda result: -result.seconds)[:15]
    return {"nodes": len(results), "slowest": {result.name: round(result.seconds, 2) for result in slowest}}


@step
def checksums() -> Facts:
    """The parts that the next staging parses, read against their checksums (orchestration/build/staging_parts.py)."""
    from base.ops import engine
    from orchestration.build import dbt, staging_parts

    home = Home.at()
    nodes, ops = dbt.parse(home).nodes, engine(home)
    with Work():
        damaged = staging_parts.check(home, ops, nodes)
    return {"damaged": len(damaged)}


@step
def dagster_build(as_of: str) -> Facts:
    """The daily job's dbt assets and their checks, executed by Dagster in this process; all of it is work."""
    with Work():
        from orchestration.assets.keys import of_kinds
        from orchestration.build.idle import kinds_in_use
        from orchestration.checked_config import load_config
        from orchestration.definitions import build_definitions
        from orchestration.instance.dagster_home import open_instance
        from orchestration.run.request import RunRequest
        from orchestration.run.session import open_session

        home, config = Home.at(), load_config(config_dir())
        with open_session(home, config, RunRequest(as_of=as_of)) as session:
            instance = open_instance(home)
            job = build_definitions(home, config, session=session).resolve_job_def("daily")
            used = of_kinds(job.asset_layer.executable_asset_keys, kinds_in_use(home, config))
            keys = [key for key in used if key.path[0] not in ("raw", "published", "reports")]
            quiet = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
            result = job.execute_in_process(instance=instance, asset_selection=keys, run_config=quiet)
            instance.dispose()
    checks = result.get_asset_check_evaluations()
    return {"nodes": len(result.get_asset_materialization_events()) + len(checks), "checks": len(checks)}


@step
def gate() -> Facts:
    """The quality gate on what is new; importing Great Expectations is start-up."""
    import great_expectations  # noqa: F401

    from base.ops import engine
    from ingestion.gate import gate as judge
    from orchestration.build import dbt
    from orchestration.build.staged import fields_read

    home = Home.at()
    ops = engine(home)
    read = fields_read(dbt.parse(home).nodes.values())
    with Work():
        report = judge(home, ops, run_id="benchmark", judged_at=datetime(2026, 6, 29, 6, tzinfo=UTC), fields_read=read)
    if not report.is_passed:
        raise SystemExit(f"the gate blocks: {report.blocking}")
    return {"streams": len(report.streams), "rows": sum(stream.row_count for stream in report.streams)}


@step
def publish(as_of: str) -> Facts:
    """The published version of what is built."""
    from base.clock import parse_instant
    from exports.publish import RunFacts
    from exports.publish import publish as publish_version
    from orchestration.build import dbt

    home, moment = Home.at(), parse_instant(as_of)
    facts = RunFacts("benchmark", moment, None, moment, config_digest="", mappings_digest="", lock_digest="")
    with Work():
        published = publish_version(home, manifest_path=dbt.manifest_path(home), facts=facts)
    return {"rows": sum(published.row_counts.values()), "is_new": published.is_new, "row_counts": published.row_counts}


@step
def floor(database: str) -> Facts:
    """The hand-written script (benchmarks/floor.py) over the home's log."""
    import duckdb  # noqa: F401

    from benchmarks.floor import run_floor

    with Work():
        counts = run_floor(Home.at().lake, Path(database))
    return dict(counts)


@step
def write_contacts(records: int) -> Facts:
    """Contact data whose people are known, as the canonical tables that the identity models read."""
    import duckdb

    from benchmarks.identity_data import write_contacts as write

    with Work(), duckdb.connect(str(Home.at().warehouse)) as connection:
        return {"people": write(connection, records)}


@step
def identity_floor() -> Facts:
    """People counted by scipy's connected components over the finished links, and as the models count them."""
    import duckdb
    import scipy.sparse.csgraph  # noqa: F401

    from benchmarks.identity_data import people_by_scipy

    with duckdb.connect(str(Home.at().warehouse), read_only=True) as connection:
        with Work():
            by_scipy = people_by_scipy(connection)
        [(by_us,)] = connection.execute("select count(distinct candidate_key) from canonical.person_map").fetchall()
    return {"by_scipy": by_scipy, "by_us": by_us}


def _in_ledger(written: Any) -> Facts:
    """The loads of written files, taken into the ledger from their own metadata, as after a lost operations database."""
    from base.clock import iso
    from base.ops import engine
    from ingestion.log.recovery import recover

    home = Home.at()
    recover(home, engine(home, is_new=True))
    return {
        "rows": written.rows,
        "window_end": iso(written.window_end),
        "bytes": sum(p.stat().st_size for p in home.lake.rglob("*.parquet")),
    }


def own_peak_bytes() -> int:
    """Peak resident set of this process alone: from the kernel's status file where there is one."""
    status = Path("/proc/self/status")
    if status.exists():
        for line in status.read_text(encoding="ascii", errors="replace").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def main(name: str, arguments: str, report: str) -> None:
    facts = _STEPS[name](**json.loads(arguments))
    figures = {"work": _work_seconds, "clock": _clock_seconds, "peak_bytes": own_peak_bytes(), "facts": facts}
    Path(report).write_text(json.dumps(figures), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
