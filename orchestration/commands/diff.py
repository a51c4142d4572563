"""`funnelcast diff`: what changed between two published states, and why."""

from __future__ import annotations

import click

from orchestration.commands.options import Where, echo_json, json_option, shared_options


@click.command("diff")
@click.argument("before", default="previous")
@click.argument("after", default="current")
@json_option
@shared_options
def command(where: Where, before: str, after: str, as_json: bool) -> None:
    """Explain how AFTER (default: current) differs from BEFORE (default: the version before it), with counts.

    Each is an id that `funnelcast publish list` names, the beginning of one (its as_of), current or previous.
    """
    from exports.publish.comparison import CAUSES, compare, version_named

    home = where.existing_home
    found = compare(version_named(home, before), version_named(home, after))
    if as_json:
        echo_json(
            {
                "before": found.before.version_id,
                "after": found.after.version_id,
                "is_same": found.is_same,
                "inputs": found.inputs,
                "changes": [change.__dict__ for change in found.changes],
                "tables": [table.__dict__ for table in found.tables],
            }
        )
        return
    click.echo(f"{found.before.version_id}  ->  {found.after.version_id}")
    if found.is_same:
        click.echo("Both are the same, row by row.")
        return
    for sentence in found.inputs:
        click.echo(f"  {sentence}")
    for table in dict.fromkeys(change.table for change in found.changes):
        click.echo(f"\n{table}")
        for change in found.changes:
            if change.table == table:
                click.echo(f"  {change.row_count:>9,}  {CAUSES[change.cause]}")
    click.echo(f"\n{len(found.tables)} table(s) with different rows (as_of aside):")
    for row in found.tables:
        differing = "its columns changed" if row.differing_count is None else f"{row.differing_count:,} rows new or different"
        click.echo(f"  {row.relation:<34} {row.rows_before:>9,} -> {row.rows_after:>9,}  {differing}")
