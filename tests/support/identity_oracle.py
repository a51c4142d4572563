"""Who is one person, by the rules of docs/identity.md in plain Python: dictionaries and union-find, nothing of the product's code."""

from __future__ import annotations

import base64
import hashlib
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from tests.support.identity_worlds import AS_OF, IdentityWorld, Record, Ruling

CAP = 5
#: Those of the role mailboxes that the worlds use.
ROLES = {"jobs", "info", "hr", "careers"}


class Union:
    def __init__(self) -> None:
        self.parent: dict[Record, Record] = {}

    def find(self, one: Record) -> Record:
        self.parent.setdefault(one, one)
        while self.parent[one] != one:
            self.parent[one] = self.parent[self.parent[one]]
            one = self.parent[one]
        return one

    def join(self, records: Iterable[Record]) -> None:
        first, *others = [self.find(record) for record in records]
        for other in others:
            self.parent[self.find(other)] = self.find(first)


def expected_keys(world: IdentityWorld) -> dict[Record, str]:
    """candidate_key of each record."""
    times = _first_seen(world)
    links = _links(world, times)
    splits = [(s.one, s.other) for s in world.splits if _holds(s) and s.one in times and s.other in times and s.one != s.other]
    links = [members for members in links if not any(one in members and other in members for one, other in splits)]
    union = _joined(links)
    apart = {other for one, other in splits if union.find(one) == union.find(other)}
    union = _joined([members - apart for members in links])
    people = defaultdict(list)
    for record in times:
        people[union.find(record)].append(record)
    found = {}
    for members in people.values():
        source, identity = min(members, key=lambda record: (times[record] is None, times[record] or AS_OF, record))
        text = f"v1|candidate|{len(source)}:{source}|{len(identity)}:{identity}"
        found |= dict.fromkeys(members, base64.urlsafe_b64encode(hashlib.md5(text.encode()).digest()[:9]).decode())
    return found


def _joined(links: Iterable[set[Record]]) -> Union:
    union = Union()
    for members in links:
        if members:
            union.join(members)
    return union


def _first_seen(world: IdentityWorld) -> dict[Record, datetime | None]:
    seen: dict[Record, list[datetime | None]] = defaultdict(list)
    for times in (world.records, world.applied):
        for record, at in times.items():
            seen[record].append(at)
    for record, _, at in world.messages:
        seen[record].append(at)
    for source, one, other, at in world.merges:
        seen[source, one].append(at)
        seen[source, other].append(at)
    return {record: min((at for at in times if at), default=None) for record, times in seen.items()}


def _links(world: IdentityWorld, times: dict[Record, datetime | None]) -> list[set[Record]]:
    holders: dict[tuple[str, str], set[Record]] = defaultdict(set)
    for record, code, text in (*world.contacts, *((record, "email", text) for record, text, _ in world.messages)):
        value = _normal(code, text)
        if value and record in times:
            holders[code, value].add(record)
    merged = [((source, one), (source, other)) for source, one, other, _ in world.merges if one != other]
    found = [
        members
        for (code, _), members in holders.items()
        if code != "candidate_id" and len(members - {one for one, other in merged if other in members}) <= CAP
    ]
    found += [{(source, one), (source, other)} for source, one, other, _ in world.merges]
    found += [{s.one, s.other} for s in world.links if _holds(s) and s.one in times and s.other in times]
    return found + _given_ids(world, times, holders)


def _given_ids(
    world: IdentityWorld, times: dict[Record, datetime | None], holders: dict[tuple[str, str], set[Record]]
) -> list[set[Record]]:
    tracking = {source for source, _ in world.applied}
    givers: dict[Record, set[Record]] = defaultdict(set)
    for (code, text), members in holders.items():
        if code != "candidate_id":
            continue
        source, colon, identity = text.partition(":")
        is_named = bool(colon and identity and source in tracking)
        for record in members:
            homes = [(source, identity)] if is_named else [(home, text) for home in tracking]
            homes = [home for home in homes if home in times and home[0] != record[0]]
            if len(homes) == 1:
                givers[homes[0]].add(record)
    return [{home, giver} for home, given in givers.items() if len(given) < CAP for giver in given]


def _holds(ruling: Ruling) -> bool:
    """Whether a line holds in the last instant before as_of."""
    first, last = ruling.valid_from, ruling.valid_to
    midnight = AS_OF.date()  # as_of is the first instant of this day, so the day before is the last one seen
    return (first is None or first < midnight) and (last is None or (midnight - last).days <= 1)


def _normal(code: str, text: str) -> str | None:
    clean = text.strip(" ")
    if code == "candidate_id":
        return clean or None
    clean = clean.lower()
    if code == "phone":
        digits = "".join(letter for letter in clean if letter in "0123456789")
        if len(digits) < 8 or len(set(digits)) == 1 or digits in ("12345678", "123456789", "1234567890"):
            return None
        return digits[2:] if digits.startswith("00") else digits
    if code == "linkedin":
        if "/in/" in clean:
            clean = clean.split("/in/")[1]
            for end in "/?#":
                clean = clean.split(end)[0]
            return clean or None
        return None if "/" in clean else clean or None
    if code == "email":
        mailbox, at, domain = clean.partition("@")
        if not (mailbox and at and "." in domain[1:] and not domain.endswith(".") and domain[0] != "."):
            return None
        if mailbox in ROLES:
            return None
        if domain in ("gmail.com", "googlemail.com"):
            plain = mailbox.split("+")[0].replace(".", "")
            return f"{plain}@gmail.com" if plain else None
        return clean
    return None
