"""`funnelcast sources`: what is configured, and what was loaded of it."""

from __future__ import annotations

from typing import Any

import click

from orchestration.commands.options import Where, echo_rows, json_option, shared_options


@click.command("sources")
@json_option
@shared_options
def command(where: Where, as_json: bool) -> None:
    """List the sources with their last load, the rows in the log and how old they are."""
    home, config = where.load()
    rows = [_row(source, home) for source in config.sources]
    echo_rows(rows, as_json, _sentence, nothing=f"No sources in {config.folder / 'sources.yml'}.", document=dict)


def _sentence(row: dict[str, Any]) -> str:
    if row["loaded_to"] is None:
        return f"{row['name']:<20} {row['kind']:<16} never loaded"
    unfinished = f", {row['unfinished']} loads unfinished" if row["unfinished"] else ""
    return (
        f"{row['name']:<20} {row['kind']:<16} {row['rows']:>10,} record versions, {row['streams']} streams, "
        f"loaded to {row['loaded_to']} ({row['freshness_hours']:.1f} hours ago){unfinished}"
    )


def _row(source: Any, home: Any) -> dict[str, Any]:
    import sqlalchemy as sa

    from base.clock import iso, now
    from base.ops import engine
    from ingestion.log.loads import COMPLETE, REFUSED, loads

    empty = {"name": source.name, "kind": source.kind, "loaded_to": None, "rows": 0, "streams": 0, "freshness_hours": None, "unfinished": 0}
    if not home.root.exists():
        return empty
    ops = engine(home)
    of_source = loads.c.source == source.name
    with ops.connect() as connection:
        rows = connection.execute(sa.select(sa.func.sum(loads.c.written)).where(of_source)).scalar() or 0
        streams = connection.execute(sa.select(sa.func.count(loads.c.stream.distinct())).where(of_source)).scalar() or 0
        newest = connection.execute(sa.select(sa.func.max(loads.c.window_end)).where(of_source, loads.c.status == COMPLETE)).scalar()
        unfinished = (
            connection.execute(sa.select(sa.func.count()).where(of_source, loads.c.status.not_in((COMPLETE, REFUSED)))).scalar() or 0
        )
    ops.dispose()
    if newest is None:
        return {**empty, "unfinished": int(unfinished)}
    age = (now() - newest).total_seconds() / 3600
    return {
        **empty,
        "loaded_to": iso(newest),
        "rows": int(rows),
        "streams": int(streams),
        "freshness_hours": round(age, 1),
        "unfinished": int(unfinished),
    }
