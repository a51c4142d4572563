"""`funnelcast check`: the preflight. Reads, counts, changes nothing."""

from __future__ import annotations

import click

from orchestration.commands.options import Where, echo_json, json_option, shared_options


@click.command("check")
@json_option
@shared_options
def command(where: Where, as_json: bool) -> None:
    """Check the configuration, the mapping files and every source: can it be reached, and do the credentials see what each stream needs?"""
    from base.threads import thread_count
    from exports.editions.registry import EDITIONS
    from ingestion.preflight.check import check, check_together
    from orchestration.answers.mapping_files import check_mappings

    where.serve_demo()
    _, config = where.load()
    thread_count()
    mapped = check_mappings(config.mappings)
    for report in config.reports:
        EDITIONS[report.edition].options_of(report)
    findings = [(source, finding) for source in config.sources for finding in check(source)] + check_together(config.sources)
    is_ok = bool(config.sources) and all(finding.is_ok for _, finding in findings)
    if as_json:
        echo_json(
            {
                "is_ok": is_ok,
                "config": str(config.folder),
                "mappings": mapped,
                "findings": [{"source": source.name, **finding.__dict__} for source, finding in findings],
            }
        )
    else:
        rows = ", ".join(f"{name} {count}" for name, count in mapped.items()) or "none"
        seen = f"sources: {len(config.sources)}, reports: {len(config.reports)}, mapping rows: {rows}"
        click.echo(f"{'ok   ' if config.sources else 'FAIL '} configuration {config.folder} ({seen})")
        if not config.sources:
            click.echo("      sources.yml names no source, so there is nothing to load. Add one (docs/configuration.md).")
        labels = {"ok": "ok   ", "warning": "warn ", "error": "FAIL "}
        for source, finding in findings:
            click.echo(f"{labels[finding.level]} {source.name}: {str(finding).removeprefix(f'{source.name}: ')}")
    if not is_ok:
        raise click.exceptions.Exit(1)
