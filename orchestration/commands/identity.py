"""`funnelcast identity`: why records are one person, and what about identities a person should look at. Changes nothing."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from orchestration.commands.options import VerbGroup, Where, echo_json, json_option, shared_options

if TYPE_CHECKING:
    from datetime import date

    from orchestration.answers.same_person import Conflict, Link

#: Each kind of link in words.
_REASONS = {
    "merged": "merged by the source",
    "ruled": "config/mappings/identity_links.csv",
    "candidate_id": "one gives the other's id",
}
_REMEDIES = {
    "capped": "identifiers that too many records share; they link nobody (nothing to do unless they belong to one person: then identity_links.csv)",
    "unknown_record": "rulings that name an unknown record: a typo, or a record that no longer exists",
    "overruled_link": "lines of identity_links.csv that a split contradicts: one of the two is wrong",
    "set_apart": "splits whose records are still connected through others: the second record stays apart until the wrong link is split too (identity why)",
    "split_of_strangers": "splits of records that share nothing: the line can be removed",
}


@click.group("identity", cls=VerbGroup)
@shared_options
def command(where: Where) -> None:
    """Which records are one person, and why (docs/identity.md). Contacts appear as a kind and a short hash, names never."""


# a key may begin with "-"
@command.command("why", context_settings={"ignore_unknown_options": True})
@click.argument("key")
@json_option
@shared_options
def why(where: Where, key: str, as_json: bool) -> None:
    """Records and links of the person KEY: a candidate_key (or the beginning of one), or a record as source:id."""
    from orchestration.answers.same_person import why as explain

    person = explain(where.existing_home, key)
    if as_json:
        echo_json({**asdict(person), "key_of": person.key_of})
        return
    if not person.members:
        click.echo(f"{person.candidate_key}: an address that received messages and is on no record; the key is derived from the address.")
        return
    click.echo(f"{person.candidate_key}: {len(person.members)} record(s); the key is that of {person.key_of}, the earliest.")
    for member in person.members:
        apart = "   set apart by a split" if member.is_set_apart else ""
        click.echo(f"  {member.record:<40} first seen {_day(member.first_seen_at)}{apart}")
    for title, links in (
        ("Why they are one", [link for link in person.links if not link.not_counted]),
        ("Seen, and not counted", [link for link in person.links if link.not_counted]),
    ):
        if links:
            click.echo(f"{title}:")
        for link in links:
            click.echo(f"  {_link(link)}")
    for ruling in person.rulings:
        file = f"identity_{ruling.code}s.csv"
        note = f": {ruling.note}" if ruling.note else ""
        click.echo(f"Ruled in config/mappings/{file}: {ruling.record} and {ruling.other}{note}")


@command.command("conflicts")
@json_option
@click.option("--limit", default=20, type=click.IntRange(0, 1_000_000), show_default=True, help="Lines to show of each kind.")
@shared_options
def conflicts(where: Where, as_json: bool, limit: int) -> None:
    """Identifiers that too many records share, and rulings that have no effect."""
    from orchestration.answers.same_person import conflicts as list_conflicts

    found = list_conflicts(where.existing_home)
    if as_json:
        echo_json([asdict(conflict) for conflict in found])
        return
    if not found:
        click.echo("No conflicts.")
    for code in dict.fromkeys(conflict.code for conflict in found):
        of_code = [conflict for conflict in found if conflict.code == code]
        click.echo(f"{len(of_code)} {_REMEDIES.get(code, code)}")
        for conflict in of_code[:limit]:
            click.echo(f"  {_conflict(conflict)}")
        if len(of_code) > limit:
            click.echo(f"  ... and {len(of_code) - limit} more (--limit)")


def _link(link: Link) -> str:
    what = f"{link.code} {link.identifier}" if link.identifier else _REASONS.get(link.code, link.code)
    since = f", since {_day(link.since)}" if link.since else ""
    note = f" ({link.note})" if link.note else ""
    why_not = f"   [{link.not_counted}]" if link.not_counted else ""
    return f"{' = '.join(link.records)}   {what}{since}{note}{why_not}"


def _conflict(conflict: Conflict) -> str:
    if conflict.identifier:
        return f"{conflict.identifier_code} {conflict.identifier}: {conflict.holder_count:,} holders"
    return f"{conflict.record} and {conflict.other}"


def _day(moment: date | None) -> str:
    return moment.strftime("%Y-%m-%d") if moment else "unknown"
