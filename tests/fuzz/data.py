"""Folders of small data files with odd bytes and values, checked and run as a user's own."""

from __future__ import annotations

import io
import json
import random
from collections.abc import Callable, Iterator

import pyarrow as pa
import pyarrow.parquet as pq

from tests.fuzz.atoms import BYTES, TEXTS
from tests.fuzz.case import Case, chooser

FAMILY = "data"

APPLICATIONS = [
    {
        "application_id": f"a{number}",
        "candidate_id": f"c{number}",
        "job_id": "j1",
        "status_code": ("active", "hired", "rejected")[number % 3],
        "applied_at": f"2026-0{1 + number % 6}-01T09:00:00Z",
        "closed_at": "2026-06-20T09:00:00Z" if number % 3 else "",
    }
    for number in range(12)
]
JOBS = [{"job_id": "j1", "job_name": "Engineer", "status_code": "open", "opened_at": "2025-12-01T00:00:00Z"}]
TABLES = {"applications": APPLICATIONS, "jobs": JOBS}

Rows = list[dict[str, object]]


def cases(seed: int, count: int, verb: str = "check") -> Iterator[Case]:
    for number in range(count):
        pick = chooser(seed, FAMILY, number)
        table = pick.choice(list(TABLES))
        rows: Rows = [dict(row) for row in TABLES[table]]
        what = []
        for _ in range(pick.randrange(1, 5)):
            row, column = pick.choice(rows), pick.choice(list(rows[0]))
            row[column] = pick.choice(TEXTS)
            what.append(f"{column}={str(row[column])[:20]!r}")
        if pick.random() < 0.3:
            gone = pick.choice(list(rows[0]))
            rows = [{name: value for name, value in row.items() if name != gone} for row in rows]
            what.append(f"without {gone}")
        suffix, encode = pick.choice(_FORMATS)
        content = encode(rows, pick)
        if pick.random() < 0.5:
            content, broken = _broken(content, pick)
            what.append(broken)
        files = {f"files/{name}.csv": _csv([dict(row) for row in all_rows], pick) for name, all_rows in TABLES.items() if name != table}
        files |= {f"files/{table}{suffix}": content, "sources.yml": b"sources:\n  - {name: acme, kind: canonical_files, path: files}\n"}
        environment = {"FUNNELCAST_NOW": "2026-07-01T00:00:00Z"}
        yield Case(FAMILY, number, (verb,), files, environment, what=f"{table}{suffix}: {', '.join(what)}")


def _csv(rows: Rows, pick: random.Random) -> bytes:
    columns = list(rows[0])
    lines = [",".join(columns), *(",".join(_cell(row[column]) for column in columns) for row in rows)]
    return ("\n".join(lines) + "\n").encode("utf-8", "surrogatepass")


def _cell(value: object) -> str:
    text = str(value)
    return '"' + text.replace('"', '""') + '"' if any(mark in text for mark in ',"\n') else text


def _json_lines(rows: Rows, pick: random.Random) -> bytes:
    odd: tuple[object, ...] = (None, True, 1.5, [1, 2], {"a": 1}, 10**30)
    return b"".join(
        json.dumps({name: pick.choice(odd) if pick.random() < 0.05 else value for name, value in row.items()}).encode() + b"\n"
        for row in rows
    )


def _parquet(rows: Rows, pick: random.Random) -> bytes:
    columns: dict[str, pa.Array] = {}
    for name in rows[0]:
        values = [row.get(name) for row in rows]
        kind = pick.choice(["text", "text", "text", "number", "list", "dictionary", "binary", "null"])
        columns[name] = {
            "text": lambda values=values: pa.array([str(value) for value in values]),
            "number": lambda values=values: pa.array([float(len(str(value))) for value in values]),
            "list": lambda values=values: pa.array([[str(value)] for value in values]),
            "dictionary": lambda values=values: pa.array([str(value) for value in values]).dictionary_encode(),
            "binary": lambda values=values: pa.array([str(value).encode("utf-16", "surrogatepass") for value in values]),
            "null": lambda values=values: pa.nulls(len(values)),
        }[kind]()
    file = io.BytesIO()
    pq.write_table(pa.table(columns), file)
    return file.getvalue()


_FORMATS: tuple[tuple[str, Callable[[Rows, random.Random], bytes]], ...] = ((".csv", _csv), (".jsonl", _json_lines), (".parquet", _parquet))


def _broken(content: bytes, pick: random.Random) -> tuple[bytes, str]:
    at = pick.randrange(len(content))
    what = pick.choice(["byte", "cut", "flip", "empty", "utf-16"])
    if what == "byte":
        byte = pick.choice(BYTES)
        return content[:at] + byte + content[at:], f"{byte!r} at {at}"
    if what == "flip":
        return content[:at] + bytes([content[at] ^ 1 << pick.randrange(8)]) + content[at + 1 :], f"a bit at {at}"
    if what == "utf-16":
        return content.decode("latin-1").encode("utf-16"), "utf-16"
    return (content[:at] if what == "cut" else b""), f"{what} at {at}"
