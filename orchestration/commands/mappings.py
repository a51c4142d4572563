"""`funnelcast mappings`: names that no mapping covers and declines without a reason, each with the row that would settle it."""

from __future__ import annotations

import click

from orchestration.commands.options import Where, echo_json, json_option, shared_options


@click.command("mappings")
@json_option
@shared_options
def command(where: Where, as_json: bool) -> None:
    """List stage, reason and source names that are not mapped to a code yet, most used first, each with a proposed CSV row.

    Then the declines without a reason, each with the row of the answers file. Reads what is published. Nothing unmapped is
    dropped from any figure: it counts as 'unmapped' until a row maps it. No file is ever written.
    """
    from orchestration.answers.mapping_proposals import proposals
    from orchestration.answers.open_declines import FILE, HEADER, open_declines

    home, config = where.load()
    found, declines = proposals(home), open_declines(home)
    if as_json:
        names = [{**proposal.__dict__, "file": str(config.mappings / proposal.file), "row": proposal.row} for proposal in found]
        echo_json(names + [{"kind": "decline", **one.document, "file": str(config.mappings / FILE), "row": one.row} for one in declines])
        return
    if not found:
        click.echo("Every stage, reason and source name is mapped.")
    for file in sorted({proposal.file for proposal in found}):
        of_file = [proposal for proposal in found if proposal.file == file]
        click.echo(
            f"\n{config.mappings / file}: {len(of_file)} name(s) without a code. Add rows like these (its first line: {of_file[0].header}):"
        )
        for proposal in of_file:
            how = f"by rule {proposal.rule_id}" if proposal.is_complete else "<- fill in the code; no rule matches"
            click.echo(f"  {proposal.row:<60}  # used {proposal.use_count:,} times; {how}")
    if declines:
        click.echo(
            f"\n{config.mappings / FILE}: {len(declines)} decline(s) without a reason. Ask, then add rows like these (first line: {HEADER}):"
        )
        for one in declines:
            source_reason = (
                f"the source says '{one.decline_reason_source_name}'" if one.decline_reason_source_name else "the source says nothing"
            )
            day = f"{one.declined_at:%Y-%m-%d}" if one.declined_at else "on an unknown day"
            click.echo(f"  {one.row:<60}  # declined {day}, {source_reason}; ask {one.recruiter_name or 'whose offer it was'}")
    if found or declines:
        click.echo("\nThen run funnelcast check (it checks the codes) and funnelcast run.")
