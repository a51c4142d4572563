"""Kind `greenhouse`: Greenhouse Harvest v3 (research/ats.md part 1; https://harvestdocs.greenhouse.io).

Lists are bare arrays, newest id first whatever was updated, so a pass is a closed window `updated_at=gte|T0|lte|T1` read to its last page.
The cursor of a next link must be the only parameter: the link is followed as it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from base.config import Source
from ingestion.auth import ClientCredentials
from ingestion.http import Client, HttpError, Reply
from ingestion.limits import RateLimiter, RunBudget
from ingestion.records import Page
from ingestion.sources.base import CursorExpired, FirstPage, Window, keyed_row

BASE_URL = "https://harvest.greenhouse.io/v3"
TOKEN_URL = "https://auth.greenhouse.io/token"  # noqa: S105 - an address
PER_PAGE = 500

#: What an expired cursor is answered with; the vendor names no status for it.
_CURSOR_REFUSED = frozenset({400, 404, 410, 422})


@dataclass(frozen=True)
class Stream:
    """`drop`: fields that never enter the lake (free text about people, home addresses, meeting links). `params`: what the list hides by default."""

    drop: tuple[str, ...] = ()
    params: Mapping[str, str] = field(default_factory=dict)


STREAMS: dict[str, Stream] = {
    "applications": Stream(drop=("answers", "location_address")),
    "application_stages": Stream(),
    "candidates": Stream(drop=("addresses",)),
    "jobs": Stream(drop=("notes",)),
    "job_interview_stages": Stream(),
    "job_interviews": Stream(drop=("instructions", "summary")),
    "openings": Stream(),
    "offers": Stream(drop=("custom_fields",)),
    "rejection_reasons": Stream(params={"include_defaults": "true"}),
    "rejection_details": Stream(),
    "close_reasons": Stream(),
    "interviews": Stream(drop=("location", "video_conferencing_url")),
    "interviewers": Stream(),
    "scorecards": Stream(
        drop=("notes", "private_notes", "public_notes", "notes_with_tags", "private_notes_with_tags", "public_notes_with_tags")
    ),
    "job_owners": Stream(),
    "job_hiring_managers": Stream(),
    "users": Stream(params={"show_service_accounts": "true"}),
    "departments": Stream(),
    "offices": Stream(),
    "sources": Stream(),
    "referrers": Stream(),
    "prospect_details": Stream(),
}


class Greenhouse:
    """One Greenhouse organisation. Credentials: client_id, client_secret, and user_id (the Site Admin whose rights the token has)."""

    windowed = frozenset(STREAMS)

    def __init__(self, source: Source, budget: RunBudget) -> None:
        subject = source.secret("user_id") if "user_id" in source.credentials else None
        auth = ClientCredentials(
            source.name,
            source.token_url or TOKEN_URL,
            source.secret("client_id"),
            source.secret("client_secret"),
            subject=subject,
            budget=budget,
        )
        limiter = RateLimiter(budget, source.requests_per_second)
        self._client = Client(
            source.name, source.base_url or BASE_URL, auth=auth, budget=budget, limiter=limiter, connections=source.concurrency
        )

    def streams(self) -> tuple[str, ...]:
        return tuple(STREAMS)

    def pages(self, stream: str, window: Window, cursor: str | None, known_files: Mapping[str, tuple[int, str]]) -> Iterator[Page]:
        """Pages of at most 500 records; the cursor is the vendor's own next link."""
        drop = STREAMS[stream].drop
        reply = self._reply(cursor) if cursor else self._first(stream, window)
        followed = {cursor}
        while True:
            cursor = self._client.next_url(reply)
            if cursor in followed and cursor is not None:
                raise HttpError(
                    f"{self._client.name}: {stream}: the vendor's next links go in a circle",
                    remedy="Run again later; report it to the vendor.",
                )
            followed.add(cursor)
            yield Page([keyed_row(record, record.get("id")) for record in map(_without(drop), records_of(reply, stream))], cursor)
            if cursor is None:
                return
            reply = self._reply(cursor)

    def first_page(self, stream: str) -> FirstPage:
        """What the credential sees of the stream, without a window."""
        reply = self._client.get(stream, {**STREAMS[stream].params, "per_page": str(PER_PAGE)})
        return FirstPage(records_of(reply, stream), self._client.next_url(reply) is not None)

    def server_now(self) -> datetime | None:
        return self._client.server_now()

    def close(self) -> None:
        self._client.close()

    def _first(self, stream: str, window: Window) -> Reply:
        bounds = ([f"gte|{_second(window.start)}"] if window.start else []) + [f"lte|{_second(window.end)}"]
        return self._client.get(stream, {**STREAMS[stream].params, "per_page": str(PER_PAGE), "updated_at": "|".join(bounds)})

    def _reply(self, cursor: str) -> Reply:
        try:
            return self._client.get(cursor)
        except HttpError as error:
            if error.status in _CURSOR_REFUSED:
                raise CursorExpired from error
            raise


def records_of(reply: Reply, stream: str) -> list[dict[str, Any]]:
    """The records of a reply. Raises HttpError when it is not an array of objects."""
    if not isinstance(reply.data, list) or not all(isinstance(record, dict) for record in reply.data):
        raise HttpError(f"{stream}: the reply is not a list of records", status=200, remedy="Check base_url in sources.yml.")
    return reply.data


def _without(drop: tuple[str, ...]) -> Any:
    def strip(record: dict[str, Any]) -> dict[str, Any]:
        for name in drop:
            record.pop(name, None)
        return record

    return strip


def _second(moment: datetime) -> str:
    """Whole seconds, rounded down: the vendor's filter has no more, and rounding down repeats rather than loses."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
