"""The demo: a simulated company, served over real HTTP, SMTP and Slack's protocol on loopback, through the same job as a real one's.

The clock is frozen at the company's now, so the demo says the same on any day. Everything lies in one folder and can be deleted.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from base.clock import NOW_VARIABLE
from base.environment import variables
from base.home import CONFIG_VARIABLE, HOME_VARIABLE, Home
from orchestration.demo_home import Recipe, config_folder, demo_services, new_company, read_recipe
from orchestration.run.result import Outcome


@dataclass(frozen=True)
class Demo:
    """A finished demo. `inbox` and `slack` hold what was delivered."""

    home: Home
    config: Path
    inbox: Path
    slack: Path
    outcome: Outcome
    now: str


def run_demo(folder: Path, recipe: Recipe, *, fresh: bool = True, say: Callable[[str], None]) -> Demo:
    """Simulate, serve, check, run, deliver. `fresh` empties the folder first (only one that a demo made); else its company goes on."""
    from ingestion.preflight.check import check
    from orchestration.checked_config import load_config
    from orchestration.daily import run_daily
    from orchestration.run.request import RunRequest

    root = folder.resolve()
    with new_company(root, recipe, say) if fresh or read_recipe(root) is None else demo_services(root) as served:
        assert served is not None
        config_path = config_folder(root)
        with variables({NOW_VARIABLE: served.now, HOME_VARIABLE: str(root), CONFIG_VARIABLE: str(config_path)}):
            home, config = Home(root).prepare(), load_config(config_path)
            say("preflight: does every source answer")
            for source in config.sources:
                for finding in check(source):
                    if not finding.is_ok:
                        say(f"  {source.name}: {finding}")
            outcome = run_daily(home, config, RunRequest(), progress=say)
    return Demo(home, config_path, root / "inbox", root / "slack", outcome, served.now)


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
