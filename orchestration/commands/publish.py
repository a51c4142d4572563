"""`funnelcast publish`: publish again from the log; `publish list`: what has been published."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from orchestration.commands.options import VerbGroup, Where, echo_rows, json_option, shared_options


@click.group("publish", cls=VerbGroup, invoke_without_command=True)
@json_option
@shared_options
@click.pass_context
def command(context: click.Context, where: Where, as_json: bool) -> None:
    """Publish again: transform, check and publish what the log holds. Asks no source and sends nothing (`run --from-log`)."""
    if context.invoked_subcommand is not None:
        return
    from orchestration.commands.run import run_and_tell
    from orchestration.run.request import RunRequest

    run_and_tell(where, RunRequest(from_log=True), as_json)


@command.command("list")
@json_option
@shared_options
def list_(where: Where, as_json: bool) -> None:
    """List the published versions, newest as_of first; the current one is marked."""
    from base.clock import iso
    from exports.publish.state import versions
    from orchestration.run.configurations import folder_of

    home = where.existing_home
    now_read = home.current.resolve() if home.current.exists() else None
    rows = [
        {
            "version": state.version_id,
            "as_of": iso(state.as_of),
            "known_at": iso(state.known_at) if state.known_at else None,
            "published_at": iso(state.published_at),
            "content_hash": state.content_hash,
            "configuration": str(folder_of(home, state.config_digest)),
            "is_current": state.path == now_read,
            "path": str(state.path),
        }
        for state in versions(home)
    ]

    def sentence(row: dict[str, Any]) -> str:
        mark = "*" if row["is_current"] else " "
        return (
            f"{mark} {row['version']}  as of {row['as_of']}  published {row['published_at']}  content {row['content_hash'][:12]}  "
            f"configuration {Path(row['configuration']).name}"
        )

    echo_rows(rows, as_json, sentence, nothing=f"Nothing is published in {home.root}; run `funnelcast run` first.", document=dict)
