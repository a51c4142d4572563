"""The questions to every service: its clock, and the first page of each stream that will be loaded."""

from __future__ import annotations

from datetime import datetime, timedelta

from base.config import Source
from base.words import counted
from ingestion.http.client import HttpError
from ingestion.protocol.connector import FirstPage
from ingestion.protocol.finding import ERROR, OK, WARNING, Finding
from ingestion.protocol.service import Service

_LARGEST_SKEW = timedelta(seconds=60)


def ask(source: Source, connector: Service, now: datetime | None) -> list[Finding]:
    """The clock, then the first page of every stream that will be loaded, then what its kind asks itself. Wrong credentials and a dead host end the check at once."""
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
    findings += connector.preflight()
    if refused == len(streams) > 1:
        return [Finding(ERROR, None, "every stream was refused (status 403)", "The credential is wrong, disabled, or has no permissions.")]
    return findings


def _refused(connector: Service, stream: str, error: HttpError) -> Finding:
    if error.status != 403:
        return Finding(ERROR, stream, error.message, error.remedy)
    remedy = f"{connector.rights(stream)}; or name the streams to load under 'streams'."
    if connector.specs[stream].is_optional:
        return Finding(
            WARNING,
            stream,
            f"the credential has no permission to read {stream} (status 403); the stream is optional, so runs continue without it",
            remedy,
        )
    return Finding(ERROR, stream, f"the credential has no permission to read {stream} (status 403)", remedy)


def _counted(connector: Service, stream: str, page: FirstPage) -> Finding:
    count = len(page.records)
    if not count and (mended_by := connector.specs[stream].never_empty):
        remedy = f"{mended_by}; if the organisation really is empty, there is nothing to check yet."
        return Finding(ERROR, stream, f"the credential can see no {stream} at all", remedy, 0)
    if page.notice:
        return Finding(WARNING, stream, page.notice, None, count)
    more = ", and more" if page.has_more else ""
    if page.parents:
        return Finding(OK, stream, f"read once for each of the {page.parents}; {count:,} of these on the first page{more}")
    return Finding(OK, stream, f"{counted(count, 'record')} on the first page{more}", None, count)


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
