"""The daily job end to end: real HTTP, SMTP and Slack's protocol on loopback, the same Dagster job as the schedule's."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.support.runs import Company, lake_rows

pytestmark = pytest.mark.slow


def test_a_second_run_adds_no_row_and_sends_nothing_and_readers_are_not_disturbed(company: Company, undisturbed: dict[str, Any]) -> None:
    first = company.funnelcast("run", "--json")
    assert first.code == 0, first.err
    outcome = json.loads(first.out)
    assert outcome["deliveries"] == {"sent": 4}
    assert outcome["content_hash"] == undisturbed["content_hash"]
    before, mails, posts, rows = company.manifest(), company.mails(), company.posts(), lake_rows(company.home)

    with duckdb.connect() as reader:
        reader.execute(f"attach '{company.home / 'published' / 'current' / 'marts.duckdb'}' as old (read_only)")
        count = reader.execute("select count(*) from old.core.fct_applications").fetchone()
        second = company.funnelcast("run", "--json")
        assert second.code == 0, second.err
        assert reader.execute("select count(*) from old.core.fct_applications").fetchone() == count

    again = json.loads(second.out)
    assert sum(counts["written"] for counts in again["loaded"].values()) == 0
    assert again["deliveries"] == {}
    assert (company.manifest()["content_hash"], lake_rows(company.home)) == (before["content_hash"], rows)
    assert (company.mails(), company.posts()) == (mails, posts)

    _a_rebuild_of_the_past_sends_nothing(company)
    _dagster_has_recorded_the_runs(company)
    _a_failing_source_leaves_the_old_state(company)


def _a_rebuild_of_the_past_sends_nothing(company: Company) -> None:
    """Same home (a run costs ten seconds): an older as_of gets its own version and leaves `current`."""
    current, sent = company.manifest(), company.mails()
    past = company.funnelcast("run", "--as-of", "2026-03-01", "--json")
    assert past.code == 0, past.err
    outcome = json.loads(past.out)
    assert outcome["is_current"] is False
    # The first instant of that day in the company's zone, New York.
    assert outcome["as_of"] == "2026-03-01T05:00:00Z"
    assert company.manifest() == current
    assert company.mails() == sent
    version = json.loads((Path(outcome["published_to"]) / "manifest.json").read_text(encoding="utf-8"))
    assert version["as_of"] == "2026-03-01T05:00:00Z"


def _dagster_has_recorded_the_runs(company: Company) -> None:
    import sqlite3

    with sqlite3.connect(company.home / "dagster" / "history" / "runs.db") as connection:
        statuses = [status for (status,) in connection.execute("select status from runs order by id")]
    assert statuses == ["SUCCESS"] * 3


def _a_failing_source_leaves_the_old_state(company: Company) -> None:
    """A refused credential: exit code 1, one sentence, readers undisturbed, the owner told once, the other sources loaded."""
    before = company.manifest()
    failed = company.funnelcast("run", GEM_API_KEY="not-the-key-9f3a")
    assert failed.code == 1
    [sentence] = [line for line in failed.err.splitlines() if line.startswith("funnelcast: ")]
    assert "gem" in sentence
    assert "not-the-key-9f3a" not in failed.err + failed.out
    assert company.manifest() == before
    assert company.notices() == ["Funnelcast: a run failed"]
    assert company.query("select status from runs order by run_number")[-1] == ("failed",)
    for log in (company.home / "logs").glob("*"):
        assert "not-the-key-9f3a" not in log.read_text(encoding="utf-8")
