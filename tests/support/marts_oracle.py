"""The marts of the simulated company, worked out from its truth in plain Python: no SQL and none of the code under test.

Everything follows docs/concepts.md and reads sandbox/truth.py only. Slices are named by what people call them (the truth knows no keys).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from sandbox.truth import ORDER, ApplicationTruth, OfferTruth, Truth

DAY = 86_400
TRAILING = 365 * DAY

#: slice type -> the member an application belongs to.
SLICES: dict[str, Callable[[ApplicationTruth], str]] = {
    "company": lambda _: "Company",
    "department": lambda a: a.department_name,
    "office": lambda a: a.office_name,
    "job_family": lambda a: a.job_family,
    "source": lambda a: a.source_name,
    "origin": lambda a: a.origin_code,
}


def month_of(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m")


def quarter_of(seconds: int) -> date:
    moment = datetime.fromtimestamp(seconds, UTC)
    return date(moment.year, 3 * ((moment.month - 1) // 3) + 1, 1)


def reached_stages(application: ApplicationTruth) -> list[str]:
    """Stages of the ladder from applied up to the furthest."""
    furthest = ORDER[application.furthest_stage_code]
    return [code for code in application.ladder if ORDER["applied"] <= ORDER[code] <= furthest]


def outcome_at(application: ApplicationTruth, stage: str) -> str:
    if ORDER[application.furthest_stage_code] > ORDER[stage]:
        return "advanced"
    return {"active": "waiting"}.get(application.status_code, application.status_code)


def cohorts_of(application: ApplicationTruth, now: int) -> list[str]:
    trailing = ["trailing_12m"] if application.applied_at >= now - TRAILING else []
    return [month_of(application.applied_at), *trailing]


@dataclass
class Cell:
    """Counts of one cohort, slice and stage, and the (age, outcome) pairs behind adjusted_rate."""

    counts: Counter[str] = field(default_factory=Counter)
    ages: list[tuple[float, str]] = field(default_factory=list)

    @property
    def reached(self) -> int:
        return sum(self.counts[name] for name in ("advanced", "rejected", "withdrawn", "closed", "waiting", "hired"))

    def adjusted(self) -> float | None:
        """Aalen-Johansen by definition: walk the ages up, events before censorings."""
        at_risk, surviving, incidence = len(self.ages), 1.0, 0.0
        if not at_risk:
            return None
        by_age: dict[float, Counter[str]] = defaultdict(Counter)
        for age, outcome in self.ages:
            by_age[age][outcome] += 1
        for age in sorted(by_age):
            advanced = by_age[age]["advanced"]
            left = by_age[age]["rejected"] + by_age[age]["withdrawn"]
            incidence += surviving * advanced / at_risk
            surviving *= 1 - (advanced + left) / at_risk
            at_risk -= by_age[age].total()
        return incidence


def funnel(truth: Truth, now: int) -> dict[tuple[str, str, str, str], Cell]:
    """(cohort_code, slice_type, slice_name, stage_code) -> cell."""
    cells: dict[tuple[str, str, str, str], Cell] = defaultdict(Cell)
    for application in truth.applications:
        for stage in reached_stages(application):
            outcome = outcome_at(application, stage)
            entered = application.entries.get(stage)
            age = None if entered is None else age_at(application, stage, entered, outcome, now)
            for cohort in cohorts_of(application, now):
                for slice_type, member in SLICES.items():
                    cell = cells[cohort, slice_type, member(application), stage]
                    cell.counts[outcome] += 1
                    cell.counts["entered"] += entered is not None
                    if age is not None:
                        cell.ages.append((age, outcome))
    return cells


def age_at(application: ApplicationTruth, stage: str, entered: int, outcome: str, now: int) -> float | None:
    """Days from the first entry to the first entry of any higher stage, to the end of the application, or to now."""
    if outcome == "advanced":
        higher = [moment for code, moment in application.entries.items() if ORDER[code] > ORDER[stage]]
        return max(0, min(higher) - entered) / DAY if higher else None
    if outcome == "waiting":
        return max(0, now - entered) / DAY
    return None if application.closed_at is None else max(0, application.closed_at - entered) / DAY


def offer_acceptance(truth: Truth) -> dict[tuple[date, str, str], Counter[str]]:
    """(quarter, slice_type, slice_name) -> counts of the cohort (by status) and of the activity (accepted_in, declined_in)."""
    cells: dict[tuple[date, str, str], Counter[str]] = defaultdict(Counter)
    for application, offer in _offers(truth):
        for slice_type, member in SLICES.items():
            name = member(application)
            cells[quarter_of(offer.first_extended_at), slice_type, name].update(["extended", offer.status_code])
            if offer.resolved_at is not None and offer.status_code in ("accepted", "declined"):
                cells[quarter_of(offer.resolved_at), slice_type, name][f"{offer.status_code}_in"] += 1
    return cells


def decline_reasons(truth: Truth) -> dict[tuple[date, str, str, str], int]:
    cells: Counter[tuple[date, str, str, str]] = Counter()
    for application, offer in _offers(truth):
        if offer.status_code == "declined" and offer.resolved_at is not None:
            for slice_type, member in SLICES.items():
                cells[quarter_of(offer.resolved_at), slice_type, member(application), offer.decline_reason_code or "unknown"] += 1
    return dict(cells)


def source_of_hire(truth: Truth) -> dict[tuple[date, str], tuple[int, int]]:
    """(quarter of application, source) -> applications, hires of the company."""
    applications: Counter[tuple[date, str]] = Counter()
    hires: Counter[tuple[date, str]] = Counter()
    for application in truth.applications:
        key = quarter_of(application.applied_at), application.source_name
        applications[key] += 1
        hires[key] += application.status_code == "hired"
    return {key: (count, hires[key]) for key, count in applications.items()}


def kaplan_meier_median(durations: Iterable[tuple[float, bool]]) -> float | None:
    """Median of (days, is_censored): walk up, leaving before being censored at equal days."""
    ordered = sorted(durations)
    surviving = 1.0
    for place, (days, is_censored) in enumerate(ordered):
        if not is_censored:
            surviving *= 1 - 1 / (len(ordered) - place)
            if surviving <= 0.5 + 1e-9:
                return days
    return None


def times_in_stage(truth: Truth, now: int) -> dict[str, list[tuple[float, bool]]]:
    """Stage -> (sum of the application's visits in days, whether it sits there now or sat there when the position closed)."""
    found: dict[str, list[tuple[float, bool]]] = defaultdict(list)
    for application in truth.applications:
        spent: Counter[str] = Counter()
        for visit in application.visits:
            if visit.stage_code is not None:
                spent[visit.stage_code] += (now if visit.exited_at is None else visit.exited_at) - visit.entered_at
        last = max(application.visits, key=lambda visit: visit.entered_at, default=None)
        for stage, seconds in spent.items():
            sits = any(visit.stage_code == stage and visit.exited_at is None for visit in application.visits)
            cut = application.status_code == "closed" and last is not None and last.stage_code == stage
            found[stage].append((seconds / DAY, sits or cut))
    return found


def _offers(truth: Truth) -> Iterator[tuple[ApplicationTruth, OfferTruth]]:
    for application in truth.applications:
        if application.offer is not None:
            yield application, application.offer
