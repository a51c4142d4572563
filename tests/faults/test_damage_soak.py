"""A short soak (tests/support/soak.py; `make soak` is the long one): whatever happens to a home in whatever order, it comes back as if nothing had."""

from __future__ import annotations

import random
from typing import Any

import pytest

from tests.support.runs import Company, FirstRun
from tests.support.soak import Soak, versions


@pytest.mark.slow
@pytest.mark.xdist_group("whole_runs")
def test_a_home_that_is_disturbed_at_random_from_its_first_run_on_comes_back(
    company: Company, first_run: FirstRun, undisturbed: dict[str, Any]
) -> None:
    disturbed = Soak(company, random.Random(20260629), lambda _: None)
    for action in (disturbed.kill, disturbed.fill_the_disk, disturbed.flip_a_bit, disturbed.step_the_clock, disturbed.flip_a_bit):
        action()

    disturbed.settle()

    disturbed.check(undisturbed["content_hash"], versions(first_run.company.home))
    assert len(company.mails()) == undisturbed["mails"]
    assert len(company.posts()) == undisturbed["posts"]
