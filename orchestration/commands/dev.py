"""`funnelcast dev`: Dagster's UI and daemon on loopback, over one home."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import click

from orchestration.commands.options import Where, shared_options

#: What Dagster warns of at each start of `dagster dev`; its successor `dg` wants a project of another shape.
_SUPERSEDED = "Function `dev_command` is superseded"


@click.command("dev")
@click.option("--port", default=3000, type=click.IntRange(1, 65535), show_default=True, help="Port of the UI.")
@shared_options
def command(where: Where, port: int) -> None:
    """Open Dagster's UI on 127.0.0.1. Without --home: demo_home, if the demo was run here, else ./funnelcast_home.

    Over a demo's home the simulated company is served for as long, so that jobs can be launched. The open-source UI has no log-in and can
    start runs, so it listens on loopback only; put a proxy with log-in in front of it to share it.
    """
    from dataclasses import replace
    from pathlib import Path

    from base.home import CONFIG_VARIABLE, HOME_VARIABLE, PROJECT_ROOT, Home
    from orchestration.demo_home import read_recipe
    from orchestration.instance.dagster_home import prepare_instance

    if where.home is None and HOME_VARIABLE not in os.environ and read_recipe(Path("demo_home")) is not None:
        where = replace(where, home="demo_home")
    _refuse_busy(port)
    where.serve_demo()
    home = Home.at(where.home)
    os.environ[HOME_VARIABLE], os.environ[CONFIG_VARIABLE] = str(home.root), str(where.config_folder)
    prepare_instance(home)
    click.echo(f"Dagster on http://127.0.0.1:{port} over {home.root} (stop with Ctrl-C)", err=True)
    workspace = str(PROJECT_ROOT / "workspace.yaml")
    quiet = f"ignore:{_SUPERSEDED}"
    code = _run([sys.executable, "-W", quiet, "-m", "dagster", "dev", "--host", "127.0.0.1", "--port", str(port), "--workspace", workspace])
    raise click.exceptions.Exit(code)


def _refuse_busy(port: int) -> None:
    """Dagster would say it in a traceback, after it has loaded everything."""
    from base.errors import ConfigError
    from base.ports import port_trouble

    trouble = port_trouble(port)
    if trouble:
        raise ConfigError(
            f"Port {port} of 127.0.0.1 cannot be used ({trouble})",
            remedy="Another `funnelcast dev` may be running. Stop it, or give another port: funnelcast dev --port 3001.",
        )


def _run(arguments: list[str]) -> int:
    """The exit code of Dagster's process. Ctrl-C reaches it from the terminal, a request to stop is passed on, and both wait for its end."""
    # Handled before the child starts: what is ignored here (SIGINT of a job in the background) would be ignored there, and Dagster stops its services by it.
    signal.signal(signal.SIGINT, lambda *_: None)
    process = subprocess.Popen(arguments)
    signal.signal(signal.SIGTERM, lambda *_: process.terminate())
    return max(process.wait(), 0)
