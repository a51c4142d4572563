"""JSON from outside: what is accepted, what is set aside, and with which words."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import orjson

#: Levels of objects and lists that a record of a file or a delivery may have.
DEEPEST = 250


_OPTIONS = orjson.OPT_SORT_KEYS | orjson.OPT_NAIVE_UTC | orjson.OPT_UTC_Z


class NotJson(ValueError):
    """The text is no JSON, or none that can be kept. `mark`: why, as records name it (ingestion/log/records.py)."""

    def __init__(self, why: str, mark: str = "malformed") -> None:
        super().__init__(why)
        self.mark = mark


def parse_json(text: bytes) -> Any:
    """JSON text. What only a strict parser refuses (a lone surrogate, as cut emoji leave them) is read with U+FFFD in its place.

    Raises NotJson on anything else: cut text, NaN, Infinity, a thousand levels.
    """
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        try:
            return _replace_surrogates(json.loads(text, parse_constant=_no_constant))
        except (ValueError, RecursionError) as error:
            raise NotJson(str(error) or "not JSON", "nested" if isinstance(error, RecursionError) else "malformed") from error


def parse_record(text: bytes) -> Any:
    """One record of a file or a delivery. Raises NotJson also when it is nested more than DEEPEST levels or has a key twice with different values."""
    value = parse_json(text)
    if text.count(b"[") + text.count(b"{") > DEEPEST and _depth(value) > DEEPEST:
        raise NotJson(f"more than {DEEPEST} levels deep", "nested")
    if text.count(b'":') != _keys(value):
        _check_keys(text)
    return value


def _keys(value: Any) -> int:
    if isinstance(value, dict):
        return len(value) + sum(_keys(item) for item in value.values() if isinstance(item, dict | list))
    return sum(_keys(item) for item in value if isinstance(item, dict | list)) if isinstance(value, list) else 0


def _check_keys(text: bytes) -> None:
    json.loads(text, object_pairs_hook=_one_value_each)


def _one_value_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        for name, value in pairs:
            if found[name] != value or type(found[name]) is not type(value):
                raise NotJson("a key appears twice with different values", "doubled")
    return found


def json_text(value: object) -> bytes:
    """A value as JSON with sorted keys. Raises NotJson when it is nested too deeply to be written."""
    try:
        return orjson.dumps(value, default=str, option=_OPTIONS)
    except TypeError:  # a whole number beyond 64 bits, or many levels
        try:
            text = json.dumps(value, default=str, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        except RecursionError as error:
            raise NotJson("nested too deeply", "nested") from error
        return text.encode("utf-8", "replace")


def lowered(record: Mapping[str, Any]) -> dict[str, Any]:
    """The record with column names in lower case, without blanks around them. Raises NotJson when two become one and say different things."""
    return _one_value_each([(str(name).strip().lower(), value) for name, value in record.items()])


def _depth(value: Any) -> int:
    depth, level = 0, [value]
    while level := [item for one in level if isinstance(one, dict | list) for item in (one.values() if isinstance(one, dict) else one)]:
        depth += 1
        if depth > DEEPEST:
            break
    return depth + 1


def _replace_surrogates(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [_replace_surrogates(item) for item in value]
    if isinstance(value, dict):
        return {_replace_surrogates(key): _replace_surrogates(item) for key, item in value.items()}
    return value


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")
