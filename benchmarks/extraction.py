"""Extraction: records per CPU second of the process that extracts, from pages over real HTTP to committed files of the lake."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from base.home import PROJECT_ROOT
from benchmarks.measure import Cost, Place, StepFailed, run_step

RECORDS = 200_000
_SOURCE = "pages"
_WINDOW_END = "2026-06-29T06:00:00Z"
#: What the token double accepts; not a secret of anybody.
_CREDENTIALS = {"client_id": "FUNNELCAST_BENCH_CLIENT", "client_secret": "FUNNELCAST_BENCH_SECRET"}


@dataclass(frozen=True)
class Extraction:
    """Funnelcast's run and the floor's (page bytes appended to a file, unread) over the same pages."""

    records: int
    record_bytes: float
    funnelcast: Cost
    floor: Cost

    def per_cpu_second(self, cost: Cost) -> float:
        """Of the whole process, start-up counted: as the peers were measured."""
        return self.records / cost.cpu


def measure_extraction(work: Path, *, records: int = RECORDS) -> Extraction:
    """Serve `records` from another process and extract them. Raises StepFailed when a record is missing."""
    with page_server(work, records) as server:
        place = Place.below(work / "extraction", _configuration(work, server["url"]))
        for variable in _CREDENTIALS.values():
            os.environ[variable] = "loopback"
        funnelcast = run_step("extract", place, source=_SOURCE, window_end=_WINDOW_END)
        if funnelcast.facts["written"] != records:
            raise StepFailed(f"{funnelcast.facts['written']} of {records} records were written")
        floor = run_step("pages_to_file", place, url=f"{server['url']}/v3/applications", target=str(work / "pages"))
        if floor.facts["pages"] != server["pages"]:
            raise StepFailed(f"the floor read {floor.facts['pages']} of {server['pages']} pages")
    return Extraction(records, server["bytes"] / records, funnelcast, floor)


@contextmanager
def page_server(work: Path, records: int) -> Iterator[dict[str, Any]]:
    """The server of pre-built pages in a process of its own: its url, pages, bytes and records."""
    address = work / "server.json"
    process = subprocess.Popen([sys.executable, "-m", "benchmarks.page_server", str(records), str(address)], cwd=PROJECT_ROOT)
    try:
        while not address.exists():
            if process.poll() is not None:
                raise StepFailed(f"the page server ended with {process.returncode}")
            time.sleep(0.1)
        yield json.loads(address.read_text(encoding="utf-8"))
    finally:
        process.terminate()
        process.wait()
        address.unlink(missing_ok=True)


def _configuration(work: Path, url: str) -> Path:
    """A configuration folder with the server as its one source of kind greenhouse, one stream."""
    folder = work / "extraction_config"
    folder.mkdir()
    source = {
        "name": _SOURCE,
        "kind": "greenhouse",
        "base_url": f"{url}/v3",
        "token_url": f"{url}/token",
        "credentials": _CREDENTIALS,
        "streams": ["applications"],
    }
    (folder / "sources.yml").write_text(yaml.safe_dump({"sources": [source]}), encoding="utf-8")
    return folder
