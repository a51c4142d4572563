"""The marts by definition, from a Company of tests/support/definitions_oracle.py: mart name -> {key: {column: value}}."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from fractions import Fraction
from functools import lru_cache
from typing import Any

from tests.support.definitions_oracle import (
    Application,
    Cells,
    Company,
    Key,
    StageRow,
    aalen_johansen,
    days,
    duration,
    first,
    half_up,
    kaplan_meier,
    log_log,
    mean,
    month,
    outcomes_of,
    quantile,
    quarter,
    rate,
    ratio,
)

OUTCOMES = ("advanced", "rejected", "withdrawn", "closed", "waiting")
JOB_SLICES = ("company", "department", "department_tree", "office", "job", "job_family")
OFFER_COUNTS = (
    "inferred",
    "undated",
    "extended",
    "open",
    "accepted",
    "declined",
    "expired",
    "rescinded",
    "reneged",
    "accepted_in_period",
    "declined_in_period",
)
HORIZON_DAYS = 90
#: Hires of the trailing 12 months that a slice needs to speak for a job.
FEWEST_HIRES = 5


def _people(company: Company) -> Iterator[tuple[Application, tuple[str, str]]]:
    for application in company.applications.values():
        for membership in application.memberships():
            yield application, membership


def is_trailing(company: Company, application: Application) -> bool:
    return bool(application.row["applied_at"] >= company.as_of - timedelta(hours=365 * 24))


@lru_cache(maxsize=4)
def funnel_passthrough(company: Company) -> Cells:
    groups: dict[Key, list[StageRow]] = defaultdict(list)
    for application, membership in _people(company):
        cohorts = [month(application.row["applied_at"])] + ["trailing_12m"] * is_trailing(company, application)
        for row in application.stages:
            for cohort in cohorts:
                groups[(cohort, *membership, row.stage)].append(row)
    return {key: _passthrough(key[-1], rows) for key, rows in groups.items()}


def _passthrough(stage: str, rows: list[StageRow]) -> dict[str, Any]:
    n, counts = len(rows), outcomes_of(rows)
    followers = {row.following for row in rows} - {None}
    found: dict[str, Any] = {f"{name}_count": counts[name] for name in OUTCOMES}
    found |= {"entered_count": sum(not row.is_implied for row in rows), "reached_count": n}
    found["next_stage_code"] = followers.pop() if len(followers) == 1 else None
    found["maturity_rate"] = (n - counts["waiting"]) / n
    decided = counts["advanced"] + counts["rejected"] + counts["withdrawn"]
    ages = [(row.age, row.outcome) for row in rows if row.age is not None and not row.is_implied]
    found["adjusted_count"] = len(ages)
    aged = Counter(outcome for _, outcome in ages)
    incidence, variance = aalen_johansen(ages)
    below = stage != "hired"
    found |= rate("reached_rate", counts["advanced"], n if below else 0) | rate("resolved_rate", counts["advanced"], decided)
    found["adjusted_rate"] = incidence if below else None
    bounds = log_log(incidence, variance, aged["advanced"], aged["advanced"] + aged["rejected"] + aged["withdrawn"])
    found["adjusted_rate_low"], found["adjusted_rate_high"] = bounds if below else (None, None)
    return found


@lru_cache(maxsize=4)
def time_in_stage(company: Company) -> Cells:
    groups: dict[Key, list[StageRow]] = defaultdict(list)
    for application, membership in _people(company):
        for row in application.stages:
            if not row.is_implied and row.stage != "hired":
                groups[(*membership, row.stage)].append(row)
    found = {}
    for key, rows in groups.items():
        timed = [(row.length, row.is_censored) for row in rows if row.length is not None]
        found[key] = {
            "median_days": kaplan_meier(timed, Fraction(1, 2)),
            "p75_days": kaplan_meier(timed, Fraction(3, 4)),
            "p90_days": kaplan_meier(timed, Fraction(9, 10)),
            "leaver_median_days": quantile([length for length, is_censored in timed if not is_censored], 0.5),
            "leaver_mean_days": mean([length for length, is_censored in timed if not is_censored]),
            "timed_count": len(timed),
            "leaver_count": sum(not is_censored for _, is_censored in timed),
            "advancer_mean_days": mean(advancer_lengths(rows)),
            "waiting_count": sum(row.is_current for row in rows),
            "coverage_rate": len(timed) / len(rows),
        }
    return found


def advancer_lengths(rows: list[StageRow]) -> list[float]:
    return [row.length for row in rows if row.length is not None and row.is_advanced and not row.is_censored]


def time_to_hire(company: Company) -> Cells:
    hires: dict[Key, list[float | None]] = defaultdict(list)
    stages: dict[Key, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for application, membership in _people(company):
        if application.accepted is not None:
            hires[month(application.accepted), *membership].append(duration(application.row["applied_at"], application.accepted))
        for row in application.stages:
            if row.is_advanced and row.advanced and row.length is not None and not row.is_censored:
                stages[month(row.advanced), *membership][row.stage].append(row.length)
    return {
        key: {
            "n_count": len(lengths),
            "timed_count": len(timed),
            "median_days": quantile(timed, 0.5),
            "p90_days": quantile(timed, 0.9),
            "stage_sum_days": sum(first(mean(each), 0) for each in stages[key].values()) if stages[key] else None,
        }
        for key, lengths in hires.items()
        for timed in [[length for length in lengths if length is not None]]
    }


def offer_acceptance(company: Company) -> Cells:
    cohorts: dict[Key, Counter[str]] = defaultdict(Counter)
    for application_id, offer in company.offer_facts().items():
        for membership in company.applications[application_id].memberships():
            if offer["cohort_at"] is not None:
                cell = cohorts[quarter(offer["cohort_at"]), *membership]
                cell["inferred_count"] += offer["is_resolution_inferred"]
                cell["undated_count"] += offer["is_extension_inferred"]
                cell["extended_count"] += 1
                cell[f"{offer['status_code']}_count"] += 1
                cell["reneged_count"] += offer["is_reneged"]
            is_answer = offer["status_code"] in ("accepted", "declined") and not offer["is_resolution_inferred"]
            if offer["resolved_at"] is not None and is_answer:
                cohorts[quarter(offer["resolved_at"]), *membership][f"{offer['status_code']}_in_period_count"] += 1
    found = {}
    for key, cell in cohorts.items():
        answered = cell["accepted_count"] + cell["declined_count"] + cell["expired_count"]
        found[key] = {
            **{f"{name}_count": cell[f"{name}_count"] for name in OFFER_COUNTS},
            **rate("acceptance_rate", cell["accepted_count"], answered),
            **rate("answered_acceptance_rate", cell["accepted_count"], cell["accepted_count"] + cell["declined_count"]),
            "accepted_of_extended_rate": ratio(cell["accepted_count"], cell["extended_count"]),
        }
    return found


def offer_decline_reasons(company: Company) -> Cells:
    counted: Counter[Key] = Counter()
    totals: Counter[Key] = Counter()
    for application_id, offer in company.offer_facts().items():
        if offer["status_code"] == "declined" and offer["resolved_at"] is not None and not offer["is_resolution_inferred"]:
            for membership in company.applications[application_id].memberships():
                counted[quarter(offer["resolved_at"]), *membership, offer["decline_reason_code"]] += 1
                totals[quarter(offer["resolved_at"]), *membership] += 1
    found = {}
    for (when, slice_type, member, code), count in counted.items():
        before, total = quarter(when - timedelta(days=1)), totals[when, slice_type, member]
        found[when, slice_type, member, code] = {
            "declined_count": count,
            "slice_declined_count": total,
            **rate("share_rate", count, total),
            "prior_quarter_share_rate": ratio(counted[before, slice_type, member, code], totals[before, slice_type, member]),
        }
    return found


def offer_decline_followups(company: Company) -> Cells:
    """The sources were read once, so nothing was answered since."""
    found: Cells = {}
    for application_id, offer in company.offer_facts().items():
        is_unexplained = offer["status_code"] == "declined" and offer["decline_reason_code"] in ("unknown", "unmapped")
        if is_unexplained and not offer["is_resolution_inferred"]:
            open_days = days(offer["resolved_at"], company.as_of)
            found[(application_id,)] = {
                "declined_at": offer["resolved_at"],
                "decline_reason_code": offer["decline_reason_code"],
                "is_answered": False,
                "answered_at": None,
                "hours_open": None if open_days is None else open_days * 24,
            }
    return found


def source_of_hire(company: Company) -> Cells:
    cells: dict[Key, Counter[str]] = defaultdict(Counter)
    hires: Counter[Key] = Counter()
    for application, membership in _people(company):
        if not application.is_prospect:
            source, is_hired = application.member("source"), application.status == "hired"
            key = (quarter(application.row["applied_at"]), *membership)
            cells[(*key, source)]["applications_count"] += 1
            cells[(*key, source)]["hires_count"] += is_hired
            hires[key] += is_hired
            if is_hired and application.accepted is not None:
                cells[(quarter(application.accepted), *membership, source)]["hired_in_period_count"] += 1
    found = {}
    for key, cell in cells.items():
        per_application = ratio(cell["hires_count"], cell["applications_count"])
        found[key] = {
            **{name: cell[name] for name in ("applications_count", "hires_count", "hired_in_period_count")},
            **rate("hire_share_rate", cell["hires_count"], hires[key[:-1]]),
            "hires_per_100_applications": None if per_application is None else 100 * per_application,
        }
    return found


def forecast_required_pipeline(company: Company) -> Cells:
    """Hires wanted 1 and 7 stand for the twenty."""
    groups: dict[Key, list[tuple[Application, StageRow]]] = defaultdict(list)
    for application, membership in _people(company):
        if is_trailing(company, application):
            for row in application.stages:
                groups[(*membership, row.stage)].append((application, row))
    found = {}
    for key, rows in groups.items():
        hired = sum(application.status == "hired" for application, _ in rows)
        advanced = sum(row.is_advanced for _, row in rows)
        for wanted in (1, 7):
            found[(*key, wanted)] = {
                "candidates_needed": half_up(wanted * len(rows) / hired) if hired else None,
                "candidates_needed_unrounded": wanted * len(rows) / hired if hired else None,
                "entrants_count": len(rows),
                "hired_count": hired,
                "hired_of_reached_rate": hired / len(rows),
                "passthrough_rate": advanced / len(rows) if key[-1] != "hired" else None,
            }
    return found


def forecast_expected_hires(company: Company) -> Cells:
    """Rates and times of roll-ups are left out: they are means with a weight, and the sums say more."""
    sums: dict[Key, dict[str, Any]] = {}
    jobs = [(_job_memberships(company, job_id), _job_forecast(company, job_id)) for job_id in company.jobs]
    for memberships, forecast in [*jobs, *_without_job(company)]:
        for stage, values in forecast.items():
            for membership in memberships:
                counts = ("active_count", "unplaced_count", "hire_pending_count", "without_history_count")
                cell = sums.setdefault((*membership, stage), {**dict.fromkeys(counts, 0), "horizon_days": HORIZON_DAYS})
                for name in counts:
                    cell[name] += values[name]
                for name in ("expected_hires", "expected_hires_undated", "pooled_expected_hires"):
                    cell[name] = _sum(cell.get(name), values[name])
                cell["days_late"] = min(filter(lambda late: late is not None, (cell.get("days_late"), values["days_late"])), default=None)
                if membership[0] == "job":
                    cell |= {name: values[name] for name in ("passthrough_rate", "cumulative_rate", "stage_days")}
    for (slice_type, member, _), cell in sums.items():
        expected = [other["expected_hires"] for key, other in sums.items() if key[:2] == (slice_type, member)]
        cell["total_expected_hires"] = half_up(sum(value for value in expected if value is not None))
    return sums


def _without_job(company: Company) -> Iterator[tuple[list[tuple[str, str]], dict[str, dict[str, Any]]]]:
    """Who is active without a job that a list has: counted, and worth nothing but where they sit in a stage called hired."""
    for application in company.applications.values():
        if application.status == "active" and not application.is_prospect and application.row["job_id"] not in company.jobs:
            stage = _place(application)
            is_hire = stage == "hired"
            values = _expected(1, [] if is_hire else [None], None) | {"passthrough_rate": None, "stage_days": None}
            values |= {"unplaced_count": not is_hire, "hire_pending_count": application.is_pending}
            values["pooled_expected_hires"] = 1.0 if is_hire else None
            yield [member for member in application.memberships() if member[0] in JOB_SLICES], {stage: values}


def _place(application: Application) -> str:
    """Where the forecast counts an active application: who accepted is a hire, of who is unplaced nobody knows the stage."""
    if application.is_pending:
        return "hired"
    return "unmapped" if application.unplaced_since is not None else str(first(application.current, "unmapped"))


def _sum(so_far: float | None, more: float | None) -> float | None:
    """What is not known adds nothing."""
    return so_far if more is None else first(so_far, 0.0) + more


def _job_memberships(company: Company, job_id: str) -> list[tuple[str, str]]:
    application = company.without_application(job_id)
    return [membership for membership in application.memberships() if membership[0] in JOB_SLICES]


def _job_forecast(company: Company, job_id: str) -> dict[str, dict[str, Any]]:
    applications = [a for a in company.applications.values() if a.row["job_id"] == job_id and not a.is_prospect]
    active, unplaced, pending = (Counter[str]() for _ in range(3))
    for application in applications:
        if application.status == "active":
            stage = _place(application)
            active[stage] += 1
            unplaced[stage] += stage == "unmapped"
            pending[stage] += application.is_pending
    if not active and company.jobs[job_id]["status_code"] not in ("open", "on_hold"):
        return {}
    history: dict[str, list[StageRow]] = defaultdict(list)
    for application in applications:
        if is_trailing(company, application):
            for row in application.stages:
                history[row.stage].append(row)
    found: dict[str, dict[str, Any]] = {}
    rates: list[float | None] = []
    length = 0.0
    for stage in reversed(company.ladders[job_id]):
        if stage == "hired":
            continue
        rows = history[stage]
        rate_here = sum(row.is_advanced for row in rows) / len(rows) if rows else None
        days_here = mean(advancer_lengths(rows))
        rates.append(rate_here)
        length += first(days_here, 0.0)
        found[stage] = _expected(active[stage], rates, length - HORIZON_DAYS)
        found[stage] |= {"passthrough_rate": rate_here, "stage_days": days_here}
    for stage, count in active.items():
        if stage == "hired":
            found[stage] = _expected(count, [], None)
        elif stage not in found:
            found[stage] = _expected(count, [None], None)
    for stage, values in found.items():
        values |= {"unplaced_count": unplaced[stage], "hire_pending_count": pending[stage]}
        chance = 1.0 if stage == "hired" else pooled_chance(company, job_id, stage)
        values["pooled_expected_hires"] = None if chance is None else values["active_count"] * chance
    return found


def _expected(active: int, rates: list[float | None], late: float | None) -> dict[str, Any]:
    """Product of the rates from the stage on; nothing is known where a rate is not, unless another is 0."""
    cumulative: float | None = None
    if 0 in rates:
        cumulative = 0.0
    elif None not in rates:
        cumulative = math.prod(value for value in rates if value is not None)
    undated = None if cumulative is None else active * cumulative
    return {
        "active_count": active,
        "without_history_count": active if cumulative is None else 0,
        "passthrough_rate": None,
        "cumulative_rate": cumulative,
        "stage_days": None,
        "days_late": late,
        "expected_hires": 0.0 if first(late, 0) > 0 else undated,
        "expected_hires_undated": undated,
    }


@lru_cache(maxsize=4)
def _pools(company: Company) -> dict[Key, list[StageRow]]:
    """(job, family, department or company; its member; stage) -> rows of the trailing 12 months."""
    found: dict[Key, list[StageRow]] = defaultdict(list)
    for application in company.applications.values():
        if is_trailing(company, application):
            for slice_type in ("job", "job_family", "department", "company"):
                for row in application.stages:
                    found[slice_type, application.member(slice_type), row.stage].append(row)
    return found


def around(company: Company, job_id: str, stage: str) -> Iterator[list[StageRow]]:
    """Rows of the stage in the slices around a job, the narrowest first."""
    nobody = company.without_application(job_id)
    for slice_type in ("job", "job_family", "department", "company"):
        yield _pools(company).get((slice_type, nobody.member(slice_type), stage), [])


def pooled_chance(company: Company, job_id: str, stage: str) -> float | None:
    """Hired of reached in the narrowest slice that has hired enough."""
    for reached in around(company, job_id, stage):
        hired = sum(row.is_hire for row in reached)
        if hired >= FEWEST_HIRES:
            return hired / len(reached)
    return None


MARTS: Mapping[str, Callable[[Company], Cells]] = {
    "funnel_passthrough": funnel_passthrough,
    "time_in_stage": time_in_stage,
    "time_to_hire": time_to_hire,
    "offer_acceptance": offer_acceptance,
    "offer_decline_reasons": offer_decline_reasons,
    "offer_decline_followups": offer_decline_followups,
    "source_of_hire": source_of_hire,
    "forecast_required_pipeline": forecast_required_pipeline,
    "forecast_expected_hires": forecast_expected_hires,
}

#: Columns that name a mart's row, after the slice was turned into (slice_type, member).
KEYS: Mapping[str, tuple[str, ...]] = {
    "funnel_passthrough": ("cohort_code", "slice_type", "member", "stage_code"),
    "time_in_stage": ("slice_type", "member", "stage_code"),
    "time_to_hire": ("month", "slice_type", "member"),
    "offer_acceptance": ("quarter", "slice_type", "member"),
    "offer_decline_reasons": ("quarter", "slice_type", "member", "decline_reason_code"),
    "offer_decline_followups": ("application_key",),
    "source_of_hire": ("quarter", "slice_type", "member", "source_key"),
    "forecast_required_pipeline": ("slice_type", "member", "stage_code", "hires_wanted"),
    "forecast_expected_hires": ("slice_type", "member", "stage_code"),
}
#: Key column -> the word in its key.
ENTITIES = {"source_key": "source", "application_key": "application"}
