"""`funnelcast verify`: whether everything in the home is what was written."""

from __future__ import annotations

import click

from orchestration.commands.options import Where, echo_json, json_option, shared_options


@click.command("verify")
@click.option(
    "--deep", "is_deep", is_flag=True, help="Read every file of the log, of the build file and of all versions. Default: measure them."
)
@json_option
@shared_options
def command(where: Where, is_deep: bool, as_json: bool) -> None:
    """Hold the log, the build file, what is published and the operations database against their records; changes nothing.

    Exit code 1 when something is not as it should be; each finding says which `funnelcast repair` helps.
    """
    from orchestration.run.logs import remember_home
    from orchestration.verification.finding import document
    from orchestration.verification.verify import verify

    home = where.existing_home
    remember_home(home)
    verdict = verify(home, is_deep=is_deep)
    if as_json:
        echo_json({"is_ok": not verdict.findings, "findings": [document(found) for found in verdict.findings], "counts": verdict.counts})
    else:
        for found in verdict.findings:
            click.echo(str(found))
        counts = ", ".join(f"{count:,} {name}" for name, count in verdict.counts.items())
        click.echo(f"{len(verdict.findings) or 'No'} finding{'' if len(verdict.findings) == 1 else 's'} in {home.root} ({counts})")
    if verdict.findings:
        raise click.exceptions.Exit(1)
