"""Why records are one person, and what about identities a person should look at: read from the build file's identity models.

Contacts are personal data: an identifier is shown as its kind and a short hash, so that two lines can be compared and nobody is named.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import duckdb

from base.errors import ConfigError, FunnelcastError
from base.home import Home
from orchestration.run.lock import run_lock

#: Shortest beginning of a candidate_key that is taken for one.
_SHORTEST_KEY = 6


@dataclass(frozen=True)
class Member:
    """A record of the person. `is_set_apart`: a split took it out of the person it would be."""

    source_system: str
    candidate_id: str
    first_seen_at: datetime | None
    is_set_apart: bool

    @property
    def record(self) -> str:
        return f"{self.source_system}:{self.candidate_id}"


@dataclass(frozen=True)
class Link:
    """What holds records together: `code` is email, linkedin, phone, candidate_id, merged or ruled; `identifier` a short hash (None for pairs).

    `not_counted` says why it links nobody; None = it counts.
    """

    code: str
    identifier: str | None
    records: tuple[str, ...]
    since: datetime | None
    note: str | None = None
    not_counted: str | None = None


@dataclass(frozen=True)
class Ruling:
    """A line of identity_links.csv or identity_splits.csv that names a record of the person."""

    code: str
    record: str
    other: str
    valid_from: date | None
    note: str | None


@dataclass(frozen=True)
class Person:
    candidate_key: str
    members: tuple[Member, ...]
    links: tuple[Link, ...]
    rulings: tuple[Ruling, ...]

    @property
    def key_of(self) -> str | None:
        """The record whose key the person has; None for one who is known by an address alone."""
        return self.members[0].record if self.members else None


@dataclass(frozen=True)
class Conflict:
    """`code` as in the model identity_conflicts; either an identifier with its holders, or the two records of a ruling."""

    code: str
    identifier_code: str | None
    identifier: str | None
    holder_count: int | None
    record: str | None
    other: str | None


def why(home: Home, asked: str) -> Person:
    """The person of a candidate_key (or the beginning of one) or of a record `source:id`. Raises FunnelcastError when there is none."""
    with _warehouse(home) as connection:
        key = _find_key(connection, asked)
        members = tuple(
            Member(*row)
            for row in connection.execute(
                "select source_system, candidate_id, first_seen_at, is_set_apart from canonical.person_map where candidate_key = ?"
                " order by first_seen_at nulls last, source_system, candidate_id",
                [key],
            ).fetchall()
        )
        return Person(key, members, (*_links(connection, key), *_capped(connection, key)), _rulings(connection, key))


def conflicts(home: Home) -> list[Conflict]:
    """Everything the model identity_conflicts tells, capped identifiers with the most holders first."""
    with _warehouse(home) as connection:
        rows = connection.execute(
            "select conflict_code, identifier_code, identifier_value, holder_count, source_system || ':' || candidate_id,"
            " other_source_system || ':' || other_candidate_id from canonical.identity_conflicts"
            " order by conflict_code, holder_count desc, 2, 3, 5, 6"
        ).fetchall()
    return [Conflict(code, kind, short_hash(kind, value), count, one, other) for code, kind, value, count, one, other in rows]


def short_hash(code: str | None, value: str | None) -> str | None:
    """Six hexadecimal digits for an identifier: enough to compare two lines, too few to tell a number from the thousands that share them."""
    return None if value is None else hashlib.sha256(f"{code}:{value}".encode()).hexdigest()[:6]


@contextmanager
def _warehouse(home: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    """The build file for reading, while no run writes it. Raises BusyError during a run, FunnelcastError before the first."""
    if not home.warehouse.exists():
        raise FunnelcastError(f"Nothing is built in {home.root}", remedy="Run `funnelcast run` first.")
    with run_lock(home), duckdb.connect(str(home.warehouse), read_only=True) as connection:
        try:
            connection.execute("from canonical.identity_conflicts limit 0")
        except duckdb.CatalogException as error:
            raise FunnelcastError(
                f"{home.warehouse} was built by a version that kept no identities", remedy="Run `funnelcast run` to build them."
            ) from error
        yield connection


def _find_key(connection: duckdb.DuckDBPyConnection, asked: str) -> str:
    source, colon, identity = asked.partition(":")
    if colon:
        query, values = "select candidate_key from canonical.person_map where source_system = ? and candidate_id = ?", [source, identity]
    elif len(asked) < _SHORTEST_KEY:
        raise ConfigError(
            f"'{asked}' is too short for a candidate_key", remedy="Give the key, its first six letters or more, or source:id."
        )
    else:
        query, values = (
            "select distinct candidate_key from canonical.person_map where starts_with(candidate_key, ?) limit 2",
            [asked],
        )
    found = [key for (key,) in connection.execute(query, values).fetchall()]
    if not found and not colon and _is_address(connection, asked):
        return asked
    if not found:
        raise ConfigError(f"Nobody is known by '{asked}'", remedy="Give a candidate_key of a core table, or source:id, like ats:4711.")
    if len(found) > 1:
        raise ConfigError(f"Several keys begin with '{asked}'", remedy="Give more characters of it.")
    return str(found[0])


def _is_address(connection: duckdb.DuckDBPyConnection, key: str) -> bool:
    """Whether the key stands for an address that a message went to and that no record has."""
    try:
        return bool(connection.execute("from core_work.int_core__message_recipients where candidate_key = ? limit 1", [key]).fetchall())
    except duckdb.CatalogException:
        return False


def _links(connection: duckdb.DuckDBPyConnection, key: str) -> list[Link]:
    """The links of the person's records, those first that count; with all records that hold them."""
    rows = connection.execute(
        """
        with own as (
            select distinct l.link_number from canonical.person_links as l
            join canonical.person_map as m using (source_system, candidate_id) where m.candidate_key = ?
        )
        select l.link_code, any_value(l.identifier_value), list(l.source_system || ':' || l.candidate_id order by l.record_number),
            min(l.since_at), any_value(p.note), bool_or(l.is_refuted), bool_or(m.is_set_apart)
        from canonical.person_links as l
        join own on own.link_number = l.link_number
        join canonical.person_map as m on m.source_system = l.source_system and m.candidate_id = l.candidate_id
        left join canonical.person_pairs as p on p.link_number = l.link_number
        group by l.link_number, l.link_code
        order by bool_or(l.is_refuted), bool_or(m.is_set_apart), min(l.since_at), l.link_code, l.link_number
        """,
        [key],
    ).fetchall()
    found = []
    for code, value, records, since, note, is_refuted, has_apart in rows:
        reason = "a split says that two of these records are two people" if is_refuted else None
        if has_apart and not is_refuted:
            reason = "not for the record that a split sets apart"
        found.append(Link(code, short_hash(code, value), tuple(records), since, note, reason))
    return found


def _capped(connection: duckdb.DuckDBPyConnection, key: str) -> list[Link]:
    rows = connection.execute(
        """
        select s.identifier_code, s.identifier_value, list(s.source_system || ':' || s.candidate_id order by 1), min(s.learned_at),
            max(s.holder_count)
        from canonical.shared_identifiers as s
        join canonical.person_map as m using (source_system, candidate_id)
        where m.candidate_key = ? and s.is_capped
        group by s.identifier_code, s.identifier_value order by 1, 2
        """,
        [key],
    ).fetchall()
    return [
        Link(code, short_hash(code, value), tuple(records), since, None, f"{count:,} records share it, so it identifies nobody")
        for code, value, records, since, count in rows
    ]


def _rulings(connection: duckdb.DuckDBPyConnection, key: str) -> tuple[Ruling, ...]:
    rows: Sequence[Any] = connection.execute(
        """
        select distinct r.ruling_code, r.source_system || ':' || r.candidate_id, r.other_source_system || ':' || r.other_candidate_id,
            r.valid_from, r.note
        from canonical.identity_rulings as r
        join canonical.person_map as m
            on (m.source_system = r.source_system and m.candidate_id = r.candidate_id)
            or (m.source_system = r.other_source_system and m.candidate_id = r.other_candidate_id)
        where m.candidate_key = ? order by 1, 2, 3
        """,
        [key],
    ).fetchall()
    return tuple(Ruling(*row) for row in rows)
