"""Aalen-Johansen and Kaplan-Meier in SQL against lifelines, an independent implementation, on random data of many shapes."""

from __future__ import annotations

import warnings
from collections.abc import Iterator

import duckdb
import numpy as np
import pandas as pd
import pytest
from lifelines import AalenJohansenFitter, KaplanMeierFitter
from scipy.stats import norm

from tests.support.marts import CompiledProject, rows_of

pytestmark = pytest.mark.xdist_group("marts")

GROUPS = 120
ADVANCED, LEFT, CENSORED = 1, 2, 0


def random_groups(tied: bool) -> Iterator[tuple[int, np.ndarray, np.ndarray]]:
    """Groups of 1 to 60 rows with every mix of outcomes; `tied` draws whole days, so that many ages are equal."""
    random = np.random.default_rng(20260101)
    for number in range(GROUPS):
        size = int(random.integers(1, 60))
        ages = random.integers(0, 15, size).astype(float) if tied else random.exponential(10, size)
        outcomes = random.choice([CENSORED, ADVANCED, LEFT], size, p=random.dirichlet([1, 1, 1]))
        yield number, ages, outcomes


@pytest.fixture(params=[False, True], ids=["distinct ages", "tied ages"])
def observations(request: pytest.FixtureRequest) -> pd.DataFrame:
    return pd.concat(
        pd.DataFrame({"group_no": number, "age_days": ages, "outcome": outcomes}) for number, ages, outcomes in random_groups(request.param)
    )


def in_sql(project: CompiledProject, observations: pd.DataFrame) -> dict[int, dict[str, float]]:
    """What the macros say of each group, with the places in order that the marts give them (events before censorings at equal ages)."""
    connection = duckdb.connect()
    connection.execute(
        "create table observations as select *, outcome = 1 as is_advanced, outcome = 0 as is_censored, age_rank as days_rank "
        "from (select *, row_number() over (order by age_days, outcome = 0) as age_rank from observations)"
    )
    connection.execute("create table ages as select days_rank, age_days as days from observations")
    connection.execute(
        "create table totals as select group_no, count(*) as observed_count, count(*) filter (is_advanced) as advanced_count, "
        "count(*) filter (outcome = 2) as left_count, count(*) as timed_count, count(*) filter (not is_censored) as leaver_count "
        "from observations group by group_no"
    )
    kinds = project.render(
        "case when is_censored then {{ kinds().CENSORED }} when is_advanced then {{ kinds().ADVANCED }} else {{ kinds().LEFT }} end"
    )
    keys = project.render("(select {{ order_key('group_no', 'age_rank', '" + kinds + "') }} as order_key from observations)")
    query = project.render(
        "with adjusted as ({{ aalen_johansen('totals', '" + keys + "') }}) select t.*, a.incidence, a.variance, "
        "{{ log_log_low('a.incidence', 'a.variance', 't.advanced_count', '(t.advanced_count + t.left_count)') }} as low, "
        "{{ log_log_high('a.incidence', 'a.variance', 't.advanced_count', '(t.advanced_count + t.left_count)') }} as high "
        "from totals as t left join adjusted as a on t.group_no = a.group_no"
    )
    shares = "{'median_days': 0.5, 'p75_days': 0.75, 'p90_days': 0.9}"
    quantiles = project.render("{{ kaplan_meier('totals', '" + keys + "', 'ages', " + shares + ") }}")
    found: dict[int, dict[str, float]] = {row["group_no"]: row for row in rows_of(connection, query)}
    for row in rows_of(connection, quantiles):
        found[row["group_no"]].update(row)
    return found


def aalen_johansen(ages: np.ndarray, outcomes: np.ndarray) -> tuple[float, float]:
    """Incidence and variance by definition, O(n squared), equal ages as one time: the textbook formula that lifelines cites."""
    survival, incidence, steps = 1.0, 0.0, []
    for age in np.unique(ages):
        at_risk = int((ages >= age).sum())
        advanced = int(((ages == age) & (outcomes == ADVANCED)).sum())
        events = int(((ages == age) & (outcomes != CENSORED)).sum())
        incidence += survival * advanced / at_risk
        steps.append((at_risk, advanced, events, survival, incidence))
        survival *= 1 - events / at_risk
    variance = 0.0
    for at_risk, advanced, events, before, so_far in steps:
        if at_risk > events:
            variance += (incidence - so_far) ** 2 * events / (at_risk * (at_risk - events))
        variance += before**2 * advanced * (at_risk - advanced) / at_risk**3 - 2 * (incidence - so_far) * before * advanced / at_risk**2
    return incidence, variance


def test_adjusted_rate_and_its_variance_equal_the_textbook_formula(marts_project: CompiledProject, observations: pd.DataFrame) -> None:
    found = in_sql(marts_project, observations)
    for number, rows in observations.groupby("group_no"):
        incidence, variance = aalen_johansen(rows.age_days.to_numpy(), rows.outcome.to_numpy())
        assert found[number]["incidence"] == pytest.approx(incidence, abs=1e-10)
        assert found[number]["variance"] == pytest.approx(variance, abs=1e-10)


def test_adjusted_rate_and_its_bounds_equal_lifelines_where_ages_differ(marts_project: CompiledProject) -> None:
    observations = pd.concat(
        pd.DataFrame({"group_no": number, "age_days": ages, "outcome": outcomes}) for number, ages, outcomes in random_groups(False)
    )
    found = in_sql(marts_project, observations)
    compared = 0
    for number, rows in observations.groupby("group_no"):
        if not (rows.outcome == ADVANCED).any():
            assert found[number]["incidence"] == 0
            continue
        fitter = AalenJohansenFitter()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            fitter.fit(rows.age_days, rows.outcome, event_of_interest=ADVANCED)
        incidence = float(fitter.cumulative_density_.iloc[-1, 0])
        assert found[number]["incidence"] == pytest.approx(incidence, abs=1e-10)
        # lifelines divides 0 by 0 where the last ones at risk all have an event; those are covered by the textbook formula above
        low, high = sorted(fitter.confidence_interval_.iloc[-1])
        if incidence < 1 - 1e-9 and np.isfinite([low, high]).all():
            assert (found[number]["low"], found[number]["high"]) == pytest.approx((low, high), abs=1e-9)
            compared += 1
    assert compared > GROUPS / 3


def test_quantiles_of_time_equal_lifelines(marts_project: CompiledProject, observations: pd.DataFrame) -> None:
    found = in_sql(marts_project, observations)
    for number, rows in observations.groupby("group_no"):
        survival = KaplanMeierFitter().fit(rows.age_days, rows.outcome != CENSORED).survival_function_.iloc[:, 0]
        for name, share in (("median_days", 0.5), ("p75_days", 0.75), ("p90_days", 0.9)):
            reached = survival.index[survival <= 1 - share + 1e-9]
            assert found[number].get(name) == (pytest.approx(reached[0]) if len(reached) else None)


def test_the_median_of_those_who_left_is_the_one_of_their_times_alone(marts_project: CompiledProject, observations: pd.DataFrame) -> None:
    found = in_sql(marts_project, observations)
    for number, rows in observations.groupby("group_no"):
        times = rows.age_days[rows.outcome != CENSORED]
        assert found[number].get("leaver_median_days") == (pytest.approx(times.median()) if len(times) else None)


@pytest.mark.parametrize("threads", [1, 4])
def test_rows_are_numbered_in_order_however_many_and_from_any_number_of_threads(marts_project: CompiledProject, threads: int) -> None:
    """DuckDB numbers rows as they leave a sort; the window that other engines get is the oracle. The settings are those of the profile."""
    connection = duckdb.connect(config={"threads": threads, "preserve_insertion_order": False})
    connection.execute("create table keys as select (n * 7919) % 1000003 as order_key from range(1000003) as r(n)")
    here, elsewhere = (
        marts_project.render(
            "with running as materialized (select order_key, row_number() {{ D__next_to('order_key') }} as place "
            "from {{ D__in_order('keys', 'order_key', '') }} as k), "
            "kept as (select *, row_number() {{ D__next_to('place') }} as kept_place from running where order_key % 3 > 0), "
            "few as (select *, row_number() {{ D__next_to('place') }} as few_place from kept where order_key % 3 = 2) "
            "select *, lead(place) {{ D__next_to('place') }} as next_place, "
            "max(case when order_key % 5 = 0 then place end) {{ D__up_to_here('place', none, '') }} as so_far "
            "from few union all select *, null, null, null, null from running".replace("D__", f"{engine}__")
        )
        for engine in ("duckdb", "default")
    )
    assert connection.execute(f"select count(*) from (select * from ({here}) except select * from ({elsewhere}))").fetchone() == (0,)
    assert connection.execute(f"select count(*), max(place), max(kept_place), max(few_place) from ({here})").fetchone() == (
        1000003 + 333334,
        1000003,
        666668,
        333334,
    )


def test_a_rate_of_0_or_1_has_the_wilson_bounds_of_what_was_decided(marts_project: CompiledProject) -> None:
    observations = pd.DataFrame({"group_no": [0] * 10 + [1] * 3, "age_days": [1.0] * 13, "outcome": [LEFT] * 10 + [CENSORED] * 3})
    found = in_sql(marts_project, observations)
    assert (found[0]["incidence"], found[0]["low"]) == (0, 0)
    assert found[0]["high"] == pytest.approx(0.2775, abs=1e-4)
    assert (found[1]["incidence"], found[1]["low"], found[1]["high"]) == (0, 0, 1)


def test_the_bounds_cover_95_percent_on_their_scale(marts_project: CompiledProject) -> None:
    """Width on the log(-log) scale is 2 x 1.96 standard errors of log(-log F): the delta method, written out once more."""
    observations = pd.concat(
        pd.DataFrame({"group_no": number, "age_days": ages, "outcome": outcomes}) for number, ages, outcomes in random_groups(False)
    )
    for row in in_sql(marts_project, observations).values():
        rate, variance = row["incidence"], row["variance"]
        if 0.05 < rate < 0.95:
            width = np.log(-np.log(row["low"])) - np.log(-np.log(row["high"]))
            assert width == pytest.approx(2 * norm.ppf(0.975) * np.sqrt(variance) / (rate * -np.log(rate)), rel=1e-9)
