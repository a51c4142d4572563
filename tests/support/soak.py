"""A home that is disturbed at random for as long as one likes, and must always come back: `python -m tests.support.soak --minutes 30 --seed 1`.

Each round a week passes in the simulated company. A calm home makes one run; a wild one, over the same services, is killed, its disk fills, its clock
steps, bits of its files flip, its source misbehaves, files at the source are written anew; then it is repaired and makes one run. After that it must have
published what the calm one has, have lost no row, and have sent nothing twice without a word.

What is done in which order follows from the seed alone; where a kill strikes is measured in CPU seconds, so the load of the machine changes little.
"""

from __future__ import annotations

import argparse
import csv
import random
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import httpx
import yaml

from tests.support.damage import flip
from tests.support.runs import Company
from tests.support.zygote import WORLD, Finished, Zygote

#: Words that no message of a disturbed run may hold.
BUG = ("internal error", "Traceback", "This is a bug")

#: A source that misbehaves in passing.
FAULTS = (
    {"kind": "status", "service": "greenhouse", "status": 503, "nth": 3},
    {"kind": "cut", "service": "greenhouse", "nth": 5},
    {"kind": "short", "service": "greenhouse", "nth": 4},
    {"kind": "html", "service": "gem", "nth": 2},
    {"kind": "status", "service": "greenhouse", "route": "/v3/offers", "status": 403},
)


class SoakFailure(AssertionError):
    """The wild home did not come back."""


@dataclass
class Soak:
    """One wild home and what is done to it. `log` is what was done so far, to be printed when something fails."""

    company: Company
    chance: random.Random
    say: Callable[[str], None]
    log: list[str] = field(default_factory=list)

    def disturb(self) -> None:
        """One disturbance, drawn by chance."""
        actions = (
            self.kill,
            self.kill,
            self.flip_a_bit,
            self.flip_a_bit,
            self.fill_the_disk,
            self.step_the_clock,
            self.break_a_source,
            self.edit_a_file,
            self.edit_a_file,
            self.run,
        )
        self.chance.choice(actions)()

    def run(self) -> Finished:
        return self._did("run", self.company.funnelcast("run"))

    def kill(self) -> None:
        after = round(self.chance.uniform(0.05, 6), 2)
        self._did(f"run, killed after {after} s of CPU", self.company.funnelcast("run", kill_after=after))

    def fill_the_disk(self) -> None:
        limit = int(10 ** self.chance.uniform(4, 7))
        self._did(f"run with files of at most {limit:,} bytes", self.company.funnelcast("run", file_limit=limit))

    def step_the_clock(self) -> None:
        days = self.chance.choice((-7, -1, 2, 400))
        now = f"{_moment(self.company) + timedelta(days=days):%Y-%m-%dT%H:%M:%SZ}"
        self._did(f"run with the clock at {now}", self.company.funnelcast("run", FUNNELCAST_NOW=now))

    def flip_a_bit(self) -> None:
        files = sorted(path for path in self.company.home.rglob("*") if path.is_file() and not path.is_symlink() and path.stat().st_size)
        # By folder first: a home has hundreds of small files of Dagster and of reports.
        folders = sorted({path.relative_to(self.company.home).parts[0] for path in files})
        folder = self.chance.choice(folders)
        path = self.chance.choice([path for path in files if path.relative_to(self.company.home).parts[0] == folder])
        at, bit = self.chance.random(), self.chance.randrange(8)
        flip(path, at=at, bit=bit)
        self._note(f"bit {bit} flipped at {at:.2f} of {path.relative_to(self.company.home)}")

    def break_a_source(self) -> None:
        fault = self.chance.choice(FAULTS)
        url = control(self.company)
        httpx.post(url, json=fault).raise_for_status()
        try:
            self._did(f"run while {fault}", self.company.funnelcast("run"))
        finally:
            httpx.delete(url).raise_for_status()

    def edit_a_file(self) -> None:
        """A table of the drop folder, written anew: in another order and with a row twice, with another number, or cut off until a person mends it."""
        folder = self.company.config.parent / "sources" / "outreach_drop"
        self.chance.choice((self._reorder, self._restate, self._cut_off))(folder)

    def _reorder(self, folder: Path) -> None:
        """Other bytes, the same records."""
        path = self.chance.choice(sorted(folder.glob("*.csv")))
        head, *rows = path.read_text(encoding="utf-8").splitlines(keepends=True)
        if rows and '"\n' not in "".join(rows):
            self.chance.shuffle(rows)
            path.write_text("".join([head, *rows, rows[0]]), encoding="utf-8")
            self._note(f"{path.name} written in another order")

    def _restate(self, folder: Path) -> None:
        """Other figures under the same keys: the later file is right."""
        path = folder / "hiring_plan.csv"
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        row = self.chance.choice(rows)
        row["planned_hires"] = str(int(row["planned_hires"]) + 1)
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
        self._note(f"{path.name}: {row['plan_line_id']} restated")

    def _cut_off(self, folder: Path) -> None:
        """Its last row loses its end, and a run reads that; then the whole file comes."""
        path = self.chance.choice(sorted(folder.glob("*.csv")))
        whole = path.read_bytes()
        path.write_bytes(whole.rstrip().rpartition(b",")[0])
        self._did(f"run with {path.name} cut off", self.company.funnelcast("run"))
        path.write_bytes(whole)

    def settle(self) -> None:
        """What a person does afterwards: repair, release what was held, run."""
        repaired = self._did("repair", self.company.funnelcast("repair"))
        if repaired.code != 0:
            self._did("repair lake --accept-loss", self.company.funnelcast("repair", "lake", "--accept-loss"))
            repaired = self._did("repair", self.company.funnelcast("repair"))
        self._did("reports release", self.company.funnelcast("reports", "release"))
        ran = self.run()
        if repaired.code != 0 or ran.code != 0:
            self.fail(f"repair ended with {repaired.code}, the run after it with {ran.code}:\n{repaired.out}{repaired.err}{ran.err}")

    def check(self, content_hash: str, rows: set[tuple[str, ...]]) -> None:
        """Against an undisturbed home: the same content published, no row lost, nothing sent twice in silence."""
        published = self.company.manifest()["content_hash"]
        if published != content_hash:
            self.fail(f"published {published[:12]} instead of {content_hash[:12]}")
        lost = rows - versions(self.company.home)
        if lost:
            self.fail(f"{len(lost)} of {len(rows)} rows lost, for example {min(lost)}")
        doubled = {key for key, count in self.company.deliveries().items() if count > 1}
        silent = doubled - self._said_to_be_repeated()
        if silent:
            self.fail(f"sent twice, and nobody was told: {', '.join(sorted(silent))}")

    def _said_to_be_repeated(self) -> set[str]:
        """Keys of the deliveries of which the ledger says that they were sent again: the owner is notified of these."""
        from base.home import Home
        from base.ops import engine
        from exports.delivery import delivery_ledger as ledger

        rows = ledger.find(engine(Home(self.company.home)))
        return {row.key.text for row in rows if (row.reason or "").startswith(ledger.REPEATED)}

    def fail(self, problem: str) -> None:
        raise SoakFailure(problem + "\nwhat was done:\n  " + "\n  ".join(self.log))

    def _did(self, what: str, done: Finished) -> Finished:
        self._note(f"{what}: " + ("killed" if done.killed_by else f"exit {done.code}"))
        words = [word for word in BUG if word in done.err + done.out]
        if words:
            self.fail(f"'{words[0]}' in the message:\n{done.err[-3000:]}{done.out[-2000:]}")
        return done

    def _note(self, what: str) -> None:
        self.log.append(what)
        self.say(what)


def versions(home: Path) -> set[tuple[str, ...]]:
    """Every record version of the log: source, stream, id, content."""
    pattern = f"{home}/lake/*/*/load_date=*/*.parquet"
    query = f"select distinct source, stream, record_id, payload_hash from read_parquet('{pattern}', hive_partitioning = false)"
    return set(duckdb.sql(query).fetchall())


def control(company: Company) -> str:
    """The address of the switches of faults."""
    sources = yaml.safe_load((company.config / "sources.yml").read_text(encoding="utf-8"))["sources"]
    return str(httpx.URL(next(entry["base_url"] for entry in sources if "base_url" in entry)).copy_with(path="/_control/faults"))


def _moment(company: Company) -> datetime:
    from base.clock import parse_instant

    return parse_instant(company.environment["FUNNELCAST_NOW"])


def soak(folder: Path, *, seed: int, minutes: float, say: Callable[[str], None]) -> int:
    """Rounds until the time is over; returns how many. Raises SoakFailure."""
    from base.clock import iso
    from sandbox.company import simulate
    from sandbox.config import write_config
    from sandbox.server import Doubles

    world = simulate(**WORLD)  # type: ignore[arg-type]
    start = world.now - timedelta(weeks=40)
    zygote = Zygote(folder / "zygote")
    ends, rounds = time.monotonic() + minutes * 60, 0
    try:
        with Doubles(world.at(start), folder) as doubles:
            config = write_config(folder / "config", doubles)
            quiet_config = write_config(folder / "calm" / "config", doubles)
            company_yml = quiet_config / "company.yml"
            company_yml.write_text(company_yml.read_text(encoding="utf-8").replace("enabled: true", "enabled: false"), encoding="utf-8")
            wild = Company(folder, {**doubles.environment, "FUNNELCAST_CONFIG": str(config)}, zygote)
            calm = replace(
                wild, environment={**doubles.environment, "FUNNELCAST_CONFIG": str(quiet_config)}, place=folder / "calm" / "home"
            )
            chance = random.Random(seed)
            while time.monotonic() < ends:
                now = iso(start + timedelta(weeks=rounds))
                if rounds:
                    doubles.travel(start + timedelta(weeks=rounds))
                for company in (wild, calm):
                    company.environment["FUNNELCAST_NOW"] = now
                say(f"round {rounds + 1}, {now}")
                disturbed = Soak(wild, chance, lambda text: say(f"  {text}"))
                for _ in range(chance.randint(1, 5)):
                    disturbed.disturb()
                # Only now: the calm home reads the files as they are in the end.
                done = calm.funnelcast("run")
                if done.code != 0:
                    raise SoakFailure(f"the calm home failed: {done.err}")
                disturbed.settle()
                disturbed.check(calm.manifest()["content_hash"], versions(calm.home))
                rounds += 1
    finally:
        with suppress(Exception):
            zygote.close()
    return rounds


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    options.add_argument("--minutes", type=float, default=30)
    options.add_argument("--seed", type=int, default=int(time.time()) % 1_000_000)
    given = options.parse_args()
    began = time.monotonic()

    def say(text: str) -> None:
        sys.stdout.write(f"{time.monotonic() - began:7.1f} s  {text}\n")
        sys.stdout.flush()

    say(f"seed {given.seed}")
    folder = Path(tempfile.mkdtemp(prefix="funnelcast-soak-"))
    rounds = soak(folder, seed=given.seed, minutes=given.minutes, say=say)
    say(f"{rounds} rounds, everything came back; seed {given.seed}, {folder}")


if __name__ == "__main__":
    main()
