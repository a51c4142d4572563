"""Parts of the lake against the ledger: whether each is there, as long as it was written, and with the checksum that was recorded.

Nothing reads a part before it was held against its checksum here: the versions of a stream before its new records are compared with them, and
the build before it parses (orchestration/build/staging_parts.py). A stream with a damaged part is not loaded until the part is fetched again.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from base.checksums import problem_of
from base.clock import iso
from base.errors import DamageError
from base.threads import thread_count
from ingestion.log.loads import Load, Part, load_parts, loads

REPAIR = "`funnelcast repair lake` fetches it again from its window."


@dataclass(frozen=True)
class DamagedPart:
    """A part that is not what was written, and why ("is gone")."""

    load: Load
    part: Part
    problem: str

    def __str__(self) -> str:
        since = iso(self.load.window_start) if self.load.window_start else "the beginning"
        return (
            f"lake/{self.part.file} ({self.load.source} {self.load.stream}, load {self.load.load_id}, part {self.part.part},"
            f" window from {since} to {iso(self.load.window_end)}) {self.problem}"
        )


def committed_parts(ops: Engine, source: str | None = None, stream: str | None = None) -> list[tuple[Load, Part]]:
    """Every part of the ledger that has a file, with its load, in the order of loads."""
    query = sa.select(load_parts, loads.c.source, loads.c.kind, loads.c.stream, loads.c.window_start, loads.c.window_end).join(
        loads, loads.c.load_id == load_parts.c.load_id
    )
    query = query.where(load_parts.c.file.is_not(None)).order_by(loads.c.source, loads.c.stream, loads.c.window_end, load_parts.c.part)
    for column, value in ((loads.c.source, source), (loads.c.stream, stream)):
        if value is not None:
            query = query.where(column == value)
    with ops.connect() as connection:
        return [
            (
                Load(row["source"], row["kind"], row["stream"], row["window_start"], row["window_end"]),
                Part(**{name: row[name] for name in Part.__dataclass_fields__}),
            )
            for row in connection.execute(query).mappings()
        ]


def damaged(lake: Path, committed: Sequence[tuple[Load, Part]], *, deep: Collection[str] | bool = False) -> list[DamagedPart]:
    """Those of the committed parts that are damaged. All are measured; `deep` says which are also read: all, none, or these files."""

    def problem(part: Part) -> str:
        assert part.file is not None
        is_read = deep if isinstance(deep, bool) else part.file in deep
        return problem_of(lake / part.file, size=part.bytes, sha256=part.checksum or "", deep=is_read)

    with ThreadPoolExecutor(thread_count()) as lanes:
        problems = list(lanes.map(problem, (part for _, part in committed)))
    return [DamagedPart(load, part, text) for (load, part), text in zip(committed, problems, strict=True) if text]


def require(lake: Path, ops: Engine, source: str, stream: str, *, deep: bool) -> None:
    """Raises DamageError naming the first damaged part of a stream, and how many there are."""
    found = damaged(lake, committed_parts(ops, source, stream), deep=deep)
    if found:
        raise DamageError(sentence(found), remedy=REPAIR)


def sentence(found: Sequence[DamagedPart]) -> str:
    """`lake/... is gone (and 2 more parts are damaged)`."""
    more = f" (and {len(found) - 1} more {'part is' if len(found) == 2 else 'parts are'} damaged)" if len(found) > 1 else ""
    return f"{found[0]}{more}"


def unreadable_descriptions(lake: Path, ops: Engine) -> list[str]:
    """Sources that the ledger has parts of, and whose source.json in the lake does not say what they are: nobody would read those parts."""
    return sorted(source for source, kind in kinds(ops).items() if kind_in_lake(lake, source) != kind)


def kinds(ops: Engine) -> dict[str, str]:
    """Source -> kind, of every source that the ledger has parts of."""
    query = sa.select(loads.c.source, loads.c.kind).join(load_parts, load_parts.c.load_id == loads.c.load_id).distinct()
    with ops.connect() as connection:
        return {row.source: row.kind for row in connection.execute(query.where(load_parts.c.file.is_not(None)))}


def kind_in_lake(lake: Path, source: str) -> str | None:
    """The kind that a source's source.json says; None when it is absent or damaged."""
    try:
        described = json.loads((lake / source / "source.json").read_text(encoding="utf-8"))
        return described["kind"] if described["name"] == source else None
    except (OSError, ValueError, KeyError, TypeError):
        return None
