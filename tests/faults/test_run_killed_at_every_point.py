"""Every registered fault point: the run is killed there, started again, and ends where an undisturbed run ends.

The points are passed in one chain over one home (a run killed at the first, the next one killed at the second, ...): each kill meets what the
kills before it left behind, and a whole build is paid for twice only.
"""

from __future__ import annotations

import signal
from typing import Any

import pytest

from base.faults import FAULT_POINTS
from tests.support.runs import Company, lake_rows

CHAIN = (
    "ingestion.after_page",
    "ingestion.between_file_and_ledger",
    "ingestion.after_part",
    "gate.before_record",
    "transform.mid_dbt",
    "publish.before_flip",
    "publish.after_flip",
    "delivery.before_send",
    "delivery.between_send_and_record",
    "delivery.before_charts",
)

#: Not the first passage, so that there is something before and something after the kill.
NTH = {"ingestion.after_page": 9, "ingestion.between_file_and_ledger": 7, "ingestion.after_part": 5, "transform.mid_dbt": 90}

#: Until this point nothing has been sent.
FIRST_SEND = "delivery.between_send_and_record"


def test_every_registered_point_is_in_the_chain() -> None:
    """But the webhook receiver's, which is no part of a run (tests/integration/test_webhooks_receiver.py)."""
    assert sorted(CHAIN) == sorted(point for point in FAULT_POINTS if not point.startswith("webhooks."))


@pytest.mark.slow
@pytest.mark.xdist_group("whole_runs")
def test_a_run_killed_at_each_point_and_started_again_ends_like_an_undisturbed_one(company: Company, undisturbed: dict[str, Any]) -> None:
    for point in CHAIN:
        killed = company.funnelcast("run", FUNNELCAST_FAULT=f"{point}:{NTH.get(point, 1)}")
        assert killed.killed_by == signal.SIGKILL, f"the run did not pass {point}: {killed.err}"
        if CHAIN.index(point) < CHAIN.index(FIRST_SEND):
            assert not company.mails() and not company.posts(), f"something was sent before {point}"
        if point == "publish.before_flip":
            assert not (company.home / "published" / "current").exists()

    again = company.funnelcast("run")

    assert again.code == 0, again.err
    manifest = company.manifest()
    assert manifest["content_hash"] == undisturbed["content_hash"]
    assert manifest["as_of"] == undisturbed["as_of"]
    assert company.query("select status, attempts from runs") == [("succeeded", len(CHAIN) + 1)]
    assert lake_rows(company.home) == undisturbed["rows"]
    assert not [path for path in company.home.rglob(".tmp*") if "dbt_target" not in path.parts]
    _nothing_was_lost_or_silently_doubled(company, undisturbed)


def _nothing_was_lost_or_silently_doubled(company: Company, undisturbed: dict[str, Any]) -> None:
    """At FIRST_SEND the vendor may have accepted a message that the ledger does not know of: it alone may come twice, and that is said."""
    assert {state for (state,) in company.query("select state from deliveries")} == {"sent"}
    mails, posts = company.mails(), company.posts()
    assert len(mails) == undisturbed["mails"]
    assert len(posts) == undisturbed["posts"]
    if any(count > 1 for count in mails.values()):
        # The same Message-ID, so that mail programs show one; written down, and told to the owner.
        assert company.query("select count(*) from delivery_events where state = 'ambiguous'")[0][0] >= 1
        assert company.notices()
