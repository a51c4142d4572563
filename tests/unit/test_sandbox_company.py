"""The simulated company: the same from the same seed, whole at every moment, and of the size and kind that was promised."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections import Counter
from datetime import timedelta
from itertools import islice
from pathlib import Path

import pytest

from sandbox.canonical_export import tables, write_canonical
from sandbox.company import simulate
from sandbox.model import DAY
from sandbox.self_identification import eeo_answers
from sandbox.truth import ORDER, Truth, truth_of
from sandbox.world import World
from tests.support.canonical_schema import refusals

#: Of the canonical files of simulate(requisitions=12, years=0.5). It changes with the simulation, and must not with Python or the machine.
DIGEST = "3207c8a28820f1ae"
_PRINT_DIGEST = "from tests.unit.test_sandbox_company import digest; import sys; print(digest(sys.argv[1]))"


def digest(folder: str) -> str:
    write_canonical(simulate(requisitions=12, years=0.5), Path(folder))
    content = hashlib.sha256()
    for path in sorted(Path(folder).glob("*.csv")):
        content.update(path.name.encode() + path.read_bytes())
    return content.hexdigest()[:16]


@pytest.fixture(scope="module")
def world() -> World:
    return simulate()


def test_what_the_company_exports_are_rows_of_the_canonical_tables(world: World) -> None:
    exported = {**tables(world), "eeo_answers": eeo_answers(world)}
    assert [wrong for table, rows in exported.items() for wrong in refusals(table, islice(rows, 50))] == []


@pytest.fixture(scope="module")
def truth(world: World) -> Truth:
    return truth_of(world)


def test_the_same_seed_gives_the_same_bytes_in_another_process_and_on_every_python(tmp_path: Path) -> None:
    environment = os.environ | {"PYTHONHASHSEED": "12345"}
    command = [sys.executable, "-c", _PRINT_DIGEST, str(tmp_path / "other")]
    other = subprocess.run(command, capture_output=True, text=True, check=True, env=environment, cwd=Path(__file__).parents[2])
    assert other.stdout.strip() == digest(str(tmp_path / "here")) == DIGEST


def test_another_seed_is_another_company(tmp_path: Path) -> None:
    small = {"requisitions": 4, "years": 0.3}
    assert list(tables(simulate(1, **small))["jobs"]) != list(tables(simulate(2, **small))["jobs"])  # type: ignore[arg-type]


def test_the_default_company_is_as_large_and_varied_as_promised(world: World, truth: Truth) -> None:
    assert len(world.seen_jobs) >= 100
    assert len(truth.applications) >= 10_000
    assert len({a.department_id for a in truth.applications}) == 5 and len({a.office_id for a in truth.applications}) == 3
    assert sum(department.parent is not None for department in world.departments) == 1
    outcomes = Counter(a.status_code for a in truth.applications)
    assert set(outcomes) == {"active", "hired", "rejected", "withdrawn", "closed"}
    assert 80 <= len(truth.applications) / outcomes["hired"] <= 200
    offers = Counter(o.status_code for o in truth.offers)
    assert set(offers) == {"open", "accepted", "declined", "rescinded", "expired"}
    assert 0.72 <= offers["accepted"] / (offers["accepted"] + offers["declined"] + offers["expired"]) <= 0.88
    assert {a.origin_code for a in truth.applications} == {"applied", "sourced", "referred", "agency", "internal"}
    assert any(a.is_transferred for a in truth.applications) and any(a.is_reopened for a in truth.applications)
    assert any(o.is_reneged for o in truth.offers) and any(o.version_count > 1 for o in truth.offers)
    assert "Other" in {o.decline_reason_name for o in truth.offers}
    people = Counter(a.candidate_id for a in truth.applications)
    assert sum(count > 1 for count in people.values()) > 100
    assert sum(a.is_prospect for a in world.seen_applications) > 100
    assert {m.reply_class_code for m in truth.messages} >= {"interested", "not_interested", "later", "auto", None}


def test_every_question_of_the_requirements_has_something_to_count(truth: Truth) -> None:
    austin = [a for a in truth.applications if a.job_family == "Software Engineer" and a.office_name == "Austin"]
    assert sum(ORDER[a.furthest_stage_code] >= ORDER["onsite"] for a in austin) > 10
    assert sum(a.job_family == "Product Manager" and a.status_code == "hired" for a in truth.applications) >= 5
    sales = [a.offer for a in truth.applications if a.department_name == "Sales" and a.offer is not None]
    assert any(offer.status_code == "open" for offer in sales)
    accepted_in_q4 = [a for a in truth.applications if a.offer and a.offer.status_code == "accepted" and a.hired_at]
    assert Counter(a.recruiter_id for a in accepted_in_q4).most_common(1)[0][1] >= 5


def test_visits_follow_each_other_without_overlap_and_end_with_the_application(truth: Truth) -> None:
    for a in truth.applications:
        for earlier, later in zip(a.visits, a.visits[1:], strict=False):
            assert earlier.entered_at < later.entered_at
            assert earlier.exited_at is not None and earlier.exited_at <= later.entered_at
        if a.status_code == "active":
            assert a.visits[-1].exited_at is None and a.closed_at is None
        else:
            assert a.closed_at is not None
            assert all(v.exited_at is not None and v.exited_at <= max(a.closed_at, v.entered_at) for v in a.visits)


def test_the_funnel_nests_and_every_application_is_in_one_outcome(truth: Truth) -> None:
    for code in ("applied", "recruiter_screen", "onsite", "offer"):
        reached = [a for a in truth.applications if code in a.ladder and ORDER[a.furthest_stage_code] >= ORDER[code]]
        advanced = [a for a in reached if ORDER[a.furthest_stage_code] > ORDER[code]]
        stopped = Counter(a.status_code for a in reached if a.furthest_stage_code == code)
        assert len(reached) == len(advanced) + sum(stopped.values()) and "hired" not in stopped
    assert all((a.status_code == "hired") == (a.furthest_stage_code == "hired") for a in truth.applications)


def test_a_hire_is_an_accepted_offer_that_was_kept_and_fills_one_opening(truth: Truth) -> None:
    hired = {a.application_id for a in truth.applications if a.status_code == "hired"}
    kept = {o.application_id for o in truth.offers if o.status_code == "accepted" and not o.is_reneged}
    filled = [opening[3] for job in truth.jobs for opening in job.openings if opening[3] is not None]
    assert hired == kept and len(filled) == len(set(filled)) and set(filled) <= hired
    for job in truth.jobs:
        if job.status_code == "closed":
            assert all(opening[2] is not None and opening[2] <= (job.closed_at or 0) for opening in job.openings)
    closed_jobs = {job.job_id for job in truth.jobs if job.status_code == "closed"}
    assert not [a for a in truth.applications if a.job_id in closed_jobs and a.status_code == "active"]


def test_at_another_moment_the_past_is_the_same_and_the_future_is_unknown(world: World) -> None:
    earlier = world.at(world.now - timedelta(days=100))
    before = {row["application_id"]: row for row in tables(earlier)["applications"]}
    after = {row["application_id"]: row for row in tables(world)["applications"]}
    assert set(before) < set(after)
    limit = f"{earlier.now:%Y-%m-%dT%H:%M:%SZ}"
    for row in before.values():
        assert all(value < limit for key, value in row.items() if key.endswith("_at") and value)
    unchanged = [key for key, row in after.items() if key in before and row["updated_at"] < limit]
    assert len(unchanged) > 1000 and all(before[key] == after[key] for key in unchanged)


def test_the_world_ends_at_its_horizon(world: World) -> None:
    with pytest.raises(ValueError, match="outside the simulated time"):
        world.at(world.now + timedelta(days=61))


def test_rates_drift_over_the_years(world: World) -> None:
    def advanced(low: float, high: float) -> float:
        span = world.now_seconds - world.started
        screens = [
            (a, place)
            for a in world.seen_applications
            for place, visit in enumerate(a.visits)
            if visit.stage.code == "hm_review" and low <= (visit.entered_at - world.started) / span < high
        ]
        stays = sorted((a.visits[p].exited_at or 0) - a.visits[p].entered_at for a, p in screens if p + 1 < len(a.visits))
        return stays[len(stays) // 2] / DAY

    assert advanced(0.5, 1.0) > advanced(0.0, 0.5)
