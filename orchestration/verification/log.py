"""The log against the ledger: parts that are missing or altered, files that nobody knows, sources that do not say what they are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from ingestion.log.damage import committed_parts, damaged, unreadable_descriptions
from ingestion.log.loads import Load, Part
from orchestration.verification.finding import SAMPLE_DAYS, Finding, Subject, repaired_by

NAME = "log"


def check(subject: Subject) -> Iterator[Finding]:
    if subject.ops is None:
        return
    home = subject.home
    committed = committed_parts(subject.ops)
    read = committed if subject.is_deep else sample(committed, subject.sample) if subject.sample else []
    subject.counts |= {"parts": len(committed), "parts read": len(read)}
    for part in damaged(home.lake, committed, deep={str(part.file) for _, part in read}):
        yield repaired_by(NAME, str(part), "lake")
    for source in unreadable_descriptions(home.lake, subject.ops):
        yield repaired_by(NAME, f"lake/{source}/source.json is absent or damaged, so nothing of {source} would be read", "lake")
    known = {part.file for _, part in committed}
    on_disk = sorted(path.relative_to(home.lake).as_posix() for path in home.lake.glob("*/*/load_date=*/*.parquet"))
    for name in on_disk:
        if name not in known:
            yield Finding(
                NAME, f"lake/{name} is not on the ledger", "A run takes it in if it is one of its own; else move it out of the lake."
            )


def sample(committed: Sequence[tuple[Load, Part]], day: date) -> list[tuple[Load, Part]]:
    """The parts whose turn it is on this day: by their checksum, so that each has its day and the days are equally long."""
    turn = day.toordinal() % SAMPLE_DAYS
    return [(load, part) for load, part in committed if part.checksum and int(part.checksum[:8], 16) % SAMPLE_DAYS == turn]
