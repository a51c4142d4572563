"""`funnelcast check`: what a run would do. Reads, counts, changes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from orchestration.commands.options import Where, echo_json, json_option, shared_options

if TYPE_CHECKING:
    from collections.abc import Mapping

    from base.config import Config
    from orchestration.rehearsal import Rehearsal

#: What stands before a line.
_LABELS = {"ok": "ok   ", "warning": "warn ", "error": "FAIL "}


@click.command("check")
@json_option
@shared_options
def command(where: Where, as_json: bool) -> None:
    """Check the configuration, the mapping files and every source, and say what a run would do with their rows.

    Services are asked whether they answer and whether the credentials see what each stream needs. Files and databases are loaded, parsed and judged as a run does,
    in a temporary folder: files up to 50 MB whole, of larger ones and of a database's tables the first 50,000 rows.

    Exit code 0: a run would publish; 1: it would stop, or nothing of a table is usable; 2: the configuration is wrong.
    """
    from orchestration.readiness import check_clock, check_reports, check_surroundings
    from orchestration.rehearsal import rehearse
    from orchestration.run.progress import Lines

    where.serve_demo()
    home, config = where.load()
    mapped = check_surroundings(config)
    check_reports(home, config)
    for warning in check_clock(home, config):
        click.echo(f"warn  {warning}", err=True)
    done = rehearse(home, config, progress=Lines())
    code = done.exit_code if config.sources else 1
    if as_json:
        echo_json(_document(config, mapped, done, code))
    else:
        _echo(config, mapped, done)
    if code:
        raise click.exceptions.Exit(code)


def _document(config: Config, mapped: Mapping[str, int], done: Rehearsal, code: int) -> dict[str, Any]:
    return {
        "is_ok": code == 0,
        "config": str(config.folder),
        "mappings": mapped,
        "findings": [{"source": source.name, **finding.__dict__} for source, finding in done.findings],
        "tables": [table.document for table in done.tables],
    }


def _echo(config: Config, mapped: Mapping[str, int], done: Rehearsal) -> None:
    from base.words import counted
    from ingestion.protocol.finding import OK
    from orchestration.run.received import table_lines

    rows = ", ".join(f"{name} {count}" for name, count in mapped.items()) or "none"
    seen = f"{counted(len(config.sources), 'source')}, {counted(len(config.reports), 'report')}, mapping rows: {rows}"
    click.echo(f"{_LABELS['ok' if config.sources else 'error']} configuration {config.folder} ({seen})")
    if not config.sources:
        click.echo("      sources.yml names no source, so there is nothing to load. Add one (docs/configuration.md).")
    in_table = {(table.source, table.table) for table in done.tables}
    for source, finding in done.findings:
        if finding.level == OK and (source.name, finding.stream) in in_table:
            continue
        click.echo(f"{_LABELS[finding.level]} {source.name}: {str(finding).removeprefix(f'{source.name}: ')}")
    for line in table_lines(done.tables):
        click.echo(line)
