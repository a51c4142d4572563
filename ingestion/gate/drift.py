"""Schema drift: what the newest records of a stream look like, held against the earlier ones of the same stream and source.

The newest loads that make FEWEST_ROWS records together are compared with all before them that are remembered; below that nothing is said,
because a handful of records is no pattern. Which change is only noted, warned of or stops publishing is a rule (drift_rules.csv,
company.yml `quality`); one that stops does so until later records look as before or a person accepts it.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path

import duckdb

from base.config import Company
from ingestion.gate import field_profiles
from ingestion.gate.field_profiles import FieldProfile, LoadProfile
from ingestion.gate.profiles import StagingTable
from ingestion.sources.registry import stream_of

NOTE, WARN, BLOCK, ACCEPTED = "note", "warn", "block", "accepted"

#: Records on either side below which nothing is compared.
FEWEST_ROWS = 50
#: Values of another type below which nothing is said of it.
FEWEST_OF_A_TYPE = 5

TABLE = """
create table if not exists quality.drift (
    kind varchar, source_system varchar, stream varchar, field varchar, change_code varchar, new_value varchar, action_code varchar,
    explanation varchar, is_standing boolean, found_at timestamp, since_number bigint
)
"""


@dataclass(frozen=True)
class Policy:
    """What company.yml says: `actions` by change code instead of the rule's own, `accepted` as `stream.field` or `source.stream.field`."""

    actions: Mapping[str, str] = field(default_factory=dict)
    accepted: frozenset[str] = frozenset()

    @classmethod
    def of(cls, company: Company) -> Policy:
        quality = company.quality
        return cls({str(change): str(action) for change, action in quality.drift.items()}, frozenset(quality.accepted))


@dataclass(frozen=True)
class Finding:
    """One change of one field. `new_value` is the code, for new_value; empty else."""

    kind: str
    source: str
    stream: str
    field: str
    change: str
    new_value: str
    action: str
    explanation: str

    @property
    def place(self) -> tuple[str, ...]:
        return (self.kind, self.source, self.stream, self.field, self.change, self.new_value)

    def __str__(self) -> str:
        return f"{self.source} {self.stream}: {self.field} {self.explanation}"

    def is_accepted(self, policy: Policy) -> bool:
        return bool({f"{self.stream}.{self.field}", f"{self.source}.{self.stream}.{self.field}"} & policy.accepted)

    def then(self, policy: Policy) -> str:
        """What happens because of it: note, warn or block, or that the company has accepted it."""
        return ACCEPTED if self.is_accepted(policy) else policy.actions.get(self.change, self.action)

    def stops(self, policy: Policy) -> bool:
        return self.then(policy) == BLOCK


@dataclass(frozen=True)
class Seen:
    """A change that was found once. `then`: what follows from it by the company's rules of today."""

    finding: Finding
    then: str
    is_standing: bool
    found_at: datetime


@dataclass(frozen=True)
class _Rule:
    """Fits when at least `history_share` of the earlier records were as they were, and at most `recent_share` of the newest still are.

    `is_read` None: for fields that staging reads and for others.
    """

    change: str
    is_read: bool | None
    action: str
    history_share: float
    recent_share: float


def watch(
    connection: duckdb.DuckDBPyConnection,
    lake: Path,
    new: Sequence[tuple[StagingTable, Sequence[str]]],
    policy: Policy,
    *,
    fields_read: Mapping[tuple[str, str], frozenset[str]],
    at: datetime,
) -> tuple[list[Finding], list[str]]:
    """Profile the new load files and compare: (what was not known before, one sentence per change that stops publishing).

    Writes quality.field_profiles and quality.drift in one transaction. Safe to repeat for the same files.
    """
    connection.execute(field_profiles.TABLE)
    connection.execute(TABLE)
    profiled = [(table, field_profiles.profile_files(connection, lake, table, files)) for table, files in new]
    found: list[Finding] = []
    connection.begin()
    try:
        for table, loads in profiled:
            field_profiles.record(connection, table, loads, at)
            for source in sorted({source for source, _ in loads}):
                known = field_profiles.known_loads(connection, table.kind, source, table.stream)
                read = fields_read.get((table.kind, table.stream), frozenset())
                comparison = _Comparison(table, source, known, _since(connection, table, source), read)
                found += _remember(connection, comparison, policy, at)
        connection.commit()
    except BaseException:
        connection.rollback()
        raise
    return found, [_sentence(finding) for finding in _standing(connection) if finding.stops(policy)]


def history(connection: duckdb.DuckDBPyConnection, policy: Policy, *, most: int = 100) -> list[Seen]:
    """The changes that were seen: those that still stand first, then the newest."""
    rows = connection.execute(
        f"select {_COLUMNS}, is_standing, found_at from quality.drift order by is_standing desc, found_at desc, {_COLUMNS} limit {most}"
    ).fetchall()
    return [Seen(finding := Finding(*row[:8]), finding.then(policy), row[8], row[9]) for row in rows]


class _Comparison:
    """The newest loads of a stream beside the earlier ones. `since`: field -> number of the load since which a change of it stands; `read`:
    the fields that staging parses.

    A field whose change stands is held against the loads from before it, so that it does not become usual by coming again.
    """

    def __init__(
        self, table: StagingTable, source: str, loads: Mapping[int, LoadProfile], since: Mapping[str, int], read: frozenset[str]
    ) -> None:
        self.table, self.source, self._since, self._read = table, source, since, read
        self._recent, self._past, self._baselines = LoadProfile(), LoadProfile(), {name: LoadProfile() for name in since}
        self.first_number = 0
        for number, load in loads.items():
            if self._recent.rows < FEWEST_ROWS:
                self._recent.add(load)
                self.first_number = number
                continue
            self._past.add(load)
            for name, first in since.items():
                if number < first:
                    self._baselines[name].add(load)

    @property
    def is_possible(self) -> bool:
        return self._recent.rows >= FEWEST_ROWS and self._past.rows >= FEWEST_ROWS

    def is_judged(self, name: str) -> bool:
        """Whether there is enough to say that a standing change of the field is over."""
        return self.is_possible and self._baselines.get(name, self._past).rows >= FEWEST_ROWS

    def findings(self) -> Iterator[Finding]:
        if not self.is_possible:
            return
        table, recent = self.table, self._recent
        stream = stream_of(table.kind, table.stream)
        contract = stream.contract
        read = frozenset[str]() if stream.is_pushed else self._read
        for name in sorted(recent.fields.keys() | self._past.fields.keys()):
            past = self._baselines.get(name, self._past)
            if past.rows < FEWEST_ROWS:
                continue
            now, before = recent.fields.get(name, FieldProfile()), past.fields.get(name, FieldProfile())
            for change, action, explanation in _changes(now, before, recent.rows, past.rows, name in read):
                yield Finding(table.kind, self.source, table.stream, name, change, "", action, explanation)
            if before.codes and len(before.codes) <= field_profiles.MOST_CODES:
                for code in sorted(now.codes.keys() - before.codes.keys() - {*contract.known.get(name, ()), *contract.coded.get(name, ())}):
                    explanation = f"holds the new code '{code}' ({now.codes[code]:,} rows)"
                    yield Finding(table.kind, self.source, table.stream, name, "new_value", code, _action("new_value", True), explanation)


def _changes(now: FieldProfile, before: FieldProfile, rows: int, past_rows: int, is_read: bool) -> Iterator[tuple[str, str, str]]:
    """(change, action, what was seen) of one field. A field of codes that only staging has (it was renamed there) is in no payload."""
    if not now.present and not before.present:
        return
    if not before.present:
        yield "new_field", _action("new_field", is_read), f"is new ({now.present:,} of the newest {rows:,} records have it)"
        return
    had, filled = before.present / past_rows, before.filled / past_rows
    if not now.present:
        if action := _action("vanished_field", is_read, had):
            yield "vanished_field", action, f"has vanished: {had:.0%} of the earlier records have it, none of the newest {rows:,}"
        return
    if action := _action("null_flood", is_read, filled, now.filled / rows):
        yield "null_flood", action, f"is empty in {1 - now.filled / rows:.0%} of the newest {rows:,} records, {1 - filled:.0%} before"
        return
    if before.types and now.types:
        usual, count = before.types.most_common(1)[0]
        other = max((kind for kind in now.types if kind != usual), key=lambda kind: now.types[kind], default="")
        change = "restructured_field" if {usual, other} & {"object", "list"} else "retyped_field"
        action = _action(change, is_read, count / before.types.total(), now.types[usual] / now.types.total())
        if action and now.types[other] >= FEWEST_OF_A_TYPE:
            yield (
                change,
                action,
                f"was {usual} and is {other} in {now.types[other]:,} of the newest {now.types.total():,} records with a value",
            )


def _remember(connection: duckdb.DuckDBPyConnection, comparison: _Comparison, policy: Policy, at: datetime) -> list[Finding]:
    """Bring quality.drift up to date for one stream; returns what it did not have."""
    stream_key = [comparison.table.kind, comparison.source, comparison.table.stream]
    now = list(comparison.findings())
    standing = {finding.place: finding for finding in _standing(connection) if [finding.kind, finding.source, finding.stream] == stream_key}
    query = f"select {_COLUMNS} from quality.drift where kind = ? and source_system = ? and stream = ?"
    # What is new is so once: a field or a code that comes and goes is not told again.
    reported = {finding.place for row in connection.execute(query, stream_key).fetchall() if (finding := Finding(*row)).change in _NEW}
    fresh = [finding for finding in now if finding.place not in standing and finding.place not in reported]
    seen = {finding.place for finding in now}
    for place, finding in standing.items():
        is_held = finding.change in _NEW and finding.stops(policy)
        if place not in seen and not is_held and comparison.is_judged(finding.field):
            connection.execute(_OVER, list(place))
    for finding in fresh:
        row = [*finding.place, finding.action, finding.explanation, True, at, comparison.first_number]
        connection.execute("insert into quality.drift values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
    return [finding for finding in fresh if not finding.is_accepted(policy)]


def _since(connection: duckdb.DuckDBPyConnection, table: StagingTable, source: str) -> dict[str, int]:
    """Field -> the number of the first load of its standing change. What is new does not count: it soon belongs to what is usual."""
    query = (
        "select field, min(since_number) from quality.drift where is_standing and kind = ? and source_system = ? and stream = ?"
        " and change_code not in ('new_field', 'new_value') group by field"
    )
    return dict(connection.execute(query, [table.kind, source, table.stream]).fetchall())


#: Changes that are told once, even if they go and come again.
_NEW = ("new_field", "new_value")

_OVER = (
    "update quality.drift set is_standing = false where kind = ? and source_system = ? and stream = ? and field = ? and change_code = ?"
    " and new_value = ?"
)

_COLUMNS = "kind, source_system, stream, field, change_code, new_value, action_code, explanation"


def _standing(connection: duckdb.DuckDBPyConnection) -> list[Finding]:
    rows = connection.execute(f"select {_COLUMNS} from quality.drift where is_standing order by all").fetchall()
    return [Finding(*row) for row in rows]


def _sentence(finding: Finding) -> str:
    return (
        f"{finding}; fix it at the source and load again, or accept it in company.yml:"
        f" 'quality: {{accepted: [{finding.source}.{finding.stream}.{finding.field}]}}'"
    )


def _action(change: str, is_read: bool, history_share: float = 0.0, recent_share: float = 0.0) -> str:
    """What the first rule that fits says; empty when none does."""
    for rule in _rules():
        is_meant = rule.change == change and rule.is_read in (None, is_read)
        if is_meant and history_share >= rule.history_share and recent_share <= rule.recent_share:
            return rule.action
    return ""


@cache
def _rules() -> tuple[_Rule, ...]:
    with (Path(__file__).parent / "drift_rules.csv").open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    return tuple(
        _Rule(
            row["change_code"],
            {"true": True, "false": False}.get(row["is_read"]),
            row["action_code"],
            float(row["history_share"] or 0),
            float(row["recent_share"] or 0),
        )
        for row in rows
    )
