"""Kind `ashby`: the Ashby API (https://developers.ashbyhq.com; what we rely on: docs/sources/ashby.md).

Every call is a POST, also those that read, and most errors come with status 200. Lists page by cursor, an empty page may have a next one, and
the last page of most gives a sync token: sent back in the next pass it asks for what changed since. A token that has expired or an
increment that is too large means reading the list whole again, which the log makes harmless.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from base.config import Source
from ingestion.http.auth import BasicKey
from ingestion.http.client import HttpError
from ingestion.http.limits import RunBudget
from ingestion.http.paging import PageWatch
from ingestion.log.records import Page, Row
from ingestion.protocol.connector import CursorExpired, FirstPage, Window, keyed_row
from ingestion.protocol.service import Service
from ingestion.sources.ashby.streams import STREAMS, Record, Stream

BASE_URL = "https://api.ashbyhq.com"
LIMIT = 100

#: Error codes by what follows from them.
TOKEN_REFUSED = frozenset({"sync_token_expired", "sync_token_invalid", "incremental_sync_too_large"})
CURSOR_REFUSED = frozenset({"next_cursor_expired", "invalid_next_cursor", "cursor_invalid"})
BUSY = frozenset({"rate_limit_exceeded", "internal_error", "internal_server_error", "service_unavailable"})
_STATUS = {"missing_endpoint_permission": 403, "invalid_api_key": 401, "unauthorized": 401}

#: How a cursor of ours says which pass it belongs to: the changes since the token, or the whole list.
_SINCE, _WHOLE = "+", "="


class AshbyError(HttpError):
    """A refusal, whatever its status. `code` is Ashby's."""

    def __init__(self, name: str, method: str, code: str) -> None:
        status = _STATUS.get(code)
        remedy = "Check the key in the environment variable named under 'credentials' in sources.yml." if status == 401 else None
        super().__init__(f"{name}: {method} was refused with {code}", status=status or 400, remedy=remedy)
        self.code = code


class _TokenRefused(Exception):
    pass


_HISTORY_FIELDS = ("id", "stageId", "title", "enteredStageAt", "leftStageAt", "stageNumber", "actorId")


class Ashby(Service):
    """One Ashby organisation. Credentials: api_key."""

    specs = STREAMS

    def __init__(self, source: Source, budget: RunBudget) -> None:
        super().__init__(source, budget, base_url=BASE_URL, auth=BasicKey(source.secret("api_key")), busy=_busy)

    def pages(self, stream: str, window: Window, cursor: str | None, known_files: Mapping[str, tuple[int, str]]) -> Iterator[Page]:
        """Pages of at most 100 records or parents. The window's bounds are not asked: its token stands for all that changed since."""
        spec = STREAMS[stream]
        token, at = window.token, None
        if cursor is not None and cursor.startswith(_WHOLE):
            token, at = None, cursor[1:] or None
        elif cursor is not None and token is not None:
            # without its token, a place in the changes since it means nothing: the list is read in full
            at = cursor[1:]
        if token is not None:
            try:
                yield from self._read(stream, spec, token, at)
                return
            except _TokenRefused as refusal:
                yield Page([], _WHOLE, warnings=(f"{stream}: read in full, because Ashby answered {refusal}",))
                at = None
        yield from self._read(stream, spec, None, at)

    def first_page(self, stream: str) -> FirstPage:
        """What the key sees of the stream, or of its parents where it has any; empty pages before it are passed over."""
        spec, at = STREAMS[stream], None
        for _ in range(20):
            reply = self._call(spec.method, _body(spec.params, at, None))
            at = reply.get("nextCursor") if reply.get("moreDataAvailable") else None
            if reply["results"] or at is None:
                break
        if spec.each and reply["results"]:
            self._call(spec.each, {spec.parameter: reply["results"][0].get("id")}, is_list=False)
        return FirstPage(reply["results"], at is not None, parents=_parents(spec))

    def rights(self, stream: str) -> str:
        return f"Give the key the permission {STREAMS[stream].right}"

    def _read(self, stream: str, spec: Stream, token: str | None, at: str | None) -> Iterator[Page]:
        mode = _SINCE if token is not None else _WHOLE
        for reply, following in self._lists(spec.method, spec.params, token, at):
            rows = [row for parent in reply["results"] for row in self._rows(spec, parent)]
            yield Page(rows, None if following is None else mode + following, token=reply.get("syncToken") if spec.is_windowed else None)

    def _rows(self, spec: Stream, parent: Record) -> Iterator[Row]:
        """A record of the list, or what `each` answers for it; a parent that is gone by then has nothing to say."""
        identity = parent.get("id")
        if spec.each is None:
            yield _row(spec, parent, identity)
        elif spec.gather is not None:
            try:
                parts = [part for reply, _ in self._lists(spec.each, {spec.parameter: identity}, None, None) for part in reply["results"]]
            except AshbyError as error:
                if not error.code.endswith("_not_found"):
                    raise
                return
            gathered = [{name: part.get(name) for name in _HISTORY_FIELDS} for part in parts]
            yield keyed_row({spec.parameter: identity, spec.gather: gathered}, identity)
        else:
            results = self._call(spec.each, {spec.parameter: identity}, is_list=False)["results"]
            for record in results if isinstance(results, list) else [results]:
                yield _row(spec, record, record.get("id"))

    def _lists(self, method: str, params: Mapping[str, Any], token: str | None, at: str | None) -> Iterator[tuple[Record, str | None]]:
        """(reply, next cursor) to the last page; a page without results is not the last. Raises CursorExpired, _TokenRefused, AshbyError."""
        watch = PageWatch(self._client.name, method, at)
        while True:
            try:
                reply = self._call(method, _body(params, at, token))
            except AshbyError as error:
                if token is not None and error.code in TOKEN_REFUSED:
                    raise _TokenRefused(error.code) from error
                if at is not None and error.code in CURSOR_REFUSED:
                    raise CursorExpired from error
                raise
            following = reply.get("nextCursor") if reply.get("moreDataAvailable") else None
            if reply.get("moreDataAvailable") and not following:
                raise HttpError(
                    f"{self._client.name}: {method}: the reply says that there is more, but not where",
                    remedy="Run again later, and report it to the vendor.",
                )
            watch.see(reply["results"], following)
            yield reply, following
            if following is None:
                return
            at = following

    def _call(self, method: str, body: Mapping[str, Any], *, is_list: bool = True) -> Record:
        """A good reply. Raises AshbyError for a refusal with status 200, HttpError for one that is no reply of Ashby's."""
        data = self._client.post(method, body).data
        if not isinstance(data, dict) or not isinstance(data.get("success"), bool):
            raise HttpError(f"{self._client.name}: {method}: the reply is not Ashby's", remedy="Check base_url in sources.yml.")
        if not data["success"]:
            raise AshbyError(self._client.name, method, code_of(data))
        results = data.get("results")
        if not (isinstance(results, list) and all(isinstance(record, dict) for record in results)) and (
            is_list or not isinstance(results, dict)
        ):
            raise HttpError(f"{self._client.name}: {method}: the reply contains no records", remedy="Check base_url in sources.yml.")
        return data


def code_of(data: Mapping[str, Any]) -> str:
    """The code of an unsuccessful reply: of errorInfo, else the first of `errors` (texts or objects); never the vendor's free text."""
    found: Iterable[Any] = [(data.get("errorInfo") or {}).get("code")]
    for error in data.get("errors") or []:
        found = [*found, error.get("code") or error.get("message") if isinstance(error, dict) else error]
    codes = [code for code in found if isinstance(code, str) and re.fullmatch(r"[A-Za-z_]{1,60}", code)]
    return codes[0] if codes else "an error without a code"


def _busy(data: Any) -> str | None:
    """Why a reply with status 200 is to be asked again."""
    if not isinstance(data, dict) or data.get("success") is not False:
        return None
    code = code_of(data)
    return f"the error {code}" if code in BUSY else None


def _body(params: Mapping[str, Any], cursor: str | None, token: str | None) -> dict[str, Any]:
    return {**params, "limit": LIMIT} | ({"cursor": cursor} if cursor else {}) | ({"syncToken": token} if token else {})


def _row(spec: Stream, record: Record, identity: object) -> Row:
    for name in spec.drop:
        record.pop(name, None)
    spec.lean(record)
    return keyed_row(record, identity)


def _parents(spec: Stream) -> str | None:
    """What the list of a stream gives where its records are another thing: `interview plans`; None where each gives one record of its own."""
    thing, _, _ = spec.method.partition(".")
    if not spec.each or spec.each.startswith(f"{thing}."):
        return None
    return re.sub(r"(?=[A-Z])", " ", thing).lower() + "s"
