"""The command: `python -m benchmarks [--apps N ...] [--only PART] [--records N] [--candidates N] [--large N] [--json FILE]`. Network: loopback alone. Leaves nothing behind."""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.extraction import RECORDS, measure_extraction
from benchmarks.identity import RECORDS as CANDIDATES
from benchmarks.identity import measure_identity
from benchmarks.measure import StepFailed
from benchmarks.orchestration import measure_orchestration
from benchmarks.report import Results, as_data, as_text
from benchmarks.sources import measure_sources
from benchmarks.transform import measure_large, measure_transform

PARTS = ("extraction", "sources", "transform", "large", "dagster", "identity")
#: What the large part needs on the disk for each application, with room to spill.
BYTES_PER_APPLICATION = 5_000


def main(arguments: Sequence[str] | None = None) -> int:
    """0 when everything was measured (a missed target is a figure, not a failure), 1 when a measured process failed."""
    asked = _parser().parse_args(arguments)
    parts = [asked.only] if asked.only else list(PARTS)
    results = Results()
    try:
        with tempfile.TemporaryDirectory(prefix="funnelcast-bench-", dir=asked.work) as folder:
            work = Path(folder)
            if "extraction" in parts:
                _say(f"extraction: {asked.records:,} records ...")
                results.extraction = measure_extraction(work, records=asked.records)
            if "sources" in parts:
                _say("sources: the simulated company from each double ...")
                results.sources = measure_sources(work)
            if "dagster" in parts:
                _say("orchestration: dbt build, then the same by Dagster ...")
                results.orchestration = measure_orchestration(work)
            if "identity" in parts:
                _say(f"identity: {asked.candidates:,} records of candidates ...")
                results.identity = measure_identity(work, records=asked.candidates)
            for applications in asked.apps if "transform" in parts else ():
                _say(f"transform: {applications:,} applications ...")
                results.transforms.append(measure_transform(work, applications, say=_say))
            for applications in asked.large if "large" in parts else ():
                if shutil.disk_usage(work).free < applications * BYTES_PER_APPLICATION:
                    _say(
                        f"large: left out, {applications:,} applications need {applications * BYTES_PER_APPLICATION / 1e9:.0f} GB of disk (--work DIR)"
                    )
                    continue
                _say(f"large: {applications:,} applications up to the marts ...")
                results.large[applications] = measure_large(work, applications, say=_say)
    except StepFailed as error:
        print(f"The benchmark stopped: {error}", file=sys.stderr)
        return 1
    print(as_text(results))
    if asked.json:
        Path(asked.json).write_text(json.dumps(as_data(results), indent=1) + "\n", encoding="utf-8")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="CPU seconds and memory, beside a floor and the peers.")
    parser.add_argument("--apps", type=int, nargs="+", default=[100_000, 1_000_000], metavar="N", help="applications of the transform")
    parser.add_argument(
        "--large", type=int, nargs="*", default=[5_000_000], metavar="N", help="applications of the build up to the marts alone"
    )
    parser.add_argument("--records", type=int, default=RECORDS, metavar="N", help="records of the extraction")
    parser.add_argument("--candidates", type=int, default=CANDIDATES, metavar="N", help="records of candidates of the identity part")
    parser.add_argument("--only", choices=PARTS, help="measure one part")
    parser.add_argument("--json", metavar="FILE", help="write the figures there too")
    parser.add_argument("--work", metavar="DIR", help="where the temporary folder is made (at a million applications: 6 GB, at five: 25)")
    return parser


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
