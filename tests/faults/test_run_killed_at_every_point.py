"""Every registered fault point: the run is killed there, started again, and ends where an undisturbed run ends.

The points are passed in chains over one home (a run killed at the first, the next one killed at the second, ...): each kill meets what the
kills before it left behind, and a whole run is paid for at the end of a chain only.
"""

from __future__ import annotations

import signal
from typing import Any

import pytest

from base.faults import FAULT_POINTS
from tests.support.runs import Company, lake_rows

CHAINS = (
    (
        "ingestion.after_page",
        "ingestion.between_file_and_ledger",
        "ingestion.after_part",
        "gate.before_record",
        "transform.mid_dbt",
        "publish.before_flip",
    ),
    ("publish.after_flip", "delivery.before_send", "delivery.between_send_and_record"),
)

#: Not the first passage, so that there is something before and something after the kill.
NTH = {"ingestion.after_page": 9, "ingestion.between_file_and_ledger": 7, "ingestion.after_part": 5, "transform.mid_dbt": 90}

#: Points at which the vendor may have accepted a message that the ledger does not know of.
IN_DOUBT = {"delivery.between_send_and_record"}


def test_every_registered_point_is_in_one_chain() -> None:
    """But the webhook receiver's, which is no part of a run (tests/integration/test_webhooks_receiver.py)."""
    of_a_run = [point for point in FAULT_POINTS if not point.startswith("webhooks.")]
    assert sorted(point for chain in CHAINS for point in chain) == sorted(of_a_run)


@pytest.mark.slow
@pytest.mark.xdist_group("whole_runs")
@pytest.mark.parametrize("chain", CHAINS, ids=["before the flip", "from the flip on"])
def test_a_run_killed_here_and_started_again_ends_like_an_undisturbed_one(
    company: Company, undisturbed: dict[str, Any], chain: tuple[str, ...]
) -> None:
    for point in chain:
        killed = company.funnelcast("run", FUNNELCAST_FAULT=f"{point}:{NTH.get(point, 1)}")
        assert killed.killed_by == signal.SIGKILL, f"the run did not pass {point}: {killed.err}"

    again = company.funnelcast("run")

    assert again.code == 0, again.err
    manifest = company.manifest()
    assert manifest["content_hash"] == undisturbed["content_hash"]
    assert manifest["as_of"] == undisturbed["as_of"]
    assert company.query("select status, attempts from runs") == [("succeeded", len(chain) + 1)]
    assert lake_rows(company.home) == undisturbed["rows"]
    assert not [path for path in company.home.rglob(".tmp*") if "dbt_target" not in path.parts]
    _nothing_was_lost_or_silently_doubled(company, undisturbed, may_repeat_mail=not IN_DOUBT.isdisjoint(chain))


def _nothing_was_lost_or_silently_doubled(company: Company, undisturbed: dict[str, Any], *, may_repeat_mail: bool) -> None:
    assert {state for (state,) in company.query("select state from deliveries")} == {"sent"}
    mails, posts = company.mails(), company.posts()
    assert len(mails) == undisturbed["mails"]
    assert len(posts) == undisturbed["posts"]
    repeated = [message_id for message_id, count in mails.items() if count > 1]
    assert not repeated or may_repeat_mail
    if repeated:
        # The same Message-ID, so that mail programs show one; written down, and told to the owner.
        assert company.query("select count(*) from delivery_events where state = 'ambiguous'")[0][0] >= 1
        assert company.notices()
