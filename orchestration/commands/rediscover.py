"""`funnelcast rediscover`: past candidates who fit, by filters."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from orchestration.commands.options import Where, echo_json, json_option, shared_options

if TYPE_CHECKING:
    from exports.questions.rediscovery import PastCandidate

_SHOWN = 50


@click.command("rediscover")
@click.option("--job-family", "job_families", multiple=True, metavar="NAME", help="Only this job family (repeat for more).")
@click.option("--stage", "at_least_stage", metavar="CODE", help="Reached at least this stage, e.g. onsite.")
@click.option("--rating", "ratings", multiple=True, metavar="CODE", help="Only with this best rating, e.g. yes (repeat for more).")
@click.option("--reason", "reasons", multiple=True, metavar="CODE", help="Only with this closing reason, e.g. comp_base (repeat for more).")
@click.option("--silver", "only_silver_medalists", is_flag=True, help="Only silver medalists.")
@click.option("--clicked", "only_clicked", is_flag=True, help="Only those who clicked a link in outreach and never replied.")
@click.option("--quiet-days", type=click.IntRange(0, 36_500), help="Only those whom nobody has contacted for this many days.")
@click.option("--all", "with_hindered", is_flag=True, help="Also those who may not be contacted now, with the reason.")
@click.option("--names", is_flag=True, help="With names, for those who may read the restricted people file.")
@click.option("--csv", "csv_file", type=click.Path(dir_okay=False, path_type=Path), help="Write all of them to this file.")
@json_option
@shared_options
def command(where: Where, names: bool, csv_file: Path | None, as_json: bool, **filters: object) -> None:
    """List past candidates who may be contacted again, the most recently ended application first.

    Reads the published state. These are filters: nobody is scored or ranked, and none of them is about who a person is.
    """
    from exports.marts import Marts
    from exports.questions.rediscovery import Filters, as_document, past_candidates, write_csv
    from exports.rights.names import names_of

    home = where.existing_home
    with Marts.current(home) as marts:
        found = past_candidates(marts, Filters(**filters))  # type: ignore[arg-type]
    known = names_of(home, {row.candidate_key for row in found}) if names else None
    if csv_file is not None:
        write_csv(csv_file, found, known)
        click.echo(f"{len(found):,} row(s) written to {csv_file}.", err=as_json)
    if as_json:
        echo_json([_named(row.candidate_key, known) | as_document(row) for row in found])
    elif csv_file is None:
        for row in found[:_SHOWN]:
            click.echo(_line(row, known))
        rest = f" The first {_SHOWN} are shown; --csv FILE writes all." if len(found) > _SHOWN else ""
        closed = "" if known is not None else " Keys and ids only; names need --names and the right to see them."
        click.echo(f"Past candidates: {len(found):,}.{rest}{closed}")


def _named(key: str, names: Mapping[str, str] | None) -> dict[str, object]:
    return {} if names is None else {"candidate_name": names.get(key)}


def _line(row: PastCandidate, names: Mapping[str, str] | None) -> str:
    who = row.candidate_key if names is None else names.get(row.candidate_key, row.candidate_key)
    ended = f"{row.last_closed_at:%Y-%m-%d}" if row.last_closed_at else "at an unknown time"
    by = f" by {row.last_contact_by}" if row.last_contact_by else ""
    contact = f"last contact {row.last_contact_at:%Y-%m-%d}{by}" if row.last_contact_at else "no contact"
    marks = ["silver medalist"] * row.is_silver_medalist + [f"not now: {row.contact_hindrance_code}"] * (not row.is_contactable)
    reason = row.close_reason_code or "no reason"
    return (
        f"{who}  {row.source_system} application {row.application_id}  {row.job_family}  reached {row.furthest_stage_code}  "
        f"ended {ended} ({reason})  {contact}" + "".join(f"  [{mark}]" for mark in marks)
    )
