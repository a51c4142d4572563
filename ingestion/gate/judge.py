"""`gate`: between the two dbt selections, judge the staging rows of load files that no verdict covers yet.

Order of writing: verdicts (operations database, page) first, then quarantine and gated loads in one transaction of the warehouse; a kill
before that leaves the load ungated and it is judged again, to the same end.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

import duckdb
from sqlalchemy.engine import Engine

from base.clock import naive_utc
from base.faults import fault_point
from base.home import Home
from base.source_kinds import kind_names, shapes
from ingestion.canonical.streams import SHAPE
from ingestion.gate import profiles, quarantine
from ingestion.gate.blocking import Tally, blocks
from ingestion.gate.counts import empty_where_never_empty, write_load_counts, write_stopped_sources
from ingestion.gate.drift import Policy, history, watch
from ingestion.gate.profiles import StagingTable
from ingestion.gate.row_values import describe_rows
from ingestion.gate.rules import KEY, PARSE, QUARANTINE, Rule, rules_of
from ingestion.gate.standing import Asked, blocked_before, settle
from ingestion.gate.suites import Suites
from ingestion.gate.unjoined import unjoined
from ingestion.gate.verdicts import BLOCKED, PASSED, QUARANTINED, GateReport, StreamVerdict, store, write_page
from ingestion.sources.registry import stream_of

_GATED_LOADS = """
create table if not exists quality.gated_loads (
    kind varchar, source_system varchar, stream varchar, load_file varchar, row_count bigint, failed_count bigint,
    status varchar, judged_at timestamp
);
"""


@dataclass(frozen=True)
class _Judged:
    """One stream's verdict together with what has to be written for it."""

    table: StagingTable
    rules: list[Rule]
    verdict: StreamVerdict
    key: tuple[str, ...]
    failures: list[tuple[int, str, str, str]]
    status_of: dict[str, str]


def gate(
    home: Home,
    ops: Engine,
    *,
    run_id: str,
    judged_at: datetime,
    fields_read: Mapping[tuple[str, str], frozenset[str]],
    sources: Mapping[str, str | None] | None = None,
    read: Collection[tuple[str, str]] = (),
    configured: Collection[str] | None = None,
    policy: Policy | None = None,
) -> GateReport:
    """Judge what is new in the warehouse's staging tables; see GateReport. Costs a second when nothing is new. Safe to repeat.

    A row that breaks a rule goes to quality.quarantine and takes no part downstream. A source's stream is blocked when too many of its new
    rows do, and stays so until a later load of it passes (or see ingestion/gate/standing.py). `fields_read`: (kind, stream) -> the payload's fields
    that staging parses; `sources`: those that the run asked, with the reason of each that could not be read; `read`: (source, stream) of every
    pass of the run; `configured`: names of sources.yml; `policy`: what to do about schema drift.
    """
    connection = duckdb.connect(str(home.warehouse))
    try:
        connection.execute(quarantine.TABLE)
        connection.execute(_GATED_LOADS)
        write_load_counts(connection, ops)
        write_stopped_sources(connection, ops, sources or {})
        quarantine.refresh(connection, home)
        standing = blocked_before(connection)
        systems = {*configured, *kind_names()} if configured else set()
        suites: Suites | None = None
        judged: list[_Judged] = []
        new: list[tuple[StagingTable, list[str]]] = []
        for table in profiles.staging_tables(connection, shapes()):
            files = profiles.new_files(connection, table)
            if files:
                suites = suites or Suites()
                judged.append(_judge(connection, suites, table, files, standing, systems if table.kind == SHAPE else ()))
                new.append((table, files))
        policy = policy or Policy()
        drifted, stopping = watch(connection, home.lake, new, policy, fields_read=fields_read, at=naive_utc(judged_at))
        judged_now = {(one.table.kind, source, one.table.stream) for one in judged for source in one.status_of}
        not_judged = {place: status for place, status in standing.items() if place not in judged_now}
        blocking, notices = settle(connection, not_judged, Asked(sources or {}, read, configured))
        blocking += [reason for one in judged for reason in one.verdict.blocking] + empty_where_never_empty(ops) + stopping
        report = GateReport(run_id, judged_at, [one.verdict for one in judged], blocking, drifted, notices)
        store(ops, report)
        write_page(home.quality, ops, report.blocking, history(connection, policy), unjoined(connection))
        fault_point("gate.before_record")
        connection.begin()
        try:
            for one in judged:
                profiles.record(connection, one.table, one.rules, one.failures, one.status_of, naive_utc(judged_at), one.key)
                describe_rows(connection, home.lake, one.table)
            quarantine.refresh(connection, home)
            connection.commit()
        except BaseException:
            connection.rollback()
            raise
        return report
    finally:
        connection.close()


def _judge(
    connection: duckdb.DuckDBPyConnection,
    suites: Suites,
    table: StagingTable,
    files: list[str],
    standing: Collection[tuple[str, str, str]],
    systems: Collection[str],
) -> _Judged:
    contract = stream_of(table.kind, table.stream).contract.within(profiles.columns_of(connection, table))
    rules = rules_of(contract, systems)
    count = profiles.build(connection, table, rules, files)
    tallies = [Tally(rule) for rule in rules]
    rows: Counter[str] = Counter()
    failed: Counter[str] = Counter()
    reasons: dict[int, list[tuple[Rule, str, str]]] = {}
    for frame in profiles.frames(connection, table, count):
        weight = {
            int(profile): (str(source), int(n))
            for profile, source, n in zip(frame.index, frame["source_system"], frame["row_count"], strict=True)
        }
        for source, n in weight.values():
            rows[source] += n
        results = list(zip(tallies, suites.failures(f"{table.kind} {table.stream}", rules, frame), strict=True))
        in_frame = {profile for tally, found in results if tally.rule.severity == QUARANTINE for profile in found}
        for tally, found in results:
            for profile in found:
                value = frame.at[profile, tally.rule.column]
                reason = tally.rule.reason(value)
                tally.add(*weight[profile], reason, is_taken=profile not in in_frame)
                if tally.rule.severity == QUARANTINE:
                    reasons.setdefault(profile, []).append((tally.rule, tally.rule.columns(value), reason))
        for profile in in_frame:
            source, n = weight[profile]
            failed[source] += n
    waived = {source for kind, source, stream in standing if (kind, stream) == (table.kind, table.stream)}
    blocking = {
        source: blocks(source, table.stream, total, failed[source], tallies, is_waived=source in waived) for source, total in rows.items()
    }
    verdict = StreamVerdict(
        table.kind,
        table.stream,
        rows.total(),
        failed.total(),
        tuple(tally.result(rows.total()) for tally in tallies),
        tuple(sentence for source in sorted(blocking) for sentence in blocking[source]),
    )
    failures = [(profile, found[0][0].name, found[0][1], _reason_text(found)) for profile, found in sorted(reasons.items())]
    status_of = {source: BLOCKED if blocking[source] else QUARANTINED if failed[source] else PASSED for source in rows}
    return _Judged(table, rules, verdict, contract.key, failures, status_of)


def _reason_text(found: list[tuple[Rule, str, str]]) -> str:
    """All reasons of a row in one text, without what follows from the first: columns that are empty because the key is broken or they do not parse."""
    first, columns, reason = found[0]
    if first.name == KEY:
        return reason
    unread = columns.split(",") if first.name == PARSE else []
    return "; ".join([reason, *(reason for rule, column, reason in found[1:] if column not in unread)])
