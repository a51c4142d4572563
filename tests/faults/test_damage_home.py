"""T6, T8: whatever of a home is damaged, the product says what and which repair helps, serves the last good state, and is as before after the repair."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.damage import cut, flip
from tests.support.runs import Company, FirstRun, lake_rows

BUG = ("internal error", "Traceback")


@pytest.fixture(scope="module")
def kept(first_run: FirstRun, tmp_path_factory: pytest.TempPathFactory) -> Company:
    return first_run.copied(tmp_path_factory.mktemp("damaged"))


def empty(path: Path) -> None:
    path.write_bytes(b"")


def garbage(path: Path) -> None:
    path.write_bytes(b"not a database at all " * 900)


def lose_with_its_log(path: Path) -> None:
    for file in path.parent.glob(f"{path.name}*"):
        file.unlink()


def spoil_pages(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(4096 * 3)
        file.write(b"\xff" * 4096 * 3)


DATABASES: dict[str, Callable[[Path], None]] = {
    "cut short": cut,
    "with pages overwritten": spoil_pages,
    "empty": empty,
    "no database": garbage,
    "lost": lose_with_its_log,
}


def sent(company: Company) -> tuple[Any, int]:
    return company.mails(), len(company.posts())


@pytest.mark.slow
@pytest.mark.xdist_group("whole_runs")
def test_a_damaged_or_lost_operations_database_is_named_and_rebuilt_and_nothing_is_sent_twice(
    kept: Company, undisturbed: dict[str, Any]
) -> None:
    database = kept.home / "ops.sqlite"
    with sqlite3.connect(database) as connection:
        connection.execute("pragma wal_checkpoint(truncate)")
    whole, before = database.read_bytes(), sent(kept)
    for name, damage in DATABASES.items():
        lose_with_its_log(database)
        database.write_bytes(whole)
        damage(database)

        asked = kept.funnelcast("sources")

        assert asked.code == 1, name
        assert "perations database" in asked.err, name
        assert "`funnelcast repair ops`" in asked.err, name
    notices = len(kept.notices())
    stopped = kept.funnelcast("run")
    assert stopped.code == 1
    assert "`funnelcast repair ops`" in stopped.err
    assert len(kept.notices()) == notices + 1, "the owner hears of it although no ledger can be written"

    repaired = kept.funnelcast("repair", "ops")

    assert repaired.code == 0, repaired.err
    assert "held until `funnelcast reports release`" in repaired.out
    assert kept.funnelcast("reports", "release").code == 0
    released = kept.funnelcast("run")
    assert released.code == 0, released.err
    assert sent(kept) == before
    assert kept.manifest()["content_hash"] == undisturbed["content_hash"]
    assert lake_rows(kept.home) == undisturbed["rows"]


def part_of(company: Company, stream: str) -> Path:
    return next((company.home / "lake" / "greenhouse" / stream).rglob("*.parquet"))


def folder_for(path: Path) -> None:
    path.unlink(missing_ok=True)
    path.mkdir()


@pytest.mark.slow
@pytest.mark.xdist_group("whole_runs")
def test_verify_names_every_damage_and_repair_puts_all_of_it_right(kept: Company, undisturbed: dict[str, Any]) -> None:
    assert kept.funnelcast("verify", "--deep").code == 0
    home, before = kept.home, sent(kept)
    flip(part_of(kept, "applications"), at=0.4)
    part_of(kept, "offers").unlink()
    (home / "lake" / "greenhouse" / "source.json").write_text("{", encoding="utf-8")
    cut(home / "warehouse.duckdb")
    flip(home / "published" / "current" / "parquet" / "core" / "fct_offers.parquet")
    cut(home / "restricted" / "people.duckdb")
    (home / "restricted").chmod(0o755)
    garbage(home / "dagster" / "history" / "runs.db")
    folder_for(home / "run.lock")

    looked = kept.funnelcast("verify", "--deep", "--json")

    assert looked.code == 1
    found = {(finding["check"], finding["repair"]) for finding in json.loads(looked.out)["findings"]}
    assert found == {("log", "lake"), ("staging", "warehouse"), ("published", "published"), ("rights", None)}
    words = "\n".join(finding["problem"] for finding in json.loads(looked.out)["findings"])
    for place in (
        "lake/greenhouse/applications/",
        "lake/greenhouse/offers/",
        "source.json",
        "warehouse.duckdb",
        "fct_offers.parquet",
        "people.duckdb",
    ):
        assert place in words
    stopped = kept.funnelcast("run")
    assert stopped.code == 1
    assert "`funnelcast repair" in stopped.err
    assert not [word for word in BUG if word in stopped.err]
    assert kept.funnelcast("ask", "open-offers", "--department", "Sales").code == 0, "readers still have the last good state"

    repaired = kept.funnelcast("repair")

    assert repaired.code == 0, repaired.out + repaired.err
    assert "records fetched again" in repaired.out
    looked = kept.funnelcast("verify", "--deep")
    assert looked.code == 0, looked.out
    assert kept.manifest()["content_hash"] == undisturbed["content_hash"]
    assert lake_rows(home) == undisturbed["rows"]
    assert sent(kept) == before
