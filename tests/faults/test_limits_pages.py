"""T12: a list that never ends is left at once, in words, and no cursor leads to another host."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import count
from typing import Any

import pytest

from base.config import Source
from ingestion.extract.run import ExtractionError, extract
from ingestion.http.client import HttpError
from ingestion.http.limits import RunBudget
from ingestion.http.paging import MOST_EMPTY_PAGES, PageWatch
from ingestion.log.loads import Load
from ingestion.sources.registry import KINDS, open_connector
from tests.support.ingestion import Place, config_of
from tests.support.scripted_http import ScriptedServer, reply

END = datetime(2026, 6, 29, 6, tzinfo=UTC)
TOKEN = reply({"access_token": "t", "expires_in": 3600})

#: How each vendor's page says where the next one is: (records, its number, the number of the next) -> the reply.
VENDORS: dict[str, tuple[str, Callable[[str, list[Any], object], bytes]]] = {
    "greenhouse": ("jobs", lambda url, records, at: reply(records, headers={"Link": f'<{url}/v3/jobs?cursor={at}>; rel="next"'})),
    "lever": ("users", lambda url, records, at: reply({"data": records, "next": str(at), "hasNext": True})),
    "ashby": (
        "jobs",
        lambda url, records, at: reply({"success": True, "results": records, "moreDataAvailable": True, "nextCursor": str(at)}),
    ),
    "gem": ("users", lambda url, records, at: reply(records, headers={"X-Pagination": f'{{"next_page": {at}, "total_pages": 10000000}}'})),
}


def source_of(kind: str, url: str, monkeypatch: pytest.MonkeyPatch) -> Source:
    for name in ("A_ID", "A_SECRET", "A_KEY"):
        monkeypatch.setenv(name, "value-of-a-secret")
    if kind == "greenhouse":
        credentials = {"client_id": "A_ID", "client_secret": "A_SECRET"}
        return Source(name="ats", kind=kind, base_url=f"{url}/v3", token_url=f"{url}/token", credentials=credentials)
    return Source(name="ats", kind=kind, base_url=url, credentials={"api_key": "A_KEY"}, requests_per_second=100_000)


def pages(name: str) -> Iterator[tuple[list[Any], int]]:
    """(records of the page, where the next one is)."""
    for number in count(2):
        yield {
            "repeats": ([{"id": number}], 2),
            "period of two": ([{"id": number}], 2 + number % 2),
            "empty for ever": ([], number),
            "the same for ever": ([{"id": 1}, {"id": 2}], number),
            "the same by turns": ([{"id": number % 2}], number),
        }[name]


@pytest.mark.parametrize("story", ["repeats", "period of two", "empty for ever", "the same for ever", "the same by turns"])
@pytest.mark.parametrize("kind", VENDORS)
def test_T12_a_list_that_never_ends_fails_its_stream_in_words(place: Place, kind: str, story: str, monkeypatch: pytest.MonkeyPatch) -> None:
    stream, page = VENDORS[kind]
    with ScriptedServer([TOKEN]) as server:
        replies = [page(server.url, records, at) for (records, at), _ in zip(pages(story), range(300), strict=False)]
        server.script(*([TOKEN] if kind == "greenhouse" else []), *replies)
        source = source_of(kind, server.url, monkeypatch)
        with pytest.raises(ExtractionError, match=rf"{stream}.*(repeat|empty|again).*report it to the vendor"):
            extract(config_of(source), place.home, place.ops, source, window_end=END, streams=(stream,))
        assert len(server.requests) <= MOST_EMPTY_PAGES + 5


def test_T12_long_lists_and_a_hiccup_are_no_endless_lists() -> None:
    watch = PageWatch("ats", "jobs")
    for number in range(5000):
        watch.see([{"id": number}], number)
    for number in range(MOST_EMPTY_PAGES):
        watch.see([], f"empty {number}")
    watch.see([{"id": 4999}], "once more")
    watch.see([{"id": 4999}], None)


@pytest.mark.parametrize(
    "link", ["http://127.0.0.1:1/v3/jobs?cursor=2", "https://evil.example.com/x", "//evil.example.com/x", "http://a@127.0.0.1/"]
)
def test_T12_a_next_link_to_another_host_is_never_followed(place: Place, link: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with ScriptedServer([TOKEN, reply([{"id": 1}], headers={"Link": f'<{link}>; rel="next"'})]) as server:
        source = source_of("greenhouse", server.url, monkeypatch)
        with pytest.raises(ExtractionError, match="another host"):
            extract(config_of(source), place.home, place.ops, source, window_end=END, streams=("jobs",))
        assert len(server.requests) == 2


def test_T12_a_cursor_of_the_ledger_that_leads_to_another_host_is_never_followed(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """base_url was changed between two runs, or the ledger was: the credential stays here."""
    with ScriptedServer([TOKEN, reply([])]) as server, ScriptedServer([reply([])]) as other:
        source = source_of("greenhouse", server.url, monkeypatch)
        connector = open_connector(source, RunBudget(10))
        window = Load("ats", "greenhouse", "jobs", None, END)
        with pytest.raises(HttpError, match="another host"):
            list(connector.pages("jobs", window, f"{other.url}/v3/jobs?cursor=1", {}))  # type: ignore[arg-type]
        connector.close()
        assert other.requests == []


def test_T12_every_kind_that_pages_is_tried_here() -> None:
    assert {name for name, kind in KINDS.items() if kind.is_service and name != "canonical_database"} <= set(VENDORS)
