"""Selection rates beside each other, against published figures (docs/concepts.md, "Reference figures", and more)."""

from __future__ import annotations

import pytest
from kernels.selection import Counts, Thresholds, boschloo, compare, finding, fisher, holm, is_below, mantel_haenszel, reference_group

#: UC Berkeley 1973, admissions of men and women to the six largest departments (R, UCBAdmissions): (admitted, rejected).
BERKELEY = {
    "A": ((512, 313), (89, 19)),
    "B": ((353, 207), (17, 8)),
    "C": ((120, 205), (202, 391)),
    "D": ((138, 279), (131, 244)),
    "E": ((53, 138), (94, 299)),
    "F": ((22, 351), (24, 317)),
}
#: Published audits under New York City's rule: (applicants, selected, published ratio). Covey 2023 (perma.cc/WMG2-N8HH), race; Bloomberg/Plum 2023
#: (perma.cc/2EMX-WNYU), race, two groups of 11 of whom 10 were selected.
COVEY = {"Hispanic": (389, 72, 0.90), "White": (3471, 697, 0.98), "Black": (149, 28, 0.92), "Asian": (991, 203, 1.00)}
PLUM = {"Asian": (3543, 3162, 1.00), "Black": (678, 542, 0.90), "Hispanic": (937, 759, 0.91), "Two or more": (264, 235, 1.00)}


def test_four_fifths_is_compared_in_whole_numbers_and_exactly_four_fifths_is_not_flagged() -> None:
    """Questions and Answers 1979: 60, 45, 48, 51 % give 75, 80 and 85 %; only the first is flagged."""
    groups = {"White": Counts(100, 60), "American Indian": Counts(100, 45), "Hispanic": Counts(100, 48), "Black": Counts(100, 51)}
    found = compare(groups)
    assert {name: round(100 * comparison.ratio) for name, comparison in found.items() if comparison.ratio} == {
        "White": 100,
        "American Indian": 75,
        "Hispanic": 80,
        "Black": 85,
    }
    assert [name for name, comparison in found.items() if comparison.is_below_ratio] == ["American Indian"]
    assert not is_below(Counts(300, 144), Counts(100, 60))


def test_a_low_ratio_that_may_be_chance_is_not_called_a_difference() -> None:
    men, women = Counts(255, 48), Counts(395, 52)
    found = compare({"men": men, "women": women})["women"]
    assert found.ratio == pytest.approx(0.6994, abs=5e-5)
    assert (found.ratio_low, found.ratio_high) == (pytest.approx(0.488, abs=5e-4), pytest.approx(1.002, abs=5e-4))
    assert found.p_value == pytest.approx(0.0509, abs=5e-5)
    assert fisher(women, men) == pytest.approx(0.0584, abs=5e-5)
    assert boschloo(women, men) == pytest.approx(0.0534, abs=5e-5)
    assert found.finding_code == "difference_may_be_chance"


@pytest.mark.parametrize(
    ("group", "best", "ratio", "p"),
    [
        (Counts(90, 24), Counts(120, 48), 0.6667, 0.0560),
        (Counts(80, 18), Counts(120, 48), 0.5625, 0.0137),
        (Counts(58, 13), Counts(187, 63), 0.6653, 0.1431),
    ],
)
def test_fishers_p_and_ratio_of_published_examples(group: Counts, best: Counts, ratio: float, p: float) -> None:
    assert compare({"a": group, "b": best})["a"].ratio == pytest.approx(ratio, abs=5e-5)
    assert fisher(group, best) == pytest.approx(p, abs=5e-5)


def test_few_people_are_said_to_be_too_few() -> None:
    found = compare({"a": Counts(10, 1), "b": Counts(20, 3)})["a"]
    assert found.ratio == pytest.approx(2 / 3) and found.finding_code == "too_few"
    assert fisher(Counts(10, 1), Counts(20, 3)) == pytest.approx(1.0)


@pytest.mark.parametrize("audit", [COVEY, PLUM], ids=["Covey", "Plum"])
def test_published_audits_are_reproduced(audit: dict[str, tuple[int, int, float]]) -> None:
    groups = {name: Counts(n, selected) for name, (n, selected, _) in audit.items()}
    for name, comparison in compare(groups).items():
        assert comparison.ratio == pytest.approx(audit[name][2], abs=0.0051), name


def test_a_tiny_group_is_shown_but_is_nobodys_reference() -> None:
    groups = {name: Counts(n, selected) for name, (n, selected, _) in PLUM.items()} | {"tiny": Counts(11, 10), "other": Counts(11, 10)}
    assert reference_group(groups) == "Asian"
    assert reference_group(groups, Thresholds(reference_share=0.0)) == "other"
    assert compare(groups)["tiny"].ratio == pytest.approx(10 / 11 / (3162 / 3543))


def test_pooling_departments_turns_the_sign_and_the_figure_within_departments_says_so() -> None:
    men = Counts(sum(sum(m) for m, _ in BERKELEY.values()), sum(m[0] for m, _ in BERKELEY.values()))
    women = Counts(sum(sum(w) for _, w in BERKELEY.values()), sum(w[0] for _, w in BERKELEY.values()))
    assert compare({"men": men, "women": women})["women"].ratio == pytest.approx(0.682, abs=5e-4)
    within = mantel_haenszel([(Counts(sum(w), w[0]), Counts(sum(m), m[0])) for m, w in BERKELEY.values()])
    assert within.odds_ratio == pytest.approx(1.105, abs=5e-4)
    assert (within.low, within.high) == (pytest.approx(0.943, abs=5e-4), pytest.approx(1.295, abs=5e-4))
    assert within.p_value == pytest.approx(0.217, abs=5e-4)
    assert within.homogeneity_p == pytest.approx(0.0021, abs=5e-5)


def test_strata_in_which_nothing_can_be_compared_say_nothing() -> None:
    assert mantel_haenszel([]).odds_ratio is None
    assert mantel_haenszel([(Counts(5, 5), Counts(4, 4)), (Counts(0, 0), Counts(9, 3))]).p_value is None


def test_holm_raises_each_p_for_the_number_of_comparisons_and_keeps_their_order() -> None:
    assert holm([0.01, 0.04, None, 0.03]) == [pytest.approx(0.03), pytest.approx(0.06), None, pytest.approx(0.06)]


def test_one_persons_other_outcome_forbids_a_conclusion_about_few() -> None:
    best = Counts(200, 100)
    assert finding(Counts(25, 9), best, 0.01) == "too_few"  # 36 %: with one more 40 %, exactly four fifths
    assert finding(Counts(25, 4), best, 0.01) == "difference_seen"


def test_more_passed_than_came_is_refused() -> None:
    with pytest.raises(ValueError, match="3 of 2"):
        Counts(2, 3)
