"""The JSON Schema of the canonical tables, as whoever writes an export uses it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator

from ingestion.canonical.documents import json_schema


@cache
def row_schema(table: str) -> Draft202012Validator:
    return Draft202012Validator({"$ref": f"#/$defs/{table}", "$defs": json_schema()["$defs"]})


def refusals(table: str, rows: Iterable[Mapping[str, Any]]) -> list[str]:
    """What the schema finds wrong in rows of a table."""
    return [error.message for row in rows for error in row_schema(table).iter_errors(row)]
