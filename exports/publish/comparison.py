"""What changed between two published states, and why: what happened since, what became known late, what was corrected, what is mapped otherwise.

Causes are told from the facts themselves. A row that only the later state has *happened since* when its own event lies at or after the
earlier state's as_of; it was *learned late* when it lies before it. A row that only the earlier one has was *withdrawn* at its source (or
its record merged). A row of both that differs was *mapped otherwise* when its code changed under the same name of the source, *went on*
when a time at or after the earlier as_of came, and was *corrected* otherwise.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from base.clock import iso
from base.errors import ConfigError
from base.home import Home
from exports.publish.intact import require
from exports.publish.state import DATABASE, PublishedState, current, versions
from exports.publish.warehouse import literal, quoted


@dataclass(frozen=True)
class Fact:
    """How the changes of one fact table are explained: the time of a row's own event, times that end it, and (code, name of the source)."""

    table: str
    key: str
    event: str
    later_times: tuple[str, ...]
    mapped: tuple[tuple[str, str], ...] = ()


FACTS = (
    Fact(
        "fct_applications",
        "application_key",
        "applied_at",
        ("closed_at", "hired_at", "accepted_at", "last_activity_at", "current_stage_entered_at"),
        (("current_stage_code", "current_source_stage_name"), ("close_reason_code", "close_reason_source_name")),
    ),
    Fact("fct_stage_visits", "visit_key", "entered_at", ("exited_at",), (("stage_code", "source_stage_name"),)),
    Fact(
        "fct_offers",
        "offer_key",
        "extended_at",
        ("resolved_at",),
        (("decline_reason_code", "decline_reason_source_name"),),
    ),
    Fact("fct_interviews", "interview_key", "scheduled_at", ("starts_at", "feedback_submitted_at")),
    Fact("fct_outreach_messages", "message_key", "sent_at", ()),
)
#: Cause -> what it is called. In the order in which they are looked for.
CAUSES = {
    "happened_since": "happened since",
    "learned_late": "happened before, learned since",
    "withdrawn": "no longer there (deleted or merged at the source)",
    "mapped_otherwise": "mapped to another code",
    "went_on": "went on",
    "corrected": "corrected at the source, or credited to someone else",
}


@dataclass(frozen=True)
class Change:
    """Rows of one fact table with one cause."""

    table: str
    cause: str
    row_count: int


@dataclass(frozen=True)
class TableChange:
    """One published table: rows then and now, and how many of now's are not the same then (null where its columns changed)."""

    relation: str
    rows_before: int
    rows_after: int
    differing_count: int | None


@dataclass(frozen=True)
class Difference:
    """`inputs` says what the two runs were given differently, a sentence each."""

    before: PublishedState
    after: PublishedState
    inputs: tuple[str, ...]
    changes: tuple[Change, ...]
    tables: tuple[TableChange, ...]

    @property
    def is_same(self) -> bool:
        return self.before.content_hash == self.after.content_hash


def version_named(home: Home, name: str) -> PublishedState:
    """The version whose id is or begins with `name` (an id begins with its as_of, as 20260629T060000Z), or `current`, or `previous`.

    Raises ConfigError when there is none, or more than one.
    """
    states = versions(home)
    if name == "current" and (state := current(home)):
        return state
    if name == "previous":
        now = version_named(home, "current").version_id
        place = next((place for place, state in enumerate(states) if state.version_id == now), 0)
        if place + 1 < len(states):
            return states[place + 1]
        raise ConfigError(
            f"{now} is the oldest published version, so there is none before it",
            remedy="Run again, or give two versions that `funnelcast publish list` names.",
        )
    folded = name.replace("-", "").replace(":", "")
    found = [state for state in states if state.version_id.startswith(name) or state.version_id.startswith(folded)]
    if len(found) != 1:
        raise ConfigError(
            f"{'no' if not found else len(found)} published version is called '{name}'",
            remedy=f"Known: {', '.join(state.version_id for state in states[:5]) or 'none yet; `funnelcast run` publishes one'}.",
        )
    return found[0]


def compare(before: PublishedState, after: PublishedState) -> Difference:
    """What `after` says otherwise than `before`, with counts."""
    with duckdb.connect(config={"autoinstall_known_extensions": "false"}) as connection:
        connection.execute("set TimeZone = 'UTC'")
        for name, state in (("old", before), ("new", after)):
            require(state, DATABASE)
            connection.execute(f"attach {literal(str(state.database))} as {name} (read_only)")
        changes = [change for fact in FACTS for change in _changes(connection, fact, before)]
        tables = _tables(connection, before, after)
    return Difference(before, after, tuple(_inputs(before, after)), tuple(changes), tuple(tables))


def _inputs(before: PublishedState, after: PublishedState) -> list[str]:
    differences = []
    if before.as_of != after.as_of:
        differences.append(f"as of {iso(before.as_of)} then, {iso(after.as_of)} now")
    if before.known_at != after.known_at:
        differences.append(f"known by {_known(before)} then, {_known(after)} now")
    for label, then, now in (
        ("the mapping files changed", before.mappings_digest, after.mappings_digest),
        ("the configuration changed", before.config_digest, after.config_digest),
        ("the installed packages changed", before.lock_digest, after.lock_digest),
        ("the code changed", before.git_version, after.git_version),
        ("published tables or columns changed", before.contract_digest, after.contract_digest),
    ):
        if then != now:
            differences.append(label)
    return differences


def _known(state: PublishedState) -> str:
    return iso(state.known_at) if state.known_at else f"its run at {iso(state.published_at)}"


def _changes(connection: duckdb.DuckDBPyConnection, fact: Fact, before: PublishedState) -> list[Change]:
    columns = _shared_columns(connection, "core", fact.table)
    if fact.key not in columns:
        return []
    moment = f"timestamp '{before.as_of:%Y-%m-%d %H:%M:%S.%f}'"
    compared = [name for name in columns if name != fact.key and not _runs_with_the_clock(name)]
    differs = " or ".join(f"o.{quoted(name)} is distinct from n.{quoted(name)}" for name in compared)
    mapped = " or ".join(
        f"(o.{code} is distinct from n.{code} and o.{name} is not distinct from n.{name} and n.{name} is not null)"
        for code, name in fact.mapped
        if {code, name} <= set(columns)
    )
    went_on = " or ".join(
        f"(o.{name} is distinct from n.{name} and coalesce(n.{name} >= {moment}, false))" for name in fact.later_times if name in columns
    )
    rows = connection.execute(
        f"""
        select
            case when o.{fact.key} is null then case when n.{fact.event} < {moment} then 'learned_late' else 'happened_since' end
                 when n.{fact.key} is null then 'withdrawn'
                 when {mapped or "false"} then 'mapped_otherwise'
                 when {went_on or "false"} then 'went_on'
                 else 'corrected' end as cause,
            count(*)
        from old.core.{fact.table} o full join new.core.{fact.table} n using ({fact.key})
        where o.{fact.key} is null or n.{fact.key} is null or {differs}
        group by all
        """
    ).fetchall()
    counted = dict(rows)
    return [Change(f"core.{fact.table}", cause, counted[cause]) for cause in CAUSES if cause in counted]


def _runs_with_the_clock(column: str) -> bool:
    """Whether a column of an open thing grows with as_of alone."""
    return column in ("days_in_stage", "age_days", "exit_code", "last_activity_at")


def _tables(connection: duckdb.DuckDBPyConnection, before: PublishedState, after: PublishedState) -> list[TableChange]:
    then, now = {t.relation: t for t in before.tables}, {t.relation: t for t in after.tables}
    changed = []
    for relation in sorted(now):
        if relation not in then or then[relation].content_hash == now[relation].content_hash:
            continue
        differing = _differing(connection, relation)
        if differing != 0 or then[relation].row_count != now[relation].row_count:
            changed.append(TableChange(relation, then[relation].row_count, now[relation].row_count, differing))
    return changed


def _differing(connection: duckdb.DuckDBPyConnection, relation: str) -> int | None:
    """Rows of now that are not, the same but for as_of, in then."""
    schema, table = relation.split(".")
    old, new = (_columns(connection, catalog, schema, table) for catalog in ("old", "new"))
    if set(old) != set(new):
        return None
    names = ", ".join(quoted(name) for name in new if name != "as_of")
    row = connection.execute(
        f"select count(*) from (select {names} from new.{relation} except all select {names} from old.{relation})"
    ).fetchone()
    return int(row[0]) if row else 0


def _shared_columns(connection: duckdb.DuckDBPyConnection, schema: str, table: str) -> list[str]:
    old, new = (_columns(connection, catalog, schema, table) for catalog in ("old", "new"))
    return [name for name in new if name in old]


def _columns(connection: duckdb.DuckDBPyConnection, catalog: str, schema: str, table: str) -> Sequence[str]:
    rows = connection.execute(
        "select column_name from duckdb_columns() where database_name = ? and schema_name = ? and table_name = ? order by column_index",
        [catalog, schema, table],
    ).fetchall()
    return [str(row[0]) for row in rows]
