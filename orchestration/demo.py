"""The demo: a simulated company, served over real HTTP, SMTP and Slack's protocol on loopback, through the same job as a real one's.

The clock is frozen at the company's now, so the demo says the same on any day. Everything lies in one folder and can be deleted.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from base.clock import NOW_VARIABLE, iso
from base.environment import variables
from base.errors import ConfigError
from base.home import CONFIG_VARIABLE, HOME_VARIABLE, Home
from base.personal_data import Place
from orchestration.run.result import Outcome

MARKER = ".funnelcast-demo"

PLACES = (
    Place("mark of a demo", "where it lies and its frozen clock", format="text", files=(MARKER,)),
    Place(
        "the simulated company",
        "simulated people; a demo's folder is deleted as a whole",
        holds=("payloads", "employees"),
        format="YAML, CSV, JSON, email, HTML, PNG",
        files=("config/**", "sources/**", "truth/**", "inbox/**", "slack/**"),
    ),
)


@dataclass(frozen=True)
class Demo:
    """A finished demo. `inbox` and `slack` hold what was delivered."""

    home: Home
    config: Path
    inbox: Path
    slack: Path
    outcome: Outcome
    now: str


def run_demo(
    folder: Path,
    *,
    fresh: bool = True,
    seed: int = 7,
    years: float = 2.0,
    requisitions: int | None = None,
    ats: str = "greenhouse",
    say: Callable[[str], None],
) -> Demo:
    """Simulate, serve (as `ats`), check, run, deliver. `fresh` empties the folder first (only one that a demo made)."""
    from ingestion.preflight.check import check
    from orchestration.checked_config import load_config
    from orchestration.daily import run_daily
    from orchestration.run.request import RunRequest
    from sandbox.ats import systems
    from sandbox.company import simulate
    from sandbox.server import Doubles

    systems(ats)  # a wrong name fails before anything is emptied
    root = _prepare(folder, fresh=fresh)
    say("simulating a company")
    sizes = {"requisitions": requisitions} if requisitions else {}
    world = simulate(seed=seed, years=years, **sizes)  # type: ignore[arg-type]
    say(
        f"a company of {len(world.users)} employees, {len(world.seen_jobs)} requisitions, {len(world.seen_applications):,} applications and prospects"
    )
    with Doubles(world, root, ats=ats) as doubles:
        from sandbox.config import write_config

        config_folder = write_config(root / "config", doubles)
        values = {
            **doubles.environment,
            NOW_VARIABLE: iso(world.now),
            HOME_VARIABLE: str(root),
            CONFIG_VARIABLE: str(config_folder),
        }
        with _environment(values):
            home, config = Home(root).prepare(), load_config(config_folder)
            say("preflight: does every source answer")
            for source in config.sources:
                for finding in check(source):
                    if not finding.is_ok:
                        say(f"  {source.name}: {finding}")
            outcome = run_daily(home, config, RunRequest(), progress=say)
    return Demo(home, config_folder, root / "inbox", root / "slack", outcome, iso(world.now))


def headlines(home: Home) -> list[tuple[str, str]]:
    """The numbers a person would ask for first, each read from the published marts: (label, text)."""
    import duckdb

    with duckdb.connect() as marts:
        # Attached under another name: a file `marts` with a schema `marts` makes `marts.x` ambiguous to DuckDB.
        marts.execute(f"attach '{home.current / 'funnelcast.duckdb'}' as published (read_only)")
        marts.execute("use published")

        def one(query: str) -> tuple[object, ...]:
            return marts.execute(query).fetchone() or ()

        applications, hires = one("select count(*), count(*) filter (status_code = 'hired') from core.fct_applications")
        offers = one(
            "select sum(accepted_count), sum(declined_count), sum(accepted_count) / nullif(sum(accepted_count + declined_count), 0)"
            " from marts.offer_acceptance where slice_type = 'company'"
        )
        stages = marts.execute(
            "select stage_code, next_stage_code, reached_count, advanced_count, adjusted_rate, adjusted_rate_low, adjusted_rate_high"
            " from marts.funnel_passthrough where slice_type = 'company' and cohort_month is null and reached_count > 0"
            " and adjusted_rate is not null order by stage_order"
        ).fetchall()
    lines = [("Applications", f"{applications:,}"), ("Hires", f"{hires:,}")]
    if offers and offers[2] is not None:
        lines.append(("Offer acceptance", f"{offers[2]:.1%} ({offers[0]:,} accepted, {offers[1]:,} declined)"))
    lines += [
        (
            f"{stage} to {following or 'its next stage'}",
            f"{rate:.1%} (95 % interval {low:.1%} to {high:.1%}; {advanced:,} of {reached:,} so far, trailing 12 months)",
        )
        for stage, following, reached, advanced, rate, low, high in stages
    ]
    return lines


def demo_environment(root: Path) -> dict[str, str]:
    """Home, configuration and frozen clock of a demo made earlier, for commands that look at it afterwards."""
    return dict(line.split("=", 1) for line in (root / MARKER).read_text(encoding="utf-8").splitlines() if "=" in line)


def _prepare(folder: Path, *, fresh: bool) -> Path:
    root = folder.resolve()
    if root.exists() and any(root.iterdir()):
        if not (root / MARKER).exists():
            raise ConfigError(f"{root} exists and was not created by the demo", remedy="Give another folder: funnelcast --home DIR demo.")
        if fresh:
            shutil.rmtree(root)
    root.mkdir(parents=True, exist_ok=True)
    (root / MARKER).touch()
    return root


@contextmanager
def _environment(values: dict[str, str]) -> Iterator[None]:
    """The demo's variables, for this process and, in the marker, for commands over the kept demo."""
    kept = (NOW_VARIABLE, HOME_VARIABLE, CONFIG_VARIABLE)
    (Path(values[HOME_VARIABLE]) / MARKER).write_text("".join(f"{name}={values[name]}\n" for name in kept), encoding="utf-8")
    with variables(values):
        yield
