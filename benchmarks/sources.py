"""Extraction per kind of source: the simulated company from each double over real HTTP, or from its files, to committed files of the lake.

Other than benchmarks/extraction.py, which measures one stream of large pages, this has each vendor's own ways in it: pages per parent, pages
of 100, envelopes, small records. What it costs is the number of requests more than the number of records.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from base.home import PROJECT_ROOT
from benchmarks.measure import Cost, Place, StepFailed, run_step
from sandbox.ats import MIX, systems

REQUISITIONS = 24
#: Which sources are read while the company is served as which ATS: the CRM, mail and files are the same under each, so they are read
#: with the first.
SERVED: dict[str, tuple[str, ...]] = {
    ats: (ats, "gem", "ses", "outreach_drop") if place == 0 else (ats,) for place, ats in enumerate(systems(MIX))
}


@dataclass(frozen=True)
class SourceExtraction:
    """One source's whole first load."""

    kind: str
    records: int
    cost: Cost

    @property
    def per_cpu_second(self) -> float:
        """Of the work alone: these loads are small, and start-up would be most of them."""
        return self.records / self.cost.work


def measure_sources(
    work: Path, *, requisitions: int = REQUISITIONS, served: Mapping[str, Sequence[str]] = SERVED
) -> list[SourceExtraction]:
    """Each source once, in a process of its own. Raises StepFailed when one writes nothing."""
    found = []
    for ats, sources in served.items():
        with _company(work / f"served_as_{ats}", ats, requisitions) as (folder, served_facts):
            kinds = {
                source["name"]: source["kind"]
                for source in yaml.safe_load((folder / "config" / "sources.yml").read_text(encoding="utf-8"))["sources"]
            }
            os.environ.update(served_facts["environment"])
            for source in sources:
                place = Place.below(folder / f"home_{source}", folder / "config")
                cost = run_step("extract", place, source=source, window_end=served_facts["window_end"])
                if not cost.facts["written"]:
                    raise StepFailed(f"{source} wrote no record")
                found.append(SourceExtraction(kinds[source], cost.facts["written"], cost))
    return found


@contextmanager
def _company(folder: Path, ats: str, requisitions: int) -> Iterator[tuple[Path, dict[str, Any]]]:
    folder.mkdir(parents=True)
    command = [sys.executable, "-m", "benchmarks.company_server", ats, str(requisitions), str(folder)]
    process = subprocess.Popen(command, cwd=PROJECT_ROOT)
    try:
        while not (folder / "server.json").exists():
            if process.poll() is not None:
                raise StepFailed(f"the doubles ended with {process.returncode}")
            time.sleep(0.1)
        yield folder, json.loads((folder / "server.json").read_text(encoding="utf-8"))
    finally:
        process.terminate()
        process.wait()
