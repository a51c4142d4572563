"""The lift of sending on behalf (Mantel-Haenszel) on tables worked out by hand."""

from __future__ import annotations

from math import sqrt

import duckdb
import pytest

from tests.support.marts import CompiledProject, rows_of

pytestmark = pytest.mark.xdist_group("marts")


@pytest.fixture(scope="module")
def lifts(marts_project: CompiledProject) -> dict[str, dict[str, float]]:
    """case -> its row, for strata (case, on behalf: people, replied; own name: people, replied)."""
    strata = """
        ('one even stratum', 100, 30, 100, 20),
        ('two roles', 10, 1, 90, 6), ('two roles', 90, 36, 10, 5),
        ('a stratum without contrast', 100, 30, 100, 20), ('a stratum without contrast', 500, 0, 0, 0),
        ('nobody replied', 10, 0, 10, 0),
        ('no contrast', 10, 5, 0, 0)
    """
    connection = duckdb.connect()
    names = "name, exposed_count, exposed_successes, other_count, other_successes"
    connection.execute(f"create table strata as select * from (values {strata}) as t({names})")
    query = marts_project.render("{{ mantel_haenszel_difference('strata', ['name']) }}")
    return {row["name"]: row for row in rows_of(connection, f"select * from ({query})")}


def test_with_one_even_stratum_it_is_the_plain_difference_with_its_usual_bounds(lifts: dict[str, dict[str, float]]) -> None:
    """30 % against 20 % of 100 each: the textbook's standard error, which Sato's variance equals for equal groups."""
    row, error = lifts["one even stratum"], sqrt((0.3 * 0.7 + 0.2 * 0.8) / 100)
    assert row["difference"] == pytest.approx(0.1)
    assert (row["difference_low"], row["difference_high"]) == pytest.approx((0.1 - 1.959964 * error, 0.1 + 1.959964 * error), abs=1e-6)


def test_roles_that_answer_more_do_not_fake_a_lift(lifts: dict[str, dict[str, float]]) -> None:
    """Raw, 37 of 100 answer on behalf and 11 of 100 otherwise: +26 points. Within the roles it is +3.3 and -10 points, weights 9 and 9."""
    row = lifts["two roles"]
    assert row["strata_count"] == 2
    assert row["difference"] == pytest.approx((9 * (1 / 10 - 6 / 90) + 9 * (36 / 90 - 5 / 10)) / 18)
    assert row["difference"] < 0 < row["difference_high"]


def test_a_sequence_with_one_way_only_says_nothing(lifts: dict[str, dict[str, float]]) -> None:
    assert "no contrast" not in lifts
    assert lifts["a stratum without contrast"]["difference"] == lifts["one even stratum"]["difference"]
    assert lifts["a stratum without contrast"]["strata_count"] == 1


def test_nothing_on_either_side_is_no_lift(lifts: dict[str, dict[str, float]]) -> None:
    assert [lifts["nobody replied"][name] for name in ("difference", "difference_low", "difference_high")] == [0, 0, 0]
