"""The same simulated company, told by each system that can tell it, gives the same marts.

The reference is the canonical files, which hold all that the simulation knows. Each vendor's double is read over HTTP and built as it would
be; then every row of core and of the marts is held against the reference. What may differ is written down here, once per vendor, with why;
docs/sources/differences.md tells the same, and data_coverage shows it (seeds/terminology/source_limits.csv).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from sandbox.company import simulate
from tests.support.same_company import CORE, FILES, MART_KEYS, WORLD, Told, differences, tell

pytestmark = pytest.mark.xdist_group("same_marts")

DOCS = Path(__file__).resolve().parents[2] / "docs" / "sources" / "differences.md"


@dataclass(frozen=True)
class Difference:
    """`columns` of `table` that differ ("(row)": rows that only one of the two has); `limit`: the canonical table that is told less of."""

    table: str
    columns: tuple[str, ...]
    limit: str
    because: str


_COHORT = (
    "extended_count",
    "declined_count",
    "acceptance_rate",
    "acceptance_rate_low",
    "acceptance_rate_high",
    "accepted_of_extended_rate",
)

_TIMES = ("median_days", "p75_days", "p90_days", "leaver_median_days", "leaver_mean_days", "advancer_mean_days")

#: System -> all that may differ from the canonical files, and does.
DIFFERENCES: dict[str, tuple[Difference, ...]] = {
    "greenhouse": (
        Difference("fct_applications", ("closed_at",), "applications", "no time at which a prospect was converted"),
        Difference("fct_offers", ("extended_at", "last_extended_at"), "offers", "the day of sending, not the time"),
        Difference("fct_interviews", ("status_code",), "interviews", "tells awaiting feedback from complete, which the files do not"),
    ),
    "lever": (
        Difference("fct_applications", ("(row)",), "applications", "a prospect and the application that it became are one"),
        Difference("fct_applications", ("coordinator",), "applications", "no coordinators"),
        Difference("fct_applications", ("current_source_stage_name",), "stages", "the account's fixed stages have the vendor's names"),
        Difference("fct_applications", ("current_stage_code",), "stage_visits", "a lead sits in a stage of leads"),
        Difference("fct_stage_visits", ("(row)",), "stage_visits", "stays in stages of leads are visits"),
        Difference("fct_stage_visits", ("stage_code", "entered_at"), "stage_visits", "and come before the others"),
        Difference("fct_stage_visits", ("source_stage_name",), "stages", "the account's fixed stages have the vendor's names"),
        Difference(
            "fct_stage_visits",
            ("exited_at", "exit_code", "duration_quality_code"),
            "stage_visits",
            "no exits: the next change or the archiving stands for it",
        ),
        Difference("time_in_stage", _TIMES, "stage_visits", "so who was taken back stood there all the time"),
        Difference("time_to_hire", ("stage_sum_days",), "stage_visits", "so who was taken back stood there all the time"),
        Difference("fct_offers", ("resolved_at",), "offers", "a refusal has no time: the archiving stands for it"),
        Difference("fct_openings", ("target_start_on",), "openings", "no wanted day of start"),
        Difference("fct_interviews", ("rating_code",), "feedback", "no decision is an empty score"),
        Difference("funnel_passthrough", ("next_stage_code",), "stages", "no plan of a job: its ladder is what its applications visited"),
        Difference("forecast_expected_hires", ("(row)", "stage_days", "days_late"), "stages", "so a stage that nobody visited has no row"),
    ),
    "ashby": (
        Difference(
            "fct_applications",
            ("close_reason_code", "close_reason_source_name"),
            "applications",
            "a lead that went on as an application is archived under a reason of its own",
        ),
        Difference("fct_stage_visits", ("duration_quality_code",), "stage_visits", "keeps every exit, where the files lost some"),
        Difference(
            "fct_offers", ("extended_at", "last_extended_at"), "offers", "no time of sending: that of making the version stands for it"
        ),
        Difference("offer_acceptance", ("(row)", *_COHORT), "offers", "an offer made before and sent after the end of a quarter"),
        Difference("fct_interviews", ("status_code",), "interviews", "tells awaiting feedback from complete, which the files do not"),
        Difference("fct_interviews", ("rating_code",), "feedback", "no decision is no answer"),
    ),
}


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Told:
    return tell(simulate(**WORLD), FILES, tmp_path_factory.mktemp(FILES))  # type: ignore[arg-type]


@pytest.fixture(scope="module", params=sorted(DIFFERENCES))
def told(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    yield tell(simulate(**WORLD), request.param, tmp_path_factory.mktemp(request.param))  # type: ignore[arg-type]


def test_a_vendor_gives_the_marts_of_the_files_but_for_what_it_cannot_know(files: Told, told: Told) -> None:
    found = {
        (table, column): count
        for table in (*CORE, *MART_KEYS)
        for column, count in differences(files.rows(table), told.rows(table)).items()
    }
    listed = {(difference.table, column) for difference in DIFFERENCES[told.system] for column in difference.columns}
    assert {key: count for key, count in found.items() if key not in listed} == {}
    assert listed - found.keys() == set(), "listed, but it does not differ"


def test_the_reference_holds_something_of_everything(files: Told) -> None:
    for table in (*CORE, *MART_KEYS):
        assert len(files.rows(table)) > 5, table
    assert {row["status_code"] for row in files.rows("fct_offers").values()} >= {"accepted", "declined", "rescinded", "open"}


def test_every_difference_is_told_in_the_docs_and_in_data_coverage(told: Told) -> None:
    section = DOCS.read_text(encoding="utf-8").partition(f"\n## {told.system}\n")[2].partition("\n## ")[0]
    for difference in DIFFERENCES[told.system]:
        for column in difference.columns:
            named = "rows" if column == "(row)" else f"`{column}`"
            assert named in section and f"`{difference.table}`" in section, (difference.table, column)
    assert {difference.limit for difference in DIFFERENCES[told.system]} <= told.limits()
