"""What a run has done: each step writes its own field of `RunResult`; `Outcome` is what the command says of it at the end."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from base.clock import iso
from base.words import counted
from ingestion.extract.results import StreamLoad
from orchestration.run.received import Received, table_lines

#: Unmapped names that a run's last line shows; `funnelcast mappings` has all.
SHOWN_NAMES = 3


@dataclass(frozen=True)
class LoadCounts:
    """Records of one source: fetched = written + duplicates."""

    fetched: int
    written: int
    duplicates: int


@dataclass(frozen=True)
class Publication:
    """The version that a run published. `is_current`: readers see it; a rebuild of the past stays beside what they see."""

    version: str
    content_hash: str
    path: str
    is_current: bool


@dataclass
class RunResult:
    """`loaded` by source, `streams` one by one; `tables`, what the gate made of them; `publication`, None until there is one; `deliveries`, how many
    of this run's deliveries are in which state."""

    loaded: dict[str, LoadCounts] = field(default_factory=dict)
    streams: list[StreamLoad] = field(default_factory=list)
    tables: list[Received] = field(default_factory=list)
    publication: Publication | None = None
    deliveries: Counter[str] = field(default_factory=Counter)

    @property
    def is_rebuild(self) -> bool:
        """Whether it published beside what readers see, so that nothing is sent."""
        return self.publication is not None and not self.publication.is_current


@dataclass(frozen=True)
class Outcome:
    """What a finished run did.

    `stopped`: one sentence about the sources that it had to go on without; empty when it read all of them. `unmapped`: names without a
    canonical code, most used first.
    """

    run_id: str
    as_of: datetime
    attempts: int
    result: RunResult
    publication: Publication
    stopped: str = ""
    unmapped: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return {
            "run_id": self.run_id,
            "as_of": iso(self.as_of),
            "is_current": self.publication.is_current,
            "version": self.publication.version,
            "content_hash": self.publication.content_hash,
            "published_to": self.publication.path,
            "loaded": {source: asdict(counts) for source, counts in self.result.loaded.items()},
            "tables": [table.document for table in self.result.tables],
            "deliveries": dict(self.result.deliveries),
            "attempts": self.attempts,
            "stopped": self.stopped,
            "unmapped": list(self.unmapped),
        }

    def lines(self) -> list[str]:
        """For a person: what was loaded, published and delivered."""
        loaded, publication = self.result.loaded.values(), self.publication
        written, fetched = sum(counts.written for counts in loaded), sum(counts.fetched for counts in loaded)
        deliveries = ", ".join(f"{count} {state}" for state, count in sorted(self.result.deliveries.items())) or "nothing due"
        where = "current" if publication.is_current else "beside current (it is older, so nothing is sent)"
        return [
            f"Loaded     {written:,} new of {counted(fetched, 'record')} from {counted(len(loaded), 'source')}",
            f"Published  version {publication.version} as of {iso(self.as_of)}, {where}: {publication.path}",
            f"Reports    {deliveries}",
            *([f"Unmapped   {self._unmapped()}"] if self.unmapped else []),
            *table_lines(self.result.tables),
        ]

    def _unmapped(self) -> str:
        more = f" and {len(self.unmapped) - SHOWN_NAMES} more" if len(self.unmapped) > SHOWN_NAMES else ""
        names = ", ".join(self.unmapped[:SHOWN_NAMES])
        return f"{counted(len(self.unmapped), 'name')} without a code: {names}{more} (funnelcast mappings proposes the rows)"
