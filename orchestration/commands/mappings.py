"""`funnelcast mappings`: names that no mapping covers, and the row that would."""

from __future__ import annotations

import click

from orchestration.commands.options import Where, echo_json, shared_options


@click.command("mappings")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
@shared_options
def command(where: Where, as_json: bool) -> None:
    """List stage, reason and source names that are not mapped to a code yet, most used first, each with a proposed CSV row.

    Reads what is published. Nothing unmapped is dropped from any number; it is counted as 'unmapped' until a row says better.
    """
    from orchestration.unmapped import proposals

    home, config = where.load()
    found = proposals(home)
    if as_json:
        echo_json([{**proposal.__dict__, "file": str(config.mappings / proposal.file), "row": proposal.row} for proposal in found])
        return
    if not found:
        click.echo("Every stage, reason and source name is mapped.")
        return
    for file in sorted({proposal.file for proposal in found}):
        mine = [proposal for proposal in found if proposal.file == file]
        click.echo(f"\n{config.mappings / file}: {len(mine)} names without a code. Add rows like these (its first line: {mine[0].header}):")
        for proposal in mine:
            how = "" if proposal.code else "   <- fill in the code"
            click.echo(f"  {proposal.row:<60}  # used {proposal.use_count:,} times{how}")
    click.echo("\nThen run funnelcast check (it checks the codes) and funnelcast run.")
