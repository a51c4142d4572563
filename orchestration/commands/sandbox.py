"""`funnelcast sandbox serve`: the simulated company's services alone, over real HTTP and SMTP on loopback."""

from __future__ import annotations

import click

from orchestration.commands.options import VerbGroup, Where, shared_options
from orchestration.commands.simulation import simulation_options


@click.group("sandbox", cls=VerbGroup)
@shared_options
def command(where: Where) -> None:
    """The simulated company: doubles of its ATS, Gem, Slack, SMTP and SES that keep what they receive."""


@command.command("serve")
@click.option("--folder", type=click.Path(file_okay=False), default="sandbox_home", show_default=True, help="Where to keep what arrives.")
@simulation_options
@shared_options
def serve(where: Where, folder: str, seed: int, years: float, requisitions: int, ats: str) -> None:
    """Serve until stopped; prints addresses and the environment variables with the credentials."""
    from base.home import output_folder
    from sandbox.ats import systems
    from sandbox.company import simulate
    from sandbox.config import write_config
    from sandbox.server import Doubles

    systems(ats)
    root = output_folder(folder, "--folder")
    click.echo("Simulating the company ...", err=True)
    world = simulate(seed=seed, years=years, requisitions=requisitions)
    with Doubles(world, root, ats=ats) as doubles:
        config = write_config(root / "config", doubles)
        click.echo(f"Configuration  {config}\nMessages       {root}\n")
        for name, value in doubles.environment.items():
            click.echo(f"export {name}={value}")
        click.echo(f"export FUNNELCAST_NOW={world.now.isoformat()}\n\nTry: funnelcast --config {config} --home {root / 'home'} run")
        click.echo("Stop with Ctrl-C.", err=True)
        doubles.wait()
