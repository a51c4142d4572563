"""`funnelcast mappings`: names that no mapping covers and declines without a reason, each with the row that would settle it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from orchestration.commands.options import Where, echo_json, json_option, shared_options

if TYPE_CHECKING:
    from orchestration.answers.mapping_proposals import Proposal


@click.command("mappings")
@json_option
@shared_options
def command(where: Where, as_json: bool) -> None:
    """List stage, reason and source names that are not mapped to a code yet, most used first, each with a proposed CSV row.

    Then the declines without a reason, each with the row of the answers file. Reads what is published. Nothing unmapped is
    dropped from any figure: it counts as 'unmapped' until a row maps it. No file is ever written.
    """
    from base.words import counted
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
        _echo_file(config.mappings / file, [proposal for proposal in found if proposal.file == file])
    if declines:
        click.echo(f"\n{config.mappings / FILE}: {counted(len(declines), 'decline')} without a reason. Ask:")
        for one in declines:
            source_reason = (
                f"the source says '{one.decline_reason_source_name}'" if one.decline_reason_source_name else "the source says nothing"
            )
            day = f"{one.declined_at:%Y-%m-%d}" if one.declined_at else "on an unknown day"
            whom = one.recruiter_name or "whose offer it was"
            click.echo(f"  {one.offer_id} ({one.source_system}): declined {day}, {source_reason}; ask {whom}")
        click.echo(f"Rows to fill in, then paste (first line: {HEADER}):")
        for one in declines:
            click.echo(one.row)
    if found or declines:
        click.echo("\nThen run funnelcast check (it checks the codes) and funnelcast run.")


def _echo_file(path: Path, found: Sequence[Proposal]) -> None:
    """The names of one mapping file with what is known of each, then their rows, which stand alone on their lines so that they can be copied."""
    from base.words import counted
    from orchestration.answers.mapping_files import codes_to_fill_in
    from orchestration.answers.mapping_proposals import columns_to_paste

    columns, has_them = columns_to_paste(path, found)
    click.echo(f"\n{path}: {counted(len(found), 'name')} without a code")
    for one in found:
        how = f"proposed by rule {one.rule_id}" if one.is_complete else "no rule knows it: fill in the code"
        click.echo(f"  {one.name} ({one.source_system}): used {counted(one.use_count, 'time')}; {how}")
    complete, incomplete = ([one for one in found if one.is_complete is is_complete] for is_complete in (True, False))
    if incomplete:
        for column, codes in codes_to_fill_in(path.stem).items():
            click.echo(f"{column} is one of {', '.join(codes)}.")
    if not has_them:
        click.echo(f"The file {'needs' if path.exists() else 'begins with'} this first line:")
        click.echo(",".join(columns))
    for words, rows in (("Rows to paste:", complete), ("Rows to fill in, then paste:", incomplete)):
        if rows:
            click.echo(words)
            for one in rows:
                click.echo(one.row_of(columns))
