"""Selection rates of groups beside each other: impact ratio, tests, intervals (method and vectors: 29 CFR 1607.4 D and its Questions and Answers of 1979;
Morris and Lobsenz 2000 for the ratio's interval; Mantel and Haenszel 1959, Robins, Breslow and Greenland 1986, Breslow and Day 1980; Holm 1979).

Ratios are compared as integers (a/n against b/m: 5 a m < 4 b n), never as rounded percentages; exactly four fifths is not flagged.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp, log, sqrt

Z95 = 1.959963984540054
#: Boschloo's test looks at every table of the two sizes; beyond so many Fisher's answers.
BOSCHLOO_TABLES = 20_000


@dataclass(frozen=True)
class Thresholds:
    """Of configuration (dbt vars), never of law. `ratio` as (numerator, denominator); shares and levels 0..1; `few` people and under are too few to say."""

    ratio: tuple[int, int] = (4, 5)
    reference_share: float = 0.02
    level: float = 0.05
    few: int = 30
    few_expected: float = 5.0


@dataclass(frozen=True)
class Counts:
    """People who came to a stage and those of them who passed it."""

    n: int
    selected: int

    def __post_init__(self) -> None:
        if not 0 <= self.selected <= self.n:
            raise ValueError(f"{self.selected} of {self.n} cannot have passed")

    @property
    def rate(self) -> float | None:
        return self.selected / self.n if self.n else None


@dataclass(frozen=True)
class Comparison:
    """A group beside its reference. `ratio` is null where the reference passed nobody; `p_value` two-sided, `test_code` says of which test.

    finding_code: reference | too_few | no_difference_seen | difference_may_be_chance | difference_seen.
    """

    group: str
    reference: str
    ratio: float | None
    ratio_low: float | None
    ratio_high: float | None
    difference: float | None
    p_value: float | None
    test_code: str | None
    is_below_ratio: bool
    finding_code: str


def reference_group(groups: Mapping[str, Counts], thresholds: Thresholds = Thresholds()) -> str | None:
    """The group with the highest rate among those with enough of the applicants; the larger, then the first by name, of equals. None without any."""
    total = sum(counts.n for counts in groups.values())
    able = [name for name, counts in groups.items() if counts.n and counts.n >= thresholds.reference_share * total]
    return min(able, key=lambda name: (-(groups[name].selected / groups[name].n), -groups[name].n, name), default=None)


def compare(groups: Mapping[str, Counts], thresholds: Thresholds = Thresholds()) -> dict[str, Comparison]:
    """Every group beside the reference of the whole. Empty without a reference."""
    reference = reference_group(groups, thresholds)
    if reference is None:
        return {}
    return {name: _beside(name, counts, reference, groups[reference], thresholds) for name, counts in groups.items()}


def _beside(name: str, group: Counts, reference: str, best: Counts, thresholds: Thresholds) -> Comparison:
    if name == reference:
        return Comparison(name, reference, 1.0 if best.selected else None, None, None, 0.0, None, None, False, "reference")
    if not group.n:
        return Comparison(name, reference, None, None, None, None, None, None, False, "too_few")
    ratio = group.selected * best.n / (group.n * best.selected) if best.selected else None
    low, high = ratio_interval(group, best)
    test_code, p_value = test(group, best, thresholds)
    below = is_below(group, best, thresholds.ratio)
    return Comparison(
        name,
        reference,
        ratio,
        low,
        high,
        group.selected / group.n - best.selected / best.n,
        p_value,
        test_code,
        below,
        finding(group, best, p_value, thresholds),
    )


def finding(group: Counts, best: Counts, p_value: float | None, thresholds: Thresholds = Thresholds()) -> str:
    """What is seen of a group beside the reference. `p_value`: of the test, raised where several comparisons are made together.

    Too few: less people than asked, and one person's other outcome would turn the finding (the "flip-flop" of the Questions and Answers).
    """
    below, is_chance = is_below(group, best, thresholds.ratio), p_value is None or p_value >= thresholds.level
    if group.n < thresholds.few and below and (is_chance or turns_with_one(group, best, thresholds)):
        return "too_few"
    if not below:
        return "no_difference_seen"
    return "difference_may_be_chance" if is_chance else "difference_seen"


def turns_with_one(group: Counts, best: Counts, thresholds: Thresholds) -> bool:
    """Whether one person's other outcome would move the group across the ratio."""
    here = is_below(group, best, thresholds.ratio)
    others = [Counts(group.n, other) for other in (group.selected - 1, group.selected + 1) if 0 <= other <= group.n]
    return any(is_below(other, best, thresholds.ratio) != here for other in others)


def is_below(group: Counts, best: Counts, ratio: tuple[int, int] = (4, 5)) -> bool:
    """Whether the group's rate is under `ratio` of the other's, in integers."""
    numerator, denominator = ratio
    return group.selected * best.n * denominator < best.selected * group.n * numerator


def ratio_interval(group: Counts, best: Counts) -> tuple[float | None, float | None]:
    """95 % bounds of the impact ratio on the log scale; null where a rate is 0."""
    if not group.selected or not best.selected:
        return None, None
    centre = log(group.selected * best.n / (group.n * best.selected))
    half = Z95 * sqrt(1 / group.selected - 1 / group.n + 1 / best.selected - 1 / best.n)
    return exp(centre - half), exp(centre + half)


def fisher(group: Counts, best: Counts) -> float:
    """p of Fisher's exact test, two-sided."""
    from scipy.stats import fisher_exact

    return float(fisher_exact(_table(group, best)).pvalue)


def boschloo(group: Counts, best: Counts) -> float:
    """p of Boschloo's exact test, two-sided: uniformly more powerful than Fisher's, and dearer. Rows of the table are the groups."""
    from scipy.stats import boschloo_exact

    return float(boschloo_exact(_table(group, best)).pvalue)


def _table(group: Counts, best: Counts) -> list[list[int]]:
    return [[group.selected, group.n - group.selected], [best.selected, best.n - best.selected]]


def test(group: Counts, best: Counts, thresholds: Thresholds = Thresholds()) -> tuple[str, float]:
    """(which, p): an exact test where a group is small or an expected count low, else Pearson's chi-square; two-sided."""
    from scipy.stats import chi2

    total, passed = group.n + best.n, group.selected + best.selected
    least = min(group.n, best.n) * min(passed, total - passed) / total
    if min(group.n, best.n) < thresholds.few or least < thresholds.few_expected:
        return ("boschloo_exact", boschloo(group, best)) if group.n * best.n <= BOSCHLOO_TABLES else ("fisher_exact", fisher(group, best))
    spread = (group.selected * (best.n - best.selected) - best.selected * (group.n - group.selected)) ** 2 * total
    statistic = spread / (group.n * best.n * passed * (total - passed))
    return "chi_square", float(chi2.sf(statistic, 1))


def holm(p_values: Sequence[float | None]) -> list[float | None]:
    """Each p raised for the number of comparisons made together (step-down); null stays null."""
    ranked = sorted((p, place) for place, p in enumerate(p_values) if p is not None)
    adjusted: list[float | None] = [None] * len(p_values)
    highest = 0.0
    for rank, (p, place) in enumerate(ranked):
        highest = max(highest, min(1.0, p * (len(ranked) - rank)))
        adjusted[place] = highest
    return adjusted


@dataclass(frozen=True)
class Stratified:
    """Odds of passing, group against reference, within strata (jobs). `p_value` is Cochran-Mantel-Haenszel's without correction; `homogeneity_p`
    Breslow-Day's: low means the odds differ between jobs, so that no one number speaks for all."""

    odds_ratio: float | None
    low: float | None
    high: float | None
    p_value: float | None
    homogeneity_p: float | None


def mantel_haenszel(strata: Sequence[tuple[Counts, Counts]]) -> Stratified:
    """(group, reference) per job. Jobs in which only one of them applied, or all or none passed, say nothing and are left out."""
    from scipy.stats import chi2

    tables = [
        (g.selected, g.n - g.selected, r.selected, r.n - r.selected)
        for g, r in strata
        if g.n and r.n and 0 < g.selected + r.selected < g.n + r.n
    ]
    if not tables:
        return Stratified(None, None, None, None, None)
    up, down, excess, variance = 0.0, 0.0, 0.0, 0.0
    rr, mixed, ss = 0.0, 0.0, 0.0
    for a, b, c, d in tables:
        n = a + b + c + d
        up, down = up + a * d / n, down + b * c / n
        excess += a - (a + b) * (a + c) / n
        variance += (a + b) * (c + d) * (a + c) * (b + d) / (n * n * (n - 1))
        rr += (a + d) * a * d / n**2
        mixed += ((a + d) * b * c + (b + c) * a * d) / n**2
        ss += (b + c) * b * c / n**2
    p_value = float(chi2.sf(excess**2 / variance, 1)) if variance else None
    if not up or not down:
        return Stratified(None, None, None, p_value, None)
    ratio = up / down
    half = Z95 * sqrt(rr / (2 * up * up) + mixed / (2 * up * down) + ss / (2 * down * down))
    return Stratified(ratio, ratio * exp(-half), ratio * exp(half), p_value, _breslow_day(tables, ratio))


def _breslow_day(tables: Sequence[tuple[int, int, int, int]], ratio: float) -> float | None:
    """p of the odds being equal in all strata; null with one stratum."""
    from scipy.stats import chi2

    if len(tables) < 2:
        return None
    statistic = 0.0
    for a, b, c, d in tables:
        group, passed, n = a + b, a + c, a + b + c + d
        if abs(ratio - 1) < 1e-12:
            expected = group * passed / n
        else:
            linear = ratio * (group + passed) + (n - group - passed)
            root = sqrt(linear**2 - 4 * ratio * (ratio - 1) * group * passed)
            expected = (linear - root) / (2 * (ratio - 1))
        cells = (expected, group - expected, passed - expected, n - group - passed + expected)
        if min(cells) <= 0:
            continue
        statistic += (a - expected) ** 2 * sum(1 / cell for cell in cells)
    return float(chi2.sf(statistic, len(tables) - 1))
