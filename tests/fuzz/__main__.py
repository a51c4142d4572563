"""`python -m tests.fuzz [--cases N] [--seed S] [--only "FAMILY NUMBER"]`: runs the cases, prints what does not hold, exits 1 if anything."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.fuzz import arguments, configurations, data, requests
from tests.fuzz.case import Case, problems, run_here, write
from tests.support.zygote import Zygote

#: Shares of the families; what is left is data: a check of a folder costs ten seconds, and every tenth goes through a whole run, too.
_CONFIGURATIONS, _ARGUMENTS, _REQUESTS = 0.5, 0.2, 0.27


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--cases", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="one case, by its family and number")
    asked = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="funnelcast-fuzz-"))
    counts: dict[str, int] = {}
    failed = 0
    try:
        for name, found in _results(asked.seed, asked.cases, asked.only, folder):
            family = name.partition(" ")[0]
            counts[family] = counts.get(family, 0) + 1
            failed += bool(found)
            for problem in found:
                print(f"{name}\n    {problem}", flush=True)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    shares = ", ".join(f"{family} {count}" for family, count in counts.items())
    print(f"seed {asked.seed}: {sum(counts.values())} cases ({shares}), {failed} with a problem")
    return 1 if failed else 0


def _results(seed: int, count: int, only: str, folder: Path) -> Iterator[tuple[str, list[str]]]:
    from base.home import Home
    from tests.support.published_sample import publish_sample

    def is_wanted(name: str) -> bool:
        return not only or name.startswith(f"{only} ")

    home = folder / "home"
    publish_sample(Home(home).prepare())
    os.chdir(folder)
    of_configurations, of_arguments, of_requests = (int(count * share) for share in (_CONFIGURATIONS, _ARGUMENTS, _REQUESTS))
    for case in configurations.cases(seed, of_configurations):
        if is_wanted(str(case)):
            yield str(case), run_here(case, _fresh(folder / "case"), folder / "case" / "home")
    for case in arguments.cases(seed, of_arguments):
        if is_wanted(str(case)):
            yield str(case), run_here(case, _fresh(folder / "case"), home)
    yield from _requests(seed, of_requests, only, folder)
    of_data = count - of_configurations - of_arguments - of_requests
    wanted = [case for case in data.cases(seed, of_data) if is_wanted(str(case))]
    if wanted:
        zygote = Zygote(folder / "zygote")
        try:
            for case in wanted:
                yield (
                    str(case),
                    run_in_fork(zygote, case, _fresh(folder / "case"), ("check", "run") if case.number % 10 == 0 else ("check",)),
                )
        finally:
            zygote.close()


def _requests(seed: int, count: int, only: str, folder: Path) -> Iterator[tuple[str, list[str]]]:
    with requests.receiver(folder / "spool") as (web, errors):
        for name, sent in requests.requests(seed, count):
            if not only or name.startswith(f"{only} "):
                yield name, requests.problems(web, errors, sent)


def run_in_fork(zygote: Zygote, case: Case, folder: Path, verbs: tuple[str, ...]) -> list[str]:
    """The case's folder through these verbs, each in a fork of one prepared process."""
    from tests.support.mistakes import Output

    config = write(case, folder)
    found = []
    for verb in verbs:
        environment = {name: value for name, value in case.environment.items() if value is not None}
        done = zygote.run("--config", str(config), "--home", str(folder / "home"), verb, env=environment)
        output = Output(done.code if done.code is not None else -(done.killed_by or 1), done.out, done.err)
        found += [f"{verb}: {problem}" for problem in problems(case, output)]
    return found


def _fresh(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


if __name__ == "__main__":
    sys.exit(main())
