"""`funnelcast check`: the preflight. Reads, counts, changes nothing."""

from __future__ import annotations

import click

from orchestration.commands.options import Where, echo_json, shared_options


@click.command("check")
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
@shared_options
def command(where: Where, as_json: bool) -> None:
    """Check the configuration, the mapping files and every source: is it reached, do the credentials see what each stream needs."""
    from ingestion.preflight import check, check_together
    from orchestration.mappings import check_mappings

    _, config = where.load()
    mapped = check_mappings(config.mappings)
    findings = [(source, finding) for source in config.sources for finding in check(source)] + check_together(config.sources)
    is_ok = all(finding.is_ok for _, finding in findings)
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
        click.echo(
            f"ok    configuration {config.folder} ({len(config.sources)} sources, {len(config.reports)} reports; mapping rows: {rows})"
        )
        labels = {"ok": "ok   ", "warning": "warn ", "error": "FAIL "}
        for source, finding in findings:
            click.echo(f"{labels[finding.level]} {source.name}: {finding}")
    if not is_ok:
        raise click.exceptions.Exit(1)
