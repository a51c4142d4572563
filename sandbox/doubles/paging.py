"""A stream's records ready to serve: serialised once, in id-descending order, with the filters of Harvest v3's list endpoints."""

from __future__ import annotations

import base64
import bisect
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson

OPERATORS = ("gte", "lte", "gt", "lt")
MAX_IDS = 50


class Refused(Exception):
    """The request is wrong; the message is the vendor's."""


@dataclass(frozen=True)
class Page:
    records: list[bytes]
    last_id: int | None
    has_more: bool


class Listing:
    """All records of one stream at one moment, newest id first."""

    def __init__(self, payloads: Iterable[dict[str, Any]]) -> None:
        rows = sorted(payloads, key=lambda row: -row["id"])
        self.ids = [row["id"] for row in rows]
        self.stamps = {name: [row[name] for row in rows] for name in ("created_at", "updated_at")}
        self.bodies = [orjson.dumps(row) for row in rows]
        self._matching: dict[str, list[int]] = {}

    def page(self, filters: dict[str, str], after_id: int | None, per_page: int) -> Page:
        """The next `per_page` records below `after_id` that pass all filters."""
        places = self._places(filters)
        start = 0 if after_id is None else bisect.bisect_left(places, True, key=lambda place: self.ids[place] < after_id)
        chosen = places[start : start + per_page]
        fields = filters.get("fields")
        bodies = [self.bodies[place] for place in chosen]
        if fields:
            wanted = fields.split(",")
            bodies = [orjson.dumps({name: row[name] for name in wanted if name in row}) for row in map(orjson.loads, bodies)]
        return Page(bodies, self.ids[chosen[-1]] if chosen else None, start + per_page < len(places))

    def _places(self, filters: dict[str, str]) -> list[int]:
        """Places of the records that pass, kept so that the next page of the same pass costs nothing."""
        key = repr(sorted(filters.items()))
        if key not in self._matching:
            if len(self._matching) > 32:
                self._matching.pop(next(iter(self._matching)))
            places = list(range(len(self.ids)))
            for name, text in filters.items():
                if name != "fields":
                    places = self._filter(name, text, places)
            self._matching[key] = places
        return self._matching[key]

    def _filter(self, name: str, text: str, places: list[int]) -> list[int]:
        if name in self.stamps:
            values = self.stamps[name]
            for operator, bound in bounds(name, text):
                if operator == "gte":
                    places = [place for place in places if values[place] >= bound]
                elif operator == "gt":
                    places = [place for place in places if values[place] > bound]
                elif operator == "lte":
                    places = [place for place in places if values[place] <= bound]
                else:
                    places = [place for place in places if values[place] < bound]
            return places
        if name == "ids" or name.endswith("_ids"):
            wanted = _ids(name, text)
            if name == "ids":
                return [place for place in places if self.ids[place] in wanted]
            column = name.removesuffix("s")
            return [place for place in places if orjson.loads(self.bodies[place]).get(column) in wanted]
        if name.endswith("_at"):
            limits = bounds(name, text)
            return [place for place in places if _within(orjson.loads(self.bodies[place]).get(name), limits)]
        # The trap: the value to ask for is not the value in the answer.
        value = "in_process" if (name, text) == ("status", "active") else text
        return [place for place in places if _spelled(orjson.loads(self.bodies[place]).get(name)) == value]


def bounds(name: str, text: str) -> list[tuple[str, str]]:
    """`gte|2024-01-01T00:00:00Z|lte|2024-02-01T00:00:00Z` as [(operator, instant)]; records have whole seconds. Raises Refused."""
    parts = text.split("|")
    if len(parts) % 2 or any(operator not in OPERATORS for operator in parts[::2]):
        raise Refused(f"Invalid value for {name}: expected operator|datetime, e.g. gte|2024-01-01T00:00:00Z")
    limits = []
    for operator, written in zip(parts[::2], parts[1::2], strict=True):
        try:
            moment = datetime.fromisoformat(written)
        except ValueError as error:
            raise Refused(f"Invalid value for {name}: '{written}' is not a datetime") from error
        moment = moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
        whole = f"{moment.replace(microsecond=0):%Y-%m-%dT%H:%M:%SZ}"
        if moment.microsecond:  # between two whole seconds: inclusive and exclusive are the same
            operator = {"gte": "gt", "lt": "lte"}.get(operator, operator)
        limits.append((operator, whole))
    return limits


def encode_cursor(content: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(orjson.dumps(content)).decode().rstrip("=")


def decode_cursor(text: str) -> dict[str, Any]:
    try:
        content = orjson.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except ValueError as error:
        raise Refused("Invalid cursor.") from error
    if not isinstance(content, dict):
        raise Refused("Invalid cursor.")
    return content


def _ids(name: str, text: str) -> set[int]:
    parts = text.split(",")
    if len(parts) > MAX_IDS:
        raise Refused(f"{name} accepts at most {MAX_IDS} values")
    try:
        return {int(part) for part in parts}
    except ValueError as error:
        raise Refused(f"{name} must be a comma-separated list of integers") from error


def _within(value: str | None, limits: list[tuple[str, str]]) -> bool:
    if value is None:
        return False
    tests = {"gte": value.__ge__, "gt": value.__gt__, "lte": value.__le__, "lt": value.__lt__}
    return all(tests[operator](bound) for operator, bound in limits)


def _spelled(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
