"""Looks before loading: does each source answer, may we read each stream, is there anything to see. Changes nothing.

Every finding is one sentence with its remedy; `check` never raises for what a user can mend.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import cast

from base.config import Source
from base.errors import ConfigError, FunnelcastError, SourceError
from ingestion.canonical.rows import row_of
from ingestion.contracts.canonical_tables import TABLES
from ingestion.files.event_files import EventFiles, check_whole, read_lines
from ingestion.files.storage import StoredFile
from ingestion.http.client import HttpError
from ingestion.http.limits import RunBudget
from ingestion.log.records import BROKEN_IDS, Row
from ingestion.sources.base import FirstPage, Service, open_connector, optional_streams
from ingestion.sources.canonical_database.connector import CanonicalDatabase
from ingestion.sources.canonical_files.connector import CanonicalFiles
from ingestion.sources.gem_export.connector import GemExport
from ingestion.sources.greenhouse.connector import Greenhouse

OK, WARNING, ERROR = "ok", "warning", "error"

#: A preflight asks little and must not hang.
_BUDGET_SECONDS = 120.0

_LARGEST_SKEW = timedelta(seconds=60)


@dataclass(frozen=True)
class Finding:
    """One thing seen. `count`: records on the first page or in the file, where something was counted."""

    level: str
    stream: str | None
    message: str
    remedy: str | None = None
    count: int | None = None

    @property
    def is_ok(self) -> bool:
        """Nothing that keeps a run from working (warnings do not)."""
        return self.level != ERROR

    def __str__(self) -> str:
        where = f"{self.stream}: " if self.stream else ""
        return f"{where}{self.message}" + (f". {self.remedy}" if self.remedy else "")


def check(source: Source, *, now: datetime | None = None) -> list[Finding]:
    """What stands between this source and a load; one finding per stream or file, errors first.

    `now` (the local clock) is held against the source's; a difference over a minute is a warning.
    """
    try:
        connector = open_connector(source, RunBudget(_BUDGET_SECONDS))
    except FunnelcastError as error:
        return [Finding(ERROR, None, error.message, error.remedy)]
    try:
        if isinstance(connector, CanonicalFiles | GemExport):
            findings = _canonical(connector)
        elif isinstance(connector, CanonicalDatabase):
            findings = _database(source, connector)
        elif isinstance(connector, EventFiles):
            findings = _event_files(connector) if source.path else []
        else:
            findings = _service(source, cast(Service, connector), now)
        findings += _webhooks(source)
    except FunnelcastError as error:
        findings = [Finding(ERROR, None, error.message, error.remedy)]
    finally:
        connector.close()
    return sorted(findings, key=lambda finding: (ERROR, WARNING, OK).index(finding.level))


def check_together(sources: Sequence[Source]) -> list[tuple[Source, Finding]]:
    """What is wrong with sources only beside each other: one Gem team read twice."""
    exports = [source for source in sources if source.kind == "gem_export"]
    apis = [source for source in sources if source.kind == "gem"]
    if not exports or not apis:
        return []
    message = f"{apis[0].name} and {exports[0].name} both read Gem: if it is the same team, each message counts twice"
    return [(exports[0], Finding(WARNING, None, message, "Keep one of them (docs/sources/gem.md says which tells what)."))]


def server_now(source: Source) -> datetime | None:
    """The source's own clock, which windows should end by; None for files. Raises SourceError when it cannot be reached."""
    connector = open_connector(source, RunBudget(_BUDGET_SECONDS))
    try:
        return connector.server_now()
    finally:
        connector.close()


def _service(source: Source, connector: Service, now: datetime | None) -> list[Finding]:
    """The clock, then the first page of every stream that will be loaded. Wrong credentials and a dead host end the check at once."""
    findings, refused = _clock(connector.server_now(), now), 0
    streams = [stream for stream in connector.streams() if source.streams is None or stream in source.streams]
    for stream in streams:
        try:
            page = connector.first_page(stream)
        except HttpError as error:
            if error.status == 401 or error.status is None:
                return [Finding(ERROR, None, error.message, error.remedy)]
            findings.append(_refused(connector, stream, error))
            refused += error.status == 403
            continue
        findings.append(_counted(connector, stream, page))
    if isinstance(connector, Greenhouse) and source.custom_fields:
        findings += _custom_fields(source, connector)
    if refused == len(streams) > 1:
        return [Finding(ERROR, None, "every stream was refused (status 403)", "The credential is wrong, disabled, or has no permissions.")]
    return findings


def _custom_fields(source: Source, connector: Greenhouse) -> list[Finding]:
    """Whether the custom fields that sources.yml names are there: a mistyped key would only be an empty column."""
    try:
        known = connector.custom_field_keys()
    except HttpError as error:
        if error.status != 403:
            raise
        return [
            Finding(
                WARNING,
                "custom_fields",
                "the credential has no permission to list custom fields, so their keys were not checked (status 403)",
            )
        ]
    wanted = [(table, key) for table, columns in source.custom_fields.items() for key in columns.values()]
    missing = [(table, key) for table, key in wanted if (table.removesuffix("s"), key) not in known]
    remedy = "Give the field's stable key (name_key), not its label."
    return [Finding(ERROR, "custom_fields", f"{table} have no custom field with the key '{key}'", remedy) for table, key in missing]


def _refused(connector: Service, stream: str, error: HttpError) -> Finding:
    if error.status != 403:
        return Finding(ERROR, stream, error.message, error.remedy)
    remedy = f"{connector.rights(stream)}; or name the streams to load under 'streams'."
    if stream in optional_streams(connector):
        return Finding(
            WARNING,
            stream,
            f"the credential has no permission to read {stream} (status 403); the stream is optional, so runs continue without it",
            remedy,
        )
    return Finding(ERROR, stream, f"the credential has no permission to read {stream} (status 403)", remedy)


def _counted(connector: Service, stream: str, page: FirstPage) -> Finding:
    count = len(page.records)
    if not count and stream in connector.never_empty:
        remedy = f"{connector.never_empty[stream]}; if the organisation really is empty, there is nothing to check yet."
        return Finding(ERROR, stream, f"the credential can see no {stream} at all", remedy, 0)
    if page.notice:
        return Finding(WARNING, stream, page.notice, None, count)
    return Finding(OK, stream, f"{count} records on the first page" + (", and more" if page.has_more else ""), None, count)


def _clock(theirs: datetime | None, ours: datetime | None) -> list[Finding]:
    if theirs is None or ours is None or abs(theirs - ours) <= _LARGEST_SKEW:
        return []
    seconds = int(abs(theirs - ours).total_seconds())
    return [
        Finding(
            WARNING,
            None,
            f"this machine's clock and the source's differ by {seconds} s",
            "Load windows follow the source's clock; correct this machine's.",
        )
    ]


def _canonical(connector: CanonicalFiles | GemExport) -> list[Finding]:
    findings = [Finding(WARNING, None, text) for text in connector.ignored()]
    tables = connector.tables()
    if isinstance(connector, GemExport):
        connector.streams()
    if not tables:
        findings.append(
            Finding(
                ERROR,
                None,
                "the folder contains no canonical table",
                "Name files like applications.csv (docs/canonical.md lists the tables).",
            )
        )
    for table, file in tables:
        counted = _file(file, table, partial(_rows, connector.count(table, file)))
        odd = connector.odd_columns(table, file) if counted.is_ok else []
        findings += [*(Finding(WARNING, None, text) for text in odd), counted]
    return findings


def _database(source: Source, connector: CanonicalDatabase) -> list[Finding]:
    """The first rows of every table that will be loaded. A database that cannot be reached ends the check at once."""
    findings: list[Finding] = []
    for stream in connector.streams():
        if source.streams is not None and stream not in source.streams:
            continue
        try:
            page = connector.first_page(stream)
        except FunnelcastError as error:
            findings.append(Finding(ERROR, stream, error.message, error.remedy))
            continue
        rows = [row_of(TABLES[stream], record) for record in page.records]
        broken = sum(row.record_id.partition(":")[0] in BROKEN_IDS for row in rows)
        if broken:
            message = f"{broken} of the first {len(rows)} rows have no usable key and would be quarantined"
            findings.append(Finding(WARNING, stream, message, "Fill the key columns (docs/canonical.md).", len(rows)))
        else:
            findings.append(Finding(OK, stream, f"{len(rows)} rows" + (" seen, and more" if page.has_more else ""), None, len(rows)))
    return findings


def _webhooks(source: Source) -> list[Finding]:
    """The secrets are needed where the receiver runs; that may be another machine or account, so one that is not here only warns."""
    if source.webhooks is None:
        return []
    from ingestion.webhooks.handlers import active_secrets, read_secrets

    try:
        count = len(read_secrets(source, source.webhooks))
    except ConfigError as error:
        return [Finding(WARNING, "webhooks", error.message, "The secrets must be set where `funnelcast webhooks serve` runs.")]
    return [Finding(OK, "webhooks", f"{active_secrets(count)} for the receiver")]


def _event_files(connector: EventFiles) -> list[Finding]:
    files = connector.files()
    if not files:
        return [Finding(WARNING, "events", "the folder contains no event file yet", "Have the mail service deliver its files there.", 0)]
    counted = [_file(file, "events", partial(_events, file)) for file in files]
    bad = [finding for finding in counted if not finding.is_ok]
    total = sum(finding.count or 0 for finding in counted)
    return [*bad, Finding(OK, "events", f"{total} lines in {len(files) - len(bad)} files", None, total)]


def _rows(read: Iterable[Row]) -> tuple[int, int]:
    rows = broken = 0
    for row in read:
        rows += 1
        broken += row.record_id.partition(":")[0] in BROKEN_IDS
    return rows, broken


def _events(file: StoredFile) -> tuple[int, int]:
    check_whole(file)
    return sum(1 for _ in read_lines(file)), 0


def _file(file: StoredFile, stream: str, count: Callable[[], tuple[int, int]]) -> Finding:
    """`count` gives (rows, rows without a usable key)."""
    try:
        rows, broken = count()
    except SourceError as error:
        message = error.message if error.message.startswith(file.name) else f"{file.name} {error.message}"
        return Finding(ERROR, stream, message, error.remedy or "Copy it again, whole, or move it out of the folder.")
    except OSError:
        return Finding(ERROR, stream, f"{file.name} cannot be read", "Check the file's permissions.")
    if broken:
        message = f"{file.name}: {broken} of {rows} rows have no usable key and would be quarantined"
        return Finding(WARNING, stream, message, "Fill the key columns (docs/canonical.md).", rows)
    return Finding(OK, stream, f"{file.name}: {rows} rows", None, rows)
