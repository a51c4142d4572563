"""`funnelcast quarantine`: the records that broke a rule, each with its file, line and key, why, and what to do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

import click

from orchestration.commands.options import Where, echo_json, json_option, shared_options

if TYPE_CHECKING:
    from base.home import Home
    from ingestion.gate.quarantine import QuarantinedRow

#: Records of one table and reason that are shown; --csv writes all.
_SHOWN = 10


@click.command("quarantine")
@click.option("--source", metavar="NAME", help="Only records of this source.")
@click.option("--table", metavar="NAME", help="Only records of this table (or stream).")
@click.option("--all", "with_cleared", is_flag=True, help="Also those that are over: replaced by a later version, or gone from their file.")
@click.option("--csv", "csv_file", type=click.Path(dir_okay=False, path_type=Path), help="Write all of them to this file.")
@json_option
@shared_options
def command(where: Where, source: str | None, table: str | None, with_cleared: bool, csv_file: Path | None, as_json: bool) -> None:
    """List the records that are set aside because they break a rule: file, line, key, reason, and what to do.

    They take no part in any figure. A record leaves the list when a mended one is loaded, or when its file is sent again without it.
    """
    from ingestion.gate.quarantine import COLUMNS, as_document, quarantined_rows, write_csv

    home = where.existing_home
    _check_names(home, source, table)
    rows = quarantined_rows(home, source=source, table=table, with_cleared=with_cleared)
    if csv_file is not None:
        write_csv(csv_file, rows)
        click.echo(f"{len(rows):,} record(s) written to {csv_file} ({', '.join(COLUMNS)}).", err=as_json)
    if as_json:
        echo_json([as_document(row) for row in rows])
    elif csv_file is None:
        _list(rows)


def _check_names(home: Home, source: str | None, table: str | None) -> None:
    """Raises ConfigError for a source or table that the log does not have: nothing of it would be found, which says something else."""
    from base.errors import ConfigError
    from base.registry import near_and_known

    sources = {path.name: path for path in home.lake.glob("*") if path.is_dir()}
    tables = {path.name for folder in sources.values() for path in folder.glob("*") if path.is_dir()}
    for option, name, known in (("--source", source, set(sources)), ("--table", table, tables)):
        if name is not None and name not in known:
            raise ConfigError(f"{option}: nothing was loaded under the name '{name}'", remedy=near_and_known(name, known))


def _list(rows: Sequence[QuarantinedRow]) -> None:
    if not rows:
        click.echo("Nothing is in quarantine.")
        return
    for (source, table), found in groupby(rows, key=lambda row: (row.source, row.table)):
        of_table = list(found)
        click.echo(f"{source} {table}: {len(of_table):,} record(s) set aside")
        for row in of_table[:_SHOWN]:
            click.echo(f"  {row}")
        if len(of_table) > _SHOWN:
            click.echo(f"  ... and {len(of_table) - _SHOWN:,} more; --csv FILE writes all")
        for remedy, count in Counter(row.remedy for row in of_table).most_common():
            click.echo(f"  -> {remedy}" + (f" ({count:,} record(s))" if count < len(of_table) else ""))
