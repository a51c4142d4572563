"""The simulated company at a small size, through the whole pipeline, with its truth beside it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from sandbox.canonical_export import write_canonical
from sandbox.company import simulate
from sandbox.truth import Truth, truth_of
from tests.support.marts import rows_of
from tests.support.worlds import SOURCE, build_world

MAPPINGS = Path(__file__).resolve().parents[2] / "sandbox" / "config" / "mappings"


@dataclass(frozen=True)
class Company:
    """What happened (`truth`, up to `now` in seconds), and the home whose warehouse holds the marts of it."""

    truth: Truth
    now: int
    folder: Path

    @property
    def home(self) -> Path:
        return self.folder / "home"

    def ask(self, query: str) -> list[dict[str, Any]]:
        """Rows of a query on the warehouse; the file is closed again, because one owner may write."""
        connection = duckdb.connect(str(self.home / "warehouse.duckdb"), read_only=True)
        try:
            return rows_of(connection, query)
        finally:
            connection.close()


def build_company(folder: Path, *, seed: int = 7, years: float = 1.5, requisitions: int = 24) -> Company:
    """Simulate, write as canonical files, load, build every mart with its tests. The tenant's mappings are the sandbox's."""
    world = simulate(seed=seed, years=years, requisitions=requisitions)
    write_canonical(world, folder / "files")
    mappings = {path.name: path.read_text(encoding="utf-8").replace("greenhouse,", f"{SOURCE},") for path in MAPPINGS.glob("*.csv")}
    build_world(folder / "files", folder / "home", as_of=world.now, select=("+path:models/marts",), mappings=mappings).close()
    return Company(truth_of(world), world.now_seconds, folder)
