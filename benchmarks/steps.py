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
_work_seconds = 0.0


def step(function: Callable[..., Facts]) -> Callable[..., Facts]:
    _STEPS[function.__name__] = function
    return function


class Work:
    """`with Work():` CPU seconds of the block, over all threads, are the step's work."""

    def __enter__(self) -> None:
        self._from = time.process_time()

    def __exit__(self, *_: object) -> None:
        global _work_seconds
        _work_seconds += time.process_time() - self._from


@step
def extract(source: str, window_end: str) -> Facts:
    """Every stream of one source that the configuration allows, into the lake of the home, as a run does."""
    from base.clock import parse_instant
    from base.config import load_config
    from base.ops import engine
    from ingestion.extract import extract as extract_source

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


def own_peak_bytes() -> int:
    """Peak resident set of this process alone: from the kernel's status file where there is one."""
    status = Path("/proc/self/status")
    if status.exists():
        for line in status.read_text(encoding="ascii", errors="replace").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def naive_now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)


def main(name: str, arguments: str, report: str) -> None:
    facts = _STEPS[name](**json.loads(arguments))
    told = {"work": _work_seconds, "peak_bytes": own_peak_bytes(), "facts": facts}
    Path(report).write_text(json.dumps(told), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
