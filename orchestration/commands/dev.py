"""`funnelcast dev`: Dagster's UI and daemon on loopback, over one home."""

from __future__ import annotations

import os
import sys

import click

from orchestration.commands.options import Where, shared_options


@click.command("dev")
@click.option("--port", default=3000, show_default=True, help="Port of the UI.")
@shared_options
def command(where: Where, port: int) -> None:
    """Open Dagster's UI on 127.0.0.1. Without --home: demo_home, if the demo was run here, else ./funnelcast_home.

    The open-source UI has no log-in and can start runs, so it listens on loopback only; put a proxy with log-in in front of it to share it.
    """
    from pathlib import Path

    from base.home import CONFIG_VARIABLE, HOME_VARIABLE, PROJECT_ROOT, Home, config_dir
    from orchestration.instance.dagster_home import prepare_instance

    if where.home is None and HOME_VARIABLE not in os.environ and Path("demo_home").is_dir():
        from orchestration.demo import demo_environment

        os.environ.update(demo_environment(Path("demo_home").resolve()))
    home = Home.at(where.home)
    os.environ[HOME_VARIABLE], os.environ[CONFIG_VARIABLE] = str(home.root), str(config_dir(where.config))
    prepare_instance(home)
    click.echo(f"Dagster on http://127.0.0.1:{port} over {home.root} (stop with Ctrl-C)", err=True)
    workspace = str(PROJECT_ROOT / "workspace.yaml")
    arguments = [sys.executable, "-m", "dagster", "dev", "--host", "127.0.0.1", "--port", str(port), "--workspace", workspace]
    os.execv(sys.executable, arguments)  # noqa: S606 - becomes Dagster: one process, one Ctrl-C
