"""Random contact data, as bad as it comes, and the identity models' own SQL over it in an empty DuckDB (no lake, no staging: milliseconds).

`random_world(seed)` has shared phones, an agency's mailbox, reused addresses, Gmail dots, blanks, chains of any depth, merges in chains and
loops, ids that several systems know, and rulings (links and splits), some of which hold on other days only.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

import duckdb

from base.home import DBT_PROJECT_DIR
from tests.support.marts import CompiledProject, insert

#: (source_system, candidate_id)
Record = tuple[str, str]
AS_OF = datetime.fromisoformat("2026-04-01")
LEARNED = datetime.fromisoformat("2026-03-01")
MODELS = (
    *("candidate_identifiers", "person_records", "identity_rulings", "shared_identifiers", "person_pairs", "person_links"),
    *("person_map", "identity_conflicts"),
)
TESTS = ("people_are_closed_under_links", "a_split_is_never_one_person")
_RULING = "source_system varchar, candidate_id varchar, other_source_system varchar, other_candidate_id varchar, note varchar, valid_from date, valid_to date"
_INPUTS = {
    "candidates": "source_system varchar, candidate_id varchar, created_at timestamp",
    "applications": "source_system varchar, candidate_id varchar, applied_at timestamp",
    "outreach_messages": "source_system varchar, candidate_id varchar, recipient_address varchar, sent_at timestamp, observed_at timestamp",
    "crm_activities": "source_system varchar, candidate_id varchar, occurred_at timestamp",
    "reviews": "source_system varchar, candidate_id varchar, requested_at timestamp",
    "candidate_contacts": "source_system varchar, candidate_id varchar, contact_code varchar, contact_value varchar, observed_at timestamp",
    "candidate_merges": "source_system varchar, from_candidate_id varchar, to_candidate_id varchar, merged_at timestamp",
    "stg_config__identity_links": _RULING,
    "stg_config__identity_splits": _RULING,
    "run_clock": "as_of timestamp, known_at timestamp, time_zone varchar",
}


@dataclass(frozen=True)
class Ruling:
    one: Record
    other: Record
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True)
class IdentityWorld:
    """Contacts and merges are what the canonical tables hold at as_of; times of `records` may be null."""

    records: Mapping[Record, datetime | None] = field(default_factory=dict)
    applied: Mapping[Record, datetime] = field(default_factory=dict)
    contacts: tuple[tuple[Record, str, str], ...] = ()
    messages: tuple[tuple[Record, str, datetime], ...] = ()
    merges: tuple[tuple[str, str, str, datetime], ...] = ()
    links: tuple[Ruling, ...] = ()
    splits: tuple[Ruling, ...] = ()

    def plus(self, other: IdentityWorld) -> IdentityWorld:
        return IdentityWorld(
            {**self.records, **other.records},
            {**self.applied, **other.applied},
            *(getattr(self, name) + getattr(other, name) for name in ("contacts", "messages", "merges", "links", "splits")),
        )

    def without_last(self, name: str) -> IdentityWorld:
        return replace(self, **{name: getattr(self, name)[:-1]})


@contextmanager
def built(project: CompiledProject, world: IdentityWorld) -> Iterator[duckdb.DuckDBPyConnection]:
    """The identity models over the world; every data test of theirs has passed."""
    with duckdb.connect(":memory:", config={"threads": 2}) as connection:
        connection.execute("attach ':memory:' as warehouse; use warehouse; set TimeZone = 'UTC'")
        for schema in ("canonical", "run", "staging"):
            connection.execute(f"create schema {schema}")
        for name, columns in _INPUTS.items():
            connection.execute(f"create table {project.nodes[name]['relation_name']} ({columns})")
        for name, rows in _rows(world).items():
            insert(connection, project.nodes[name]["relation_name"], rows)
        for name in MODELS:
            kind = "view" if name == "identity_conflicts" else "table"
            connection.execute(f"create {kind} {project.nodes[name]['relation_name']} as {project.sql[name]}")
        for name in TESTS:
            assert connection.execute(_data_test(project, name)).fetchall() == [], name
        yield connection


def _data_test(project: CompiledProject, name: str) -> str:
    """A data test's SQL; there is nothing but references in it."""
    text = (DBT_PROJECT_DIR / "tests" / "canonical" / f"{name}.sql").read_text(encoding="utf-8")
    return re.sub(r'\{\{ ref\("(\w+)"\) \}\}', lambda found: str(project.nodes[found[1]]["relation_name"]), text)


def keys(project: CompiledProject, world: IdentityWorld) -> dict[Record, str]:
    """The person of each record."""
    with built(project, world) as connection:
        return keys_of(connection)


def keys_of(connection: duckdb.DuckDBPyConnection) -> dict[Record, str]:
    rows = connection.execute("select source_system, candidate_id, candidate_key from canonical.person_map").fetchall()
    found = {(source, identity): key for source, identity, key in rows}
    assert len(found) == len(rows)
    return found


def _rows(world: IdentityWorld) -> dict[str, list[dict[str, Any]]]:
    def rulings(given: Iterable[Ruling]) -> list[dict[str, Any]]:
        names = ("source_system", "candidate_id", "other_source_system", "other_candidate_id", "valid_from", "valid_to")
        return [dict(zip(names, (*r.one, *r.other, r.valid_from, r.valid_to), strict=True)) for r in given]

    def known(times: Mapping[Record, datetime | None], column: str) -> list[dict[str, Any]]:
        return [{"source_system": source, "candidate_id": identity, column: at} for (source, identity), at in times.items()]

    return {
        "run_clock": [{"as_of": AS_OF, "known_at": datetime.fromisoformat("9999-01-01"), "time_zone": "UTC"}],
        "candidates": known(world.records, "created_at"),
        "applications": known(world.applied, "applied_at"),
        "candidate_contacts": [
            {"source_system": r[0], "candidate_id": r[1], "contact_code": code, "contact_value": text, "observed_at": LEARNED}
            for r, code, text in dict.fromkeys(world.contacts)
        ],
        "outreach_messages": [
            {"source_system": r[0], "candidate_id": r[1], "recipient_address": text, "sent_at": at, "observed_at": LEARNED}
            for r, text, at in world.messages
        ],
        "candidate_merges": [
            {"source_system": source, "from_candidate_id": one, "to_candidate_id": other, "merged_at": at}
            for source, one, other, at in world.merges
        ],
        "stg_config__identity_links": rulings(world.links),
        "stg_config__identity_splits": rulings(world.splits),
    }


def path_of(length: int, source: str, seed: int) -> IdentityWorld:
    """One person in `length` records, each sharing an address with the next and with nobody else; their times are in no order."""
    pick = random.Random(seed)
    records = {(source, f"{source}{n}"): AS_OF - timedelta(minutes=pick.randrange(500_000)) for n in range(length)}
    own = [((source, f"{source}{n}"), "email", f"{source}.{n + step}@path.example") for n in range(length) for step in (0, 1)]
    return IdentityWorld(records=records, contacts=tuple(own))


def random_world(seed: int, people: int = 60, space: str = "") -> IdentityWorld:
    """About two records per person in three systems. Ids and contacts begin with `space`, so that worlds can be strangers to each other."""
    return _Maker(seed, space).world(people)


class _Maker:
    def __init__(self, seed: int, space: str) -> None:
        self.pick = random.Random(seed)
        self.space = space

    def world(self, people: int) -> IdentityWorld:
        pick = self.pick
        records: dict[Record, datetime | None] = {}
        for number in range(people * 2):
            record = (
                pick.choice(["ats", "ats", "ats2", "crm"]),
                f"{self.space}{pick.randrange(people * 2) if pick.random() < 0.3 else number}",
            )
            records[record] = None if pick.random() < 0.05 else self._time()
        listed = list(records)
        applied = {record: self._time() for record in listed if record[0] != "crm" and pick.random() < 0.7}
        # an application may name a candidate that no list holds
        applied |= {("ats", f"{self.space}unlisted{n}"): self._time() for n in range(3)}
        listed += [record for record in applied if record not in records]
        contacts = [contact for record in listed for contact in self._contacts(record, people)]
        contacts += [(record, "email", f"{self.space}desk@agency.example") for record in pick.sample(listed, 40)]
        contacts += [(record, "phone", "+44 20 7946 0000") for record in pick.sample(listed, 6 if self.space else 0)]
        contacts += [(record, "email", f"{self.space}Pair@shared.example ") for record in pick.sample(listed, 5)]
        return IdentityWorld(
            records,
            applied,
            tuple(contacts),
            tuple((record, f"{self.space}to{pick.randrange(people)}@mail.example", self._time()) for record in pick.sample(listed, 15)),
            tuple(self._merges(listed)),
            tuple(self._rulings(listed, 4)),
            tuple(self._rulings(listed, 8)),
        )

    def _contacts(self, record: Record, people: int) -> Iterator[tuple[Record, str, str]]:
        pick = self.pick
        who = f"{self.space}{pick.randrange(people)}"
        digits = f"{(hash_of(self.space) * 7919 + pick.randrange(people)) % 10_000_000:07d}"
        yield record, "name", "Ann Lee"
        yield record, "email", pick.choice(["", " ", "none", "@", "jobs@any.example", f"a@{self.space or 'x'}"])
        if pick.random() < 0.6:
            yield (
                record,
                "email",
                pick.choice([f"p.{who}@gmail.com", f" P{who}+x@GoogleMail.com", f"p{who}@gmail.com", f"p.{who}@own.example"]),
            )
        if pick.random() < 0.4:
            yield record, "phone", pick.choice([f"+1 555 {digits}", f"001-555-{digits}", f"(1) 555/{digits}", "0000000000", "123", "n/a"])
        if pick.random() < 0.4:
            start = pick.choice(["https://www.linkedin.com/in/", "linkedin.com/in/", "", "https://linkedin.com/talent/"])
            yield record, "linkedin", start + f"Member-{who}" + (pick.choice(["/", "?trk=x", ""]) if start else "")
        if record[0] == "crm" and pick.random() < 0.5:
            yield record, "candidate_id", pick.choice(["", "ats:", "ats2:", "elsewhere:"]) + f"{self.space}{pick.randrange(people * 2)}"

    def _merges(self, listed: list[Record]) -> Iterator[tuple[str, str, str, datetime]]:
        ids = [identity for source, identity in listed if source == "ats"]
        for _ in range(6):
            yield "ats", self.pick.choice(ids), self.pick.choice(ids), self._time()
        # a chain over an id that is gone from the lists, and a loop
        first, last, one, other = self.pick.sample(ids, 4)
        yield "ats", first, f"{self.space}gone", self._time()
        yield "ats", f"{self.space}gone", last, self._time()
        yield "ats", one, other, self._time()
        yield "ats", other, one, self._time()

    def _rulings(self, listed: list[Record], count: int) -> Iterator[Ruling]:
        for _ in range(count):
            one, other = self.pick.choice(listed), self.pick.choice(listed)
            days = [None, None, date(2026, 3, 31), date(2026, 4, 1)]
            yield Ruling(one, other, self.pick.choice(days), self.pick.choice([None, None, date(2026, 3, 31), date(2026, 3, 30)]))
        yield Ruling(self.pick.choice(listed), ("ats", f"{self.space}nobody"))

    def _time(self) -> datetime:
        return AS_OF - timedelta(hours=self.pick.randrange(1, 400))


def hash_of(text: str) -> int:
    """A number of a text that is the same in every process."""
    return sum(ord(letter) * 31**place for place, letter in enumerate(text))
