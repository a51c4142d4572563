"""The daily job end to end: real HTTP, SMTP and Slack's protocol on loopback, the same Dagster job as the schedule's."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest

from tests.support.runs import Company, FirstRun, lake_rows

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("whole_runs")]


def test_a_table_whose_rows_are_of_another_source_is_not_called_empty(first_run: FirstRun) -> None:
    """The drop folder holds reviews of Greenhouse's applications and replies of Gem's sequences: their rows name these sources."""
    with duckdb.connect(str(first_run.company.home / "published" / "current" / "funnelcast.duckdb"), read_only=True) as marts:
        (called_empty,) = (
            marts.execute("select count(*) from marts.data_coverage where table_name = 'reviews' and status_code = 'empty'").fetchone()
            or ()
        )
    assert called_empty == 0


def test_a_second_run_adds_no_row_and_sends_nothing_and_readers_are_not_disturbed(first_run: FirstRun, tmp_path: Path) -> None:
    company = first_run.copied(tmp_path)
    assert first_run.outcome["deliveries"] == {"sent": 4}
    assert first_run.outcome["content_hash"] == first_run.ended["content_hash"]
    before, mails, posts, rows = company.manifest(), company.mails(), company.posts(), lake_rows(company.home)

    with duckdb.connect() as reader:
        reader.execute(f"attach '{company.home / 'published' / 'current' / 'funnelcast.duckdb'}' as old (read_only)")
        count = reader.execute("select count(*) from old.core.fct_applications").fetchone()
        second = company.funnelcast("run", "--json")
        assert second.code == 0, second.err
        assert reader.execute("select count(*) from old.core.fct_applications").fetchone() == count

    again = json.loads(second.out)
    assert sum(counts["written"] for counts in again["loaded"].values()) == 0
    assert again["deliveries"] == {}
    assert (company.manifest()["content_hash"], lake_rows(company.home)) == (before["content_hash"], rows)
    assert (company.mails(), company.posts()) == (mails, posts)

    _dagster_has_recorded_the_runs(company)
    _a_refused_source_does_not_stop_the_others(company)


def _dagster_has_recorded_the_runs(company: Company) -> None:
    import sqlite3

    with sqlite3.connect(company.home / "dagster" / "history" / "runs.db") as connection:
        statuses = [status for (status,) in connection.execute("select status from runs order by id")]
    assert statuses == ["SUCCESS"] * 2


def _a_refused_source_does_not_stop_the_others(company: Company) -> None:
    """A refused credential: exit code 1, one sentence, the owner told once; what the other sources had is published, gem is stale since."""
    before, notices = company.manifest(), company.notices()
    drop = company.config.parent / "sources" / "outreach_drop"
    (drop / "aplications.csv").write_text("application_id\n1\n")
    (drop / "stages.csv").write_text("stage_id,stage_name\nvibes,Vibe check\n")
    (drop / "reviews.csv").write_text("review_id,job_id,reviewer_id,requested_at\n1,j,u,2026-01-01\n2,j,u,next week\n")
    failed = company.funnelcast("run", GEM_API_KEY="not-the-key-9f3a")
    assert failed.code == 1
    [sentence] = [line for line in failed.err.splitlines() if line.startswith("funnelcast: ")]
    since = before["as_of"]
    assert sentence.startswith(f"funnelcast: gem could not be read; its rows have been stale since {since} (")
    assert sentence.endswith("Everything else was published; run again when the source answers.")
    assert "not-the-key-9f3a" not in failed.err + failed.out
    assert "aplications.csv is not read: no canonical table has this name; did you mean 'applications'?" in failed.err
    assert "reviews: 1 of 2 rows quarantined (parse 1" in failed.err
    assert "without a code" in failed.out
    assert "stage 'Vibe check'" in failed.out
    assert company.manifest()["version_id"] != before["version_id"]
    with duckdb.connect(str(company.home / "published" / "current" / "funnelcast.duckdb"), read_only=True) as marts:
        stale = marts.execute(
            "select distinct source_system, strftime(stale_since, '%Y-%m-%dT%H:%M:%SZ') from marts.data_coverage where stale_since is not null"
        ).fetchall()
        reviews = marts.execute("select row_count, quarantined_count from marts.data_coverage where table_name = 'reviews'").fetchall()
    assert stale == [("gem", since)]
    assert (1, 1) in reviews
    assert company.notices() == [*notices, "Funnelcast: a run failed"]
    assert company.query("select status from runs order by run_number")[-1] == ("failed",)
    for log in (company.home / "logs").glob("*"):
        assert "not-the-key-9f3a" not in log.read_text(encoding="utf-8")
