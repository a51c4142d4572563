"""Codes and rules that are data: the seeds in dbt_project/seeds, which dbt builds as tables and Python reads as they are."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache

from base.home import DBT_PROJECT_DIR


@cache
def seed_rows(seed: str) -> tuple[Mapping[str, str], ...]:
    """The rows of a seed, by its name in dbt, in their order."""
    (path,) = (DBT_PROJECT_DIR / "seeds").rglob(f"{seed}.csv")
    with path.open(encoding="utf-8", newline="") as handle:
        return tuple(csv.DictReader(handle))


def seed_codes(seed: str, column: str) -> tuple[str, ...]:
    """One column of a seed."""
    return tuple(row[column] for row in seed_rows(seed))
