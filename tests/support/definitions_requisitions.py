"""Requisitions, seats, the board and who decides how, by definition, from a Company of definitions_oracle.py:
mart name -> {key: {column: value}}. No SQL here."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from tests.support.definitions_marts import (
    FEWEST_HIRES,
    advancer_lengths,
    around,
    funnel_passthrough,
    is_trailing,
    pooled_chance,
    time_in_stage,
)
from tests.support.definitions_oracle import (
    RANK,
    Application,
    Cells,
    Company,
    Key,
    Row,
    StageRow,
    Z,
    days,
    duration,
    first,
    half_up,
    mean,
    quantile,
    quarter,
    rate,
    ratio,
    surrogate_key,
)
from tests.support.definitions_steps import (
    DECIDED_BY_MANAGERS,
    Talk,
    allowed_hours,
    business_hours,
    due_at,
    is_role,
    requests,
    rows,
    talks,
    talks_of,
)

YEAR = timedelta(days=365)
LEVELS = ("entry", "mid", "senior", "leadership")
#: Cases that a selectivity and a family's usual days to fill need.
FEWEST_DECIDED, FEWEST_FILLED = 10, 3


def _family(company: Company, job: str) -> str:
    return str(first(company.jobs[job].get("job_family"), company.jobs[job]["job_name"]))


def _department(company: Company, job: str) -> str:
    return str(first(company.jobs[job].get("department_id"), "none"))


def _open_jobs(company: Company) -> list[str]:
    return [job for job, row in company.jobs.items() if row["status_code"] in ("open", "on_hold") and is_role(row)]


def _in_process(company: Company, job: str) -> list[Application]:
    return [a for a in company.applications.values() if a.row["job_id"] == job and a.status == "active" and not a.is_prospect]


# The board ---------------------------------------------------------------------------------------------------------------------------


@dataclass
class _Need:
    code: str
    role: str
    since: datetime | None


def pipeline_board(company: Company) -> Cells:
    found: Cells = {}
    for application_id, application in company.applications.items():
        if application.status == "active" and not application.is_prospect:
            found[(application_id,)] = _card(company, application)
    return found


def _card(company: Company, application: Application) -> dict[str, Any]:
    stage, job = first(application.current, "unmapped"), application.row["job_id"]
    stays = [visit for visit in application.visits if visit.stage == stage]
    held = [talk for talk in talks_of(company, application) if talk.stage == stage and not talk.is_cancelled]
    if len(stays) > 1:
        held = [talk for talk in held if talk.starts >= application.stage_since]
    over = [talk for talk in held if talk.over < company.as_of]
    need = next(_needs(company, application, stage, held, over))
    hours = allowed_hours(company, job, need.code, need.since) if need.since is not None else None
    due = due_at(need.since, hours) if need.since is not None and hours is not None else None
    missing = sorted(surrogate_key("user", talk.interviewer) for talk in over if talk.card is None)
    recruiter, manager = application.slices["recruiter"], application.slices["hiring_manager"]
    owners = {"recruiter": recruiter, "coordinator": recruiter, "hiring_manager": manager if manager != "none" else recruiter}
    owner = owners.get(need.role, "none")
    return {
        "stage_code": stage,
        "entered_at": application.stage_since,
        "is_unplaced": application.unplaced_since is not None,
        "is_hire_pending": application.is_pending,
        "days_in_stage": days(application.stage_since, company.as_of),
        "feedback_expected_count": len(over),
        "feedback_submitted_count": sum(talk.card is not None for talk in over),
        "interviews_ahead_count": len(held) - len(over),
        "needs_code": need.code,
        "needs_since_at": need.since,
        "sla_hours": hours,
        "due_at": due,
        "is_overdue": due is not None and due < company.as_of,
        "owner_key": missing[0] if need.role == "interviewer" else None if owner == "none" else surrogate_key("user", owner),
    }


def _needs(company: Company, application: Application, stage: str, held: list[Talk], over: list[Talk]) -> Iterator[_Need]:
    """In the order of the seed board_rules; the first is what counts."""
    cards = [talk.card for talk in over if talk.card is not None]
    since, last_active = application.stage_since, _last_active(application)
    if over and len(cards) == len(over) == len(held):
        yield _Need("decision", "hiring_manager", max(cards))
    if stage in ("hm_review", "applied") and not held:
        yield _Need("decision", "hiring_manager" if stage == "hm_review" else "recruiter", since)
    if stage in ("recruiter_screen", "phone_interview", "onsite") and not held:
        yield _Need("scheduling", "coordinator", since)
    if len(cards) < len(over):
        yield _Need("feedback", "interviewer", min(talk.over for talk in over if talk.card is None))
    if stage == "unmapped" and not held:
        yield _Need("attention", "recruiter", since)
    if business_hours(last_active, company.as_of) > allowed_hours(company, application.row["job_id"], "attention", last_active):
        yield _Need("attention", "recruiter", last_active)
    yield _Need("none", "recruiter", None)


def _last_active(application: Application) -> datetime:
    last: datetime = application.visits[-1].entered if application.visits else application.row["applied_at"]
    return last


# Seats -------------------------------------------------------------------------------------------------------------------------------


@dataclass
class Seat:
    job: str
    opened: datetime
    closed: datetime | None
    target: date | None
    filler: str | None
    filled: datetime | None
    days_to_fill: float | None
    gross_days: float | None

    @property
    def is_open(self) -> bool:
        return self.closed is None and self.filled is None


@lru_cache(maxsize=4)
def seats(company: Company) -> list[Seat]:
    found = []
    for row in rows(company, "openings"):
        closed = company._before(row["closed_at"])
        if row["opened_at"] >= company.as_of:
            continue
        filler, filled = company.fills(row)
        gross = duration(row["opened_at"], filled)
        net = None
        if gross is not None and filled is not None:
            net = max(0.0, gross - held_days(company, row["job_id"], row["opened_at"], filled))
        found.append(Seat(row["job_id"], row["opened_at"], closed, row.get("target_start_on"), filler, filled, net, gross))
    return found


def held_days(company: Company, job: str, start: datetime, end: datetime) -> float:
    """Days of [start, end) on hold, overlapping holds once."""
    held, total = start, 0.0
    for since, until in _holds(company, job):
        begins, ends = max(since, held), min(until, end)
        if ends > begins:
            total += (ends - begins) / timedelta(days=1)
            held = ends
    return total


def _holds(company: Company, job: str) -> list[tuple[datetime, datetime]]:
    """An unreleased one lasts until as_of."""
    holds = [hold for hold in rows(company, "job_holds") if hold["job_id"] == job and hold["held_at"] < company.as_of]
    return sorted((hold["held_at"], first(company._before(hold["released_at"]), company.as_of)) for hold in holds)


def position_mix(company: Company) -> Cells:
    cells: dict[Key, Counter[str]] = defaultdict(Counter)
    reported: set[Key] = set()
    quarters = [start for year in range(2022, 2027) for start in (date(year, m, 1) for m in (1, 4, 7, 10)) if start <= company.as_of.date()]
    for start in quarters:
        ends = datetime.combine(quarter(start + timedelta(days=95)), datetime.min.time())
        for seat in seats(company):
            if (
                is_role(company.jobs[seat.job])
                and seat.opened < ends
                and all(end is None or end >= ends for end in (seat.closed, seat.filled))
            ):
                cells[start, _department(company, seat.job)][f"{_level(company.jobs[seat.job])}_open_count"] += 1
    for application in company.applications.values():
        if application.accepted is not None and is_role(application.job):
            cell = cells[quarter(application.accepted), first(application.job.get("department_id"), "none")]
            cell[f"{_level(application.job)}_hired_count"] += 1
    last_months = {quarter(row["month"]): row["month"] for row in sorted(rows(company, "headcount"), key=lambda row: row["month"])}
    for row in rows(company, "headcount"):
        if row["month"] in last_months.values() and quarter(row["month"]) in quarters:
            name = (quarter(row["month"]), first(row["department_id"], "none"), f"{_level(row)}_headcount")
            cells[name[:2]][name[2]] += row["headcount"]
            reported.add(name)
    found = {}
    for key, cell in cells.items():
        found[key] = {
            f"{level}_{kind}_count": cell[f"{level}_{kind}_count"] for level in (*LEVELS, "unknown") for kind in ("open", "hired")
        }
        for level in (*LEVELS, "unknown"):
            found[key][f"{level}_headcount"] = cell[f"{level}_headcount"] if (*key, f"{level}_headcount") in reported else None
        entry, leading = (cell[f"{level}_open_count"] + cell[f"{level}_hired_count"] for level in ("entry", "leadership"))
        found[key]["entry_per_leadership"] = ratio(entry, leading)
    return found


def _level(row: Row) -> str:
    return str(row["job_level_code"]) if row.get("job_level_code") in LEVELS else "unknown"


# Roles -------------------------------------------------------------------------------------------------------------------------------


def role_history(company: Company) -> Cells:
    found: Cells = {}
    for job, row in company.jobs.items():
        earlier = [
            (other["opened_at"], surrogate_key("job", former), former)
            for former, other in company.jobs.items()
            if is_role(row)
            and is_role(other)
            and _role(company, former) == _role(company, job)
            and other["status_code"] == "closed"
            and other["opened_at"] is not None
            and row["opened_at"] is not None
            and other["opened_at"] < row["opened_at"]
        ]
        if earlier:
            found[(job,)] = _past(company, max(earlier)[2])
    return found


def _role(company: Company, job: str) -> tuple[Any, ...]:
    return (_family(company, job), company.jobs[job].get("job_level_code"), company.jobs[job].get("office_id"))


def _past(company: Company, job: str) -> dict[str, Any]:
    applications = [a for a in company.applications.values() if a.row["job_id"] == job and not a.is_prospect]
    fills = [seat for seat in seats(company) if seat.job == job and seat.filled is not None]
    offers = [offer for application_id, offer in company.offer_facts().items() if company.applications[application_id].row["job_id"] == job]
    by_source: dict[str, list[Application]] = defaultdict(list)
    for application in applications:
        by_source[application.slices["source"]].append(application)

    def worth(source: str) -> tuple[int, int, int]:
        return _hires(by_source[source]), sum(_is_at(a, "onsite") for a in by_source[source]), len(by_source[source])

    tops = sorted(by_source, key=lambda s: (*(-count for count in worth(s)), surrogate_key("source", s) if s != "none" else "none"))
    return {
        "previous_job_key": surrogate_key("job", job),
        "previous_opened_at": company.jobs[job]["opened_at"],
        "previous_closed_at": company.jobs[job]["closed_at"],
        "filled_count": len(fills),
        "days_to_fill": quantile([seat.days_to_fill for seat in fills if seat.days_to_fill is not None], 0.5),
        "applications_count": len(applications),
        "onsites_count": sum(_is_at(a, "onsite") for a in applications),
        "hires_count": _hires(applications),
        "applications_per_hire": ratio(len(applications), _hires(applications)),
        "offers_count": len(offers),
        "declined_count": sum(offer["status_code"] == "declined" for offer in offers),
        "top_source_key": surrogate_key("source", tops[0]) if tops and tops[0] != "none" else None,
    }


def _hires(applications: Iterable[Application]) -> int:
    return sum(a.status == "hired" for a in applications)


def _is_at(application: Application, stage: str) -> bool:
    return RANK[application.furthest] >= RANK[stage]


def role_difficulty(company: Company) -> Cells:
    found: Cells = {}
    start = company.as_of - YEAR
    for family in {_family(company, job) for job, row in company.jobs.items() if _was_open(row, start)}:
        filled = [seat for seat in seats(company) if seat.filled and seat.filled >= start and _family(company, seat.job) == family]
        applied = [
            a for a in company.applications.values() if a.slices["job_family"] == family and is_trailing(company, a) and not a.is_prospect
        ]
        offers = [
            offer["status_code"]
            for application_id, offer in company.offer_facts().items()
            if company.applications[application_id].slices["job_family"] == family and offer["cohort_at"] and offer["cohort_at"] >= start
        ]
        answered = [status for status in offers if status in ("accepted", "declined", "expired")]
        found[(family,)] = {
            "filled_count": len(filled),
            "median_days_to_fill": quantile([seat.days_to_fill for seat in filled if seat.days_to_fill is not None], 0.5),
            "applications_count": len(applied),
            "hires_count": _hires(applied),
            "applications_per_hire": ratio(len(applied), _hires(applied)),
            "answered_offers_count": len(answered),
            **rate("offer_acceptance_rate", answered.count("accepted"), len(answered)),
        }
    _rank(found)
    return found


def _was_open(job: Row, start: datetime) -> bool:
    return is_role(job) and job["opened_at"] is not None and (job["closed_at"] is None or job["closed_at"] >= start)


def _rank(families: Cells) -> None:
    """difficulty_rank: by the mean of the places in three orders, the hardest first."""
    places: dict[Key, list[int]] = defaultdict(list)
    for column, sign in (("median_days_to_fill", -1), ("applications_per_hire", -1), ("offer_acceptance_rate", 1)):
        measured = {family: sign * cell[column] for family, cell in families.items() if cell[column] is not None}
        for family, value in measured.items():
            places[family].append(1 + sum(other < value for other in measured.values()))
    having = [family for family, cell in families.items() if places[family] and (cell["hires_count"] or cell["filled_count"])]
    order = sorted(having, key=lambda f: (sum(places[f]) / len(places[f]), -first(families[f]["median_days_to_fill"], -math.inf), f))
    for family, cell in families.items():
        cell["difficulty_rank"] = order.index(family) + 1 if family in order else None


# Where candidates are lost and held up -----------------------------------------------------------------------------------------------


def bottlenecks(company: Company) -> Cells:
    rates, times = _trailing_rates(company), time_in_stage(company)
    found: Cells = {}
    for job in _open_jobs(company):
        department = _department(company, job)
        waits: dict[str, list[float | None]] = defaultdict(list)
        for application in _in_process(company, job):
            wait = first(days(application.stage_since, company.as_of), 0.0) if application.unplaced_since is None else None
            waits[first(application.current, "unmapped")].append(wait)
        cells = {}
        for stage in {*waits, *(stage for slice_type, member, stage in rates if (slice_type, member) == ("job", job))}:
            usual = first(*(times.get((*place, stage), {}).get("p90_days") for place in (("department", department), ("company", "all"))))
            own, theirs = rates.get(("job", job, stage), {}), rates.get(("department", department, stage), {})
            time, usual_time = (times.get((*place, stage), {}).get("median_days") for place in (("job", job), ("department", department)))
            reached = own.get("reached_count", 0)
            gap = _gap(own.get("adjusted_rate"), theirs.get("adjusted_rate")) if reached >= FEWEST_DECIDED else None
            cells[stage] = {
                "waiting_count": len(waits[stage]),
                "stuck_count": sum(None not in (usual, wait) and wait > usual for wait in waits[stage]),
                "longest_wait_days": max((wait for wait in waits[stage] if wait is not None), default=None),
                "reached_count": reached,
                "advanced_count": own.get("advanced_count", 0),
                "adjusted_rate": own.get("adjusted_rate"),
                "department_adjusted_rate": theirs.get("adjusted_rate"),
                "passthrough_gap": gap,
                "lost_count": half_up(_lost(gap, reached)),
                "median_days": time,
                "department_median_days": usual_time,
                "time_gap_days": _gap(time, usual_time),
            }
        _judge(cells)
        found |= {(job, stage): cell for stage, cell in cells.items()}
    return found


def _gap(own: float | None, other: float | None) -> float | None:
    return None if own is None or other is None else own - other


def _lost(gap: float | None, reached: int) -> float:
    return -gap * reached if gap is not None and gap < 0 else 0.0


def _judge(cells: dict[str, dict[str, Any]]) -> None:
    """rank and reason_code among the stages of one requisition."""

    def badness(stage: str) -> tuple[float, float, int]:
        cell = cells[stage]
        lost = _lost(cell["passthrough_gap"], cell["reached_count"])
        return -(lost + cell["stuck_count"]), -first(cell["time_gap_days"], -math.inf), -RANK.get(stage, -1)

    for place, stage in enumerate(sorted(cells, key=badness), start=1):
        cell = cells[stage]
        lost = _lost(cell["passthrough_gap"], cell["reached_count"])
        reasons = {
            "falls_out": lost >= 0.5 and lost >= cell["stuck_count"],
            "stuck": cell["stuck_count"] > 0,
            "slow": first(cell["time_gap_days"], 0) > 0,
            "none": True,
        }
        cell |= {"rank": place, "reason_code": next(code for code, holds in reasons.items() if holds)}


def _trailing_rates(company: Company) -> Cells:
    """(slice type, member, stage) -> figures of the trailing 12 months, below hired."""
    return {
        key[1:]: cell
        for key, cell in funnel_passthrough(company).items()
        if key[0] == "trailing_12m" and key[1] in ("job", "department") and key[3] != "hired"
    }


# Health ------------------------------------------------------------------------------------------------------------------------------


def requisition_health(company: Company) -> Cells:
    return {(job,): _health(company, job) for job in _open_jobs(company)}


def _health(company: Company, job: str) -> dict[str, Any]:
    row = company.jobs[job]
    own_seats = [seat for seat in seats(company) if seat.job == job]
    free = [seat for seat in own_seats if seat.is_open]
    opened = first(row["opened_at"], min((seat.opened for seat in own_seats), default=None))
    stretch = [(since, until) for since, until in _holds(company, job) if until > since]
    present = first(row["reopened_at"], opened)
    shut = 0.0 if row["reopened_at"] is None else first(duration(row["was_closed_at"], row["reopened_at"]), 0.0)
    cards = {a.row["application_id"]: _card(company, a) for a in _in_process(company, job)}
    usual = _usual_days(company, job)
    pace = _pace(company, job)
    hires, process = sum(count * chance for _, count, chance in pace), max((length for length, _, _ in pace), default=None)
    found: dict[str, Any] = {
        "status": row["status_code"],
        "opened_at": opened,
        "days_open": days(present, company.as_of),
        "total_days_open": None if opened is None else first(days(opened, company.as_of), 0.0) - (shut if present > opened else 0.0),
        "hold_days": held_days(company, job, present, company.as_of) if row["opened_at"] else 0.0,
        "is_on_hold": row["status_code"] == "on_hold" or any(until >= company.as_of for _, until in stretch),
        "seats_count": len(own_seats),
        "open_count": len(free),
        "filled_count": sum(seat.filled is not None for seat in own_seats),
        "active_count": len(cards),
        "overdue_count": sum(card["is_overdue"] for card in cards.values()),
        "offers_open_count": sum(
            offer["status_code"] == "open" and company.applications[application_id].row["job_id"] == job
            for application_id, offer in company.offer_facts().items()
        ),
        "target_start_on": min((seat.target for seat in free if seat.target is not None), default=None),
        "expected_hires": hires,
        "usual_days_to_fill": usual,
        **_plan(company, job),
    }
    plan_end = found.pop("plan_ends_on") if found["plan_scope_code"] == "job" else found.pop("plan_ends_on") and None
    found["target_fill_on"] = first(found["target_start_on"], plan_end)
    basis, expected = None, None
    to_fill = _days_until(pace, len(free))
    if free and to_fill is not None:
        basis, expected = "pipeline", (company.as_of + timedelta(days=to_fill)).date()
    elif free and usual is not None:
        since = min(seat.opened for seat in free) + timedelta(days=usual + found["hold_days"])
        basis, expected = "new_candidates", max(since, company.as_of + timedelta(days=first(process, 0.0))).date()
    found |= {"expected_fill_basis_code": basis, "expected_fill_on": expected}
    late = None if expected is None or found["target_fill_on"] is None else (expected - found["target_fill_on"]).days
    found["days_late"] = None if late is None else float(late)
    found["risk_code"] = _risk(company, found)
    return found


def _days_until(pace: list[tuple[float, int, float]], seats_open: int) -> float | None:
    """The nearest to the hire first, until what they bring rounds to the seats."""
    brought = 0.0
    for length, count, chance in pace:
        brought += count * chance
        if brought >= seats_open - 0.5:
            return length
    return None


def _risk(company: Company, cell: dict[str, Any]) -> str:
    """The seed health_rules, in their order."""
    usual, active = cell["usual_days_to_fill"], cell["active_count"]
    rules = {
        "on_hold": cell["is_on_hold"],
        "to_close": cell["seats_count"] > 0 and cell["open_count"] == 0,
        "overdue": cell["open_count"] > 0 and cell["target_fill_on"] is not None and cell["target_fill_on"] < company.as_of.date(),
        "no_pipeline": active == 0,
        "late": first(cell["days_late"], 0) > 0,
        "thin_pipeline": cell["expected_hires"] < 0.5 * cell["open_count"],
        "slow": None not in (usual, cell["days_open"]) and cell["days_open"] - cell["hold_days"] > 1.5 * usual,
        "waiting_on_us": cell["overdue_count"] > 0.5 * active,
        "none": True,
    }
    return next(code for code, holds in rules.items() if holds)


def _usual_days(company: Company, job: str) -> float | None:
    fills = [(seat.job, seat.days_to_fill) for seat in seats(company) if seat.days_to_fill is not None]
    for place in (_family, _department):
        like = [length for other, length in fills if place(company, other) == place(company, job)]
        if len(like) >= FEWEST_FILLED:
            return quantile(like, 0.5)
    return quantile([length for _, length in fills], 0.5)


def _pace(company: Company, job: str) -> list[tuple[float, int, float]]:
    """(days to the hire, candidates, chance of each) of the stages, the nearest to the hire first."""
    seated = _seated(company, job)
    members = [a for a in _in_process(company, job) if a.unplaced_since is None or a.is_pending]
    active = Counter("hired" if a.is_pending else a.current for a in members if a not in seated)
    found, length = [(0.0, active["hired"], 1.0)], 0.0
    for stage in reversed(company.ladders[job]):
        if stage == "hired":
            continue
        length += _pooled_days(company, job, stage)
        found.append((length, active[stage], first(pooled_chance(company, job, stage), 0.0)))
    return found


def _seated(company: Company, job: str) -> list[Application]:
    """Who accepted and is not yet called hired, and fills a seat."""
    fillers = {seat.filler for seat in seats(company)}
    return [a for a in _in_process(company, job) if a.is_pending and a.row["application_id"] in fillers]


def _pooled_days(company: Company, job: str, stage: str) -> float:
    """The company answers where nothing around the job has enough."""
    lengths: list[float] = []
    for reached in around(company, job, stage):
        lengths = advancer_lengths(reached)
        if len(lengths) >= FEWEST_HIRES:
            break
    return first(mean(lengths), 0.0)


def _plan(company: Company, job: str) -> dict[str, Any]:
    """The lines of the narrowest reach that cover the requisition now, added up."""
    today = company.as_of.date()
    reaches: dict[str, list[Row]] = defaultdict(list)
    for line in rows(company, "hiring_plan"):
        if line["period_start_on"] <= today <= line["period_end_on"]:
            for scope, column in (("job", "job_id"), ("job_family", "job_family"), ("department", "department_id")):
                if line[column] is not None:
                    reaches[scope].append(line)
                    break
    for scope in ("job", "job_family", "department"):
        lines = [line for line in reaches[scope] if job in _covered(company, line)]
        if lines:
            hired = [_planned_hires(company, line) for line in lines]
            expected = [sum(_brings(company, other) for other in _covered(company, line)) for line in lines]
            planned = sum(line["planned_hires"] for line in lines)
            return {
                "plan_scope_code": scope,
                "planned_hires_count": planned,
                "plan_hired_count": sum(hired),
                "plan_expected_hires": float(sum(expected)),
                "plan_gap": planned - sum(hired) - float(sum(expected)),
                "plan_ends_on": max(line["period_end_on"] for line in lines),
            }
    names = ("plan_scope_code", "planned_hires_count", "plan_hired_count", "plan_expected_hires", "plan_gap", "plan_ends_on")
    return dict.fromkeys(names)


def _covered(company: Company, line: Row) -> list[str]:
    return [
        job
        for job, row in company.jobs.items()
        if line["job_id"] in (None, job)
        and line["job_family"] in (None, _family(company, job))
        and line["department_id"] in (None, row.get("department_id"))
    ]


def _planned_hires(company: Company, line: Row) -> int:
    jobs = _covered(company, line)
    return sum(
        a.row["job_id"] in jobs and a.accepted is not None and line["period_start_on"] <= a.accepted.date() <= line["period_end_on"]
        for a in company.applications.values()
    )


def _brings(company: Company, job: str) -> float:
    """What the pipeline of an open requisition brings, no more than its open seats."""
    if company.jobs[job]["status_code"] not in ("open", "on_hold"):
        return 0.0
    free = sum(seat.job == job and seat.is_open for seat in seats(company))
    return min(sum(count * chance for _, count, chance in _pace(company, job)), free) + len(_seated(company, job))


# Who decides how ---------------------------------------------------------------------------------------------------------------------


def _decided(company: Company) -> Iterator[tuple[Application, StageRow]]:
    for application in company.applications.values():
        for row in application.stages:
            if is_trailing(company, application) and row.outcome in ("advanced", "rejected", "withdrawn"):
                yield application, row


def department_selectivity(company: Company) -> Cells:
    cells: dict[Key, list[bool]] = defaultdict(list)
    for application, row in _decided(company):
        cells[application.member("department"), row.stage].append(row.is_advanced)
    of_company: dict[str, list[bool]] = defaultdict(list)
    for (_, stage), passed in cells.items():
        of_company[stage] += passed
    expected = {key: len(passed) * sum(of_company[key[1]]) / len(of_company[key[1]]) for key, passed in cells.items()}
    figures = {key: (len(passed), sum(passed), expected[key]) for key, passed in cells.items()}
    found: Cells = {}
    for stage in of_company:
        members = {key: figure for key, figure in figures.items() if key[1] == stage}
        for key, ratios in selectivity(members).items():
            n, passed, expecting = figures[key]
            found[key] = {"n_count": n, "passed_count": passed, "expected_passed": expecting, **ratios}
    return found


def selectivity(members: Mapping[Key, tuple[int, int, float]]) -> Cells:
    """Gamma-Poisson shrinkage of passed / expected between members (n, passed, expected); hidden for few."""
    squares = sum(expected**2 for _, _, expected in members.values())
    beyond = sum((passed - expected) ** 2 - expected * (1 - expected / n) for n, passed, expected in members.values())
    strength = 1 / max(0.01, beyond / squares if squares else 0)
    found: Cells = {}
    for key, (n, passed, expected) in members.items():
        shape, pace = passed + strength, expected + strength
        low, high = (
            shape * max(1 - 1 / (9 * shape) + sign * Z / (3 * math.sqrt(shape)), 0) ** 3 / pace for sign in (-1, 1)
        )  # Wilson and Hilferty
        names = ("selectivity_ratio", "selectivity_ratio_low", "selectivity_ratio_high")
        found[key] = dict(zip(names, (shape / pace, low, high) if n >= FEWEST_DECIDED else (None, None, None), strict=True))
    return found


@dataclass
class Wait:
    """An answer that a hiring manager owes or gave."""

    manager: str
    stage: str
    kind: str
    hours: float | None
    is_breached: bool | None


def _waits(company: Company) -> Iterator[Wait]:
    for manager, stage, kind, job, since, answered in _asked(company):
        if manager in (None, "none") or not company.as_of - YEAR <= since < company.as_of:
            continue
        is_late = business_hours(since, first(answered, company.as_of)) > allowed_hours(company, job, _NEEDS[kind], since)
        length = duration(since, answered)
        hours = None if length is None else length * 24
        yield Wait(str(manager), stage, kind, hours, is_late if answered is not None or is_late else None)


_NEEDS = {"review": "decision", "feedback": "feedback", "decision": "decision"}


def _asked(company: Company) -> Iterator[tuple[str | None, str, str, str, datetime, datetime | None]]:
    """(manager, stage, kind, requisition, since, answered); what ended unanswered is owed no more."""
    for request in requests(company):
        is_ended = request.application is not None and request.application.status != "active"
        if request.is_managers and (request.decided is not None or (request.is_open and not is_ended)):
            yield request.reviewer, "hm_review", "review", request.job, request.asked, request.decided
    for talk in talks(company):
        if talk.application is not None and talk.interviewer == talk.application.slices["hiring_manager"] and talk.is_overdue is not None:
            yield talk.interviewer, first(talk.stage, "unmapped"), "feedback", talk.application.row["job_id"], talk.over, talk.card
    for application in company.applications.values():
        held = [talk for talk in talks_of(company, application) if not talk.is_cancelled]
        for row in application.stages:
            cards = [talk.card for talk in held if talk.stage == row.stage]
            given = [card for card in cards if card is not None]
            if row.stage in DECIDED_BY_MANAGERS and given and len(given) == len(cards):
                at = row.advanced if row.is_advanced else application.ended
                is_answer = row.outcome in ("advanced", "rejected") and at is not None and at >= max(given)
                if is_answer or row.outcome == "waiting":
                    manager = application.slices["hiring_manager"]
                    yield manager, row.stage, "decision", application.row["job_id"], max(given), at if is_answer else None


def hiring_manager_scorecard(company: Company) -> Cells:
    waits: dict[Key, list[Wait]] = defaultdict(list)
    for wait in _waits(company):
        waits[wait.manager, wait.stage].append(wait)
        waits[wait.manager, "all"].append(wait)
    figures, ratios = _manager_figures(company), {}
    for scope in {scope for _, scope in figures}:
        ratios |= selectivity({key: figure for key, figure in figures.items() if key[1] == scope})
    hidden = dict.fromkeys(("selectivity_ratio", "selectivity_ratio_low", "selectivity_ratio_high"))
    found: Cells = {}
    for key in {*waits, *figures}:
        cell: dict[str, Any] = {}
        for kind in _NEEDS:
            own_waits = [wait for wait in waits[key] if wait.kind == kind]
            cell[f"{kind}_count"] = len(own_waits)
            cell[f"{kind}_hours_median"] = quantile([wait.hours for wait in own_waits if wait.hours is not None], 0.5)
        judged = [wait.is_breached for wait in waits[key] if wait.is_breached is not None]
        cell |= {"sla_judged_count": len(judged), "sla_breached_count": sum(judged), **rate("sla_breach_rate", sum(judged), len(judged))}
        found[key] = cell | {"n_count": figures[key][0] if key in figures else 0, **ratios.get(key, hidden)}
    return found


def _manager_figures(company: Company) -> dict[Key, tuple[int, int, float]]:
    """(manager, stage or all) -> decided, passed, expected by the rates of the same stage in the same department."""
    decided = [(application, row) for application, row in _decided(company) if row.stage in DECIDED_BY_MANAGERS]
    of_departments: dict[Key, list[bool]] = defaultdict(list)
    for application, row in decided:
        of_departments[application.member("department"), row.stage].append(row.is_advanced)
    found: dict[Key, tuple[int, int, float]] = {}
    for application, row in decided:
        manager, passed = application.member("hiring_manager"), of_departments[application.member("department"), row.stage]
        if manager not in ("none", "unknown"):
            for scope in (row.stage, "all"):
                n, own, expected = found.get((manager, scope), (0, 0, 0.0))
                found[manager, scope] = (n + 1, own + row.is_advanced, expected + sum(passed) / len(passed))
    return found


MARTS: Mapping[str, Callable[[Company], Cells]] = {
    "pipeline_board": pipeline_board,
    "position_mix": position_mix,
    "role_history": role_history,
    "role_difficulty": role_difficulty,
    "bottlenecks": bottlenecks,
    "requisition_health": requisition_health,
    "department_selectivity": department_selectivity,
    "hiring_manager_scorecard": hiring_manager_scorecard,
}

#: Columns that name a mart's row.
KEYS: Mapping[str, tuple[str, ...]] = {
    "pipeline_board": ("application_key",),
    "position_mix": ("quarter", "department_key"),
    "role_history": ("job_key",),
    "role_difficulty": ("job_family",),
    "bottlenecks": ("job_key", "stage_code"),
    "requisition_health": ("job_key",),
    "department_selectivity": ("department_key", "stage_code"),
    "hiring_manager_scorecard": ("hiring_manager_key", "stage_scope_code"),
}
#: Key column -> the word in its key.
ENTITIES = {"job_key": "job", "department_key": "department", "hiring_manager_key": "user", "application_key": "application"}
