"""The definitions of docs/concepts.md in plain Python, for canonical rows: no SQL and nothing of the product is used here.

Everything is written the slow and obvious way, straight from the sentences of the definitions, so that a difference from the built tables is
a question to those sentences. Rows come in as dictionaries with datetimes; slices are named by (slice_type, the member's own id).
"""

from __future__ import annotations

import math
from base64 import urlsafe_b64encode
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from fractions import Fraction
from hashlib import md5
from statistics import fmean
from typing import Any

from tests.support.worlds import SOURCE

Row = Mapping[str, Any]
#: Figures of a mart: what names a row -> column -> value.
Key = tuple[Any, ...]
Cells = dict[Key, dict[str, Any]]

LADDER = ["applied", "recruiter_screen", "hm_review", "phone_interview", "assessment", "onsite", "reference_check", "offer", "hired"]
OUTREACH = ["prospect", "contacted", "replied", "interested"]
RANK = {code: rank for rank, code in enumerate([*OUTREACH, *LADDER])}
TAXONOMY = {
    *("comp_base", "comp_equity_bonus", "benefits", "competing_offer", "counter_offer", "role_scope_level", "growth", "team_manager"),
    *("company_mission_stability", "location_relocation", "remote_flex", "process_speed_experience", "personal_timing", "visa_legal"),
    *("unresponsive", "other_specified", "unknown"),
}
ORIGINS = {"outreach": "sourced", "rediscovery": "sourced", "referral": "referred", "agency": "agency", "internal": "internal"}
Z = 1.959963984540054
EARLY, LATE = datetime.fromisoformat("0001-01-01"), datetime.fromisoformat("9999-12-31")


def days(start: datetime | None, end: datetime | None) -> float | None:
    """Days of 86,400 s between two instants."""
    return None if start is None or end is None else (end - start) / timedelta(days=1)


def duration(start: datetime | None, end: datetime | None) -> float | None:
    """Days that something took: between dates where either is one (an instant at midnight). What ends before it starts took no known time."""
    if start is None or end is None:
        return None
    midnight = datetime.min.time()
    length = float((end.date() - start.date()).days) if midnight in (start.time(), end.time()) else (end - start) / timedelta(days=1)
    return length if length >= 0 else None


def month(moment: datetime) -> str:
    return moment.strftime("%Y-%m")


def quarter(moment: date) -> date:
    return date(moment.year, 3 * ((moment.month - 1) // 3) + 1, 1)


def half_up(value: float) -> int:
    return math.floor(value + 0.5 + 1e-9)


def first(*values: Any) -> Any:
    """The first that is there."""
    return next((value for value in values if value is not None), None)


@dataclass
class Visit:
    stage_id: str
    stage: str | None
    entered: datetime
    own_exit: datetime | None
    exited: datetime | None = None
    is_open: bool = False

    def length(self, as_of: datetime) -> float | None:
        return days(self.entered, as_of) if self.is_open else duration(self.entered, self.exited)


@dataclass
class StageRow:
    """An application at one stage that it reached."""

    stage: str
    following: str | None
    entered: datetime | None
    is_implied: bool
    is_advanced: bool
    advanced: datetime | None
    outcome: str
    age: float | None
    length: float | None
    visits: int
    is_current: bool
    is_censored: bool
    is_hire: bool


@dataclass
class Application:
    row: dict[str, Any]
    job: Row
    visits: list[Visit] = field(default_factory=list)
    ended: datetime | None = None
    hired: datetime | None = None
    starts: date | None = None
    furthest: str = "applied"
    current: str | None = None
    is_disagreeing: bool = False
    #: Since when nothing says where it is.
    unplaced_since: datetime | None = None
    is_pending: bool = False
    #: Stages that it reached at an unknown time.
    reached: frozenset[str] = frozenset()
    direction: str | None = None
    slices: dict[str, str] = field(default_factory=dict)
    trees: tuple[str, ...] = ()
    #: Slice type -> the members that a list has; the others are `unknown` together.
    listed: Mapping[str, Collection[str]] = field(default_factory=dict)
    stages: list[StageRow] = field(default_factory=list)

    @property
    def stage_since(self) -> datetime:
        """Entry into the current stage: of the last visit where it is one to it, else into the process."""
        last, named = (self.visits[-1] if self.visits else None), self.row.get("current_stage_id")
        if self.unplaced_since is not None:
            return self.unplaced_since
        is_there = last is not None and (last.is_open or named in (None, last.stage_id))
        applied: datetime = self.row["applied_at"]
        return last.entered if last is not None and is_there else applied

    @property
    def status(self) -> str:
        return str(self.row["status_code"])

    @property
    def accepted(self) -> datetime | None:
        return self.hired

    @property
    def is_prospect(self) -> bool:
        return bool(self.row.get("is_prospect")) and self.status != "hired"

    def member(self, slice_type: str) -> str:
        """The slice that the application counts in; `slices` names the member as its row does."""
        named = self.slices[slice_type]
        return named if named == "none" or named in self.listed.get(slice_type, (named,)) else "unknown"

    def memberships(self) -> list[tuple[str, str]]:
        return [*((name, self.member(name)) for name in self.slices), *(("department_tree", tree) for tree in self.trees)]


class Company:
    """What canonical rows mean at `as_of`; tables by name, a missing one is empty."""

    def __init__(self, tables: Mapping[str, Sequence[Row]], as_of: datetime) -> None:
        self.as_of = as_of
        self._tables = tables
        deleted = {(r["entity_code"], r["entity_id"]) for r in self._rows("deletions") if r["deleted_at"] < as_of}
        self.jobs = {r["job_id"]: self._clocked_job(r) for r in self._rows("jobs")}
        self._reasons = {r["close_reason_id"]: r for r in self._rows("close_reasons")}
        self._sources = {r["source_id"]: r for r in self._rows("sources")}
        self._departments = {r["department_id"]: r.get("parent_id") for r in self._rows("departments")}
        users = {r["user_id"] for r in self._rows("users")}
        self._listed: Mapping[str, Collection[str]] = {
            "department": self._departments,
            "office": {r["office_id"] for r in self._rows("offices")},
            "job": self.jobs,
            "recruiter": users,
            "hiring_manager": users,
            "source": self._sources,
        }
        self._never_started = {
            r["application_id"] for r in self._rows("hire_outcomes") if r.get("left_on") is not None and r.get("started_on") is None
        }
        self.offers = self._chosen_offers()
        self.applications: dict[str, Application] = {}
        for row in self._rows("applications"):
            if row["applied_at"] < as_of and ("application", row["application_id"]) not in deleted:
                self.applications[row["application_id"]] = self._application(row)
        self.ladders = self._ladders()
        for application in self.applications.values():
            application.stages = self._stage_rows(application)

    def _rows(self, table: str) -> Sequence[Row]:
        return self._tables.get(table, ())

    # Clocks ------------------------------------------------------------------------------------------------------------------------

    def _before(self, moment: datetime | None) -> datetime | None:
        return moment if moment is not None and moment < self.as_of else None

    def _clocked(self, row: Row) -> dict[str, Any]:
        """What ended at or after as_of is reopened; a hire ended the application when they were hired; another end is whose act the reason
        says."""
        found = dict(row) | {"starts": None}
        closed, hired = row.get("closed_at"), row.get("hired_at")
        accepted = self._acceptance(row["application_id"])
        if row["status_code"] == "hired":
            is_start = hired is not None and hired >= self.as_of and self._before(first(accepted, closed)) is not None
            end = first(accepted, None if is_start else hired, closed)
        else:
            is_start, end = False, first(closed, hired)
        if row["status_code"] != "active" and end is not None and end >= self.as_of:
            found |= {"status_code": "active", "closed_at": None, "hired_at": None, "close_reason_id": None}
        elif is_start:
            found["starts"] = hired.date()
        found["closed_at"] = self._before(found.get("closed_at"))
        found["hired_at"] = self._before(found.get("hired_at"))
        if found["status_code"] not in ("active", "hired"):
            direction = self._reasons.get(found.get("close_reason_id"), {}).get("direction_code")
            outcomes = {"company": "rejected", "candidate": "withdrawn", "neither": "closed"}
            found["status_code"] = outcomes.get(str(direction), found["status_code"])
        return found

    def _acceptance(self, application_id: str) -> datetime | None:
        """When the offer that spoke at as_of (else the one that speaks now) was accepted, as far as is known now."""
        versions = [
            v for v in self._rows("offers") if v["application_id"] == application_id and v["status_code"] not in ("draft", "superseded")
        ]
        if not versions:
            return None
        began = [v for v in versions if (self._time_of(v) or LATE) < self.as_of]
        chosen = max(began or versions, key=self._version_order)
        return chosen["resolved_at"] if chosen["status_code"] == "accepted" else None

    @staticmethod
    def _time_of(version: Row) -> datetime | None:
        found: datetime | None = first(version.get("extended_at"), version.get("created_at"), version.get("resolved_at"))
        return found

    def _version_order(self, version: Row) -> tuple[datetime, int, str]:
        return first(self._time_of(version), EARLY), first(version.get("version_number"), -1), version["offer_id"]

    def _clocked_job(self, row: Row) -> Row:
        """One that closed at or after as_of is open, one that opens there a draft."""
        closed, opened = row.get("closed_at"), row.get("opened_at")
        status = row["status_code"]
        if status == "closed" and closed is not None and closed >= self.as_of:
            status = "open"
        if opened is not None and opened >= self.as_of:
            status = "draft"
        opened, closed = self._before(opened), self._before(closed)
        found = {**row, "status_code": status, "opened_at": opened, "closed_at": closed, "was_closed_at": None, "reopened_at": None}
        if status in ("open", "on_hold") and closed is not None:
            later = [
                o["opened_at"] for o in self._rows("openings") if o["job_id"] == row["job_id"] and closed <= o["opened_at"] < self.as_of
            ]
            found |= {"closed_at": None, "was_closed_at": closed}
            found["reopened_at"] = opened if opened is not None and opened >= closed else min(later, default=closed)
        return found

    # Stages ------------------------------------------------------------------------------------------------------------------------

    def code_of(self, stage_id: str, job_id: str | None) -> str | None:
        """The canonical stage; None = unmapped. The job's own row before the general one."""
        rows = [r for r in self._rows("stages") if r["stage_id"] == stage_id]
        own = [r for r in rows if r.get("job_id") == job_id]
        general = sorted((r for r in rows if r.get("job_id") != job_id), key=lambda r: r.get("job_id") or "")
        for row in [*own, *general][:1]:
            for text in (row.get("stage_type_code"), row["stage_name"].strip().lower().replace(" ", "_")):
                if text in RANK:
                    return str(text)
        return None

    def _without_entry(self, row: Row, *, is_reached: bool | None = None) -> frozenset[str]:
        """Stages of the application's rows without an entry time: all, or those that it reached."""
        codes = (
            self.code_of(v["stage_id"], row["job_id"])
            for v in self._rows("stage_visits")
            if v["application_id"] == row["application_id"]
            and v.get("entered_at") is None
            and is_reached in (None, bool(v.get("is_reached")))
        )
        return frozenset(code for code in codes if code is not None)

    def _visits(self, row: Row, ended: datetime | None) -> list[Visit]:
        members = [
            Visit(v["stage_id"], self.code_of(v["stage_id"], row["job_id"]), v["entered_at"], self._own_exit(v))
            for v in self._rows("stage_visits")
            if v["application_id"] == row["application_id"] and v.get("entered_at") is not None and v["entered_at"] < self.as_of
        ]
        members.sort(key=lambda v: (v.entered, RANK.get(v.stage or "", -1)))
        for visit, following in zip(members, [*members[1:], None], strict=False):
            if ended is not None and visit.entered > ended:
                visit.exited = visit.entered
                continue
            visit.exited = first(visit.own_exit, following.entered if following else None, ended)
            is_last_of_active = following is None and row["status_code"] == "active"
            if is_last_of_active and row.get("current_stage_id") == visit.stage_id:
                visit.exited = None
            visit.is_open = visit.exited is None and is_last_of_active
        return members

    def _own_exit(self, visit: Row) -> datetime | None:
        """An exit before the entry is none, unless it is the date of the entry's own day."""
        exited = self._before(visit.get("exited_at"))
        if exited is None or duration(visit["entered_at"], exited) is None:
            return None
        return max(exited, visit["entered_at"])

    def _ladders(self) -> dict[str, list[str]]:
        found: dict[str, set[str]] = defaultdict(lambda: {"applied", "hired"})
        for job_id in self.jobs:
            found[job_id] = {"applied", "hired"}
        for stage in self._rows("stages"):
            if stage.get("job_id") in self.jobs:
                found[stage["job_id"]].add(self.code_of(stage["stage_id"], stage["job_id"]) or "applied")
        for application in self.applications.values():
            if application.row["job_id"] in self.jobs:
                found[application.row["job_id"]] |= {visit.stage for visit in application.visits if visit.stage}
                found[application.row["job_id"]] |= self._without_entry(application.row)
        return {job_id: [code for code in LADDER if code in codes] for job_id, codes in found.items()}

    def ladder_of(self, application: Application) -> list[str]:
        """The job's; without a job that a list has, the stages that the application visited itself."""
        if application.row["job_id"] in self.jobs:
            return self.ladders[application.row["job_id"]]
        own = {"applied", "hired", application.furthest, *application.reached, *(visit.stage for visit in application.visits)}
        return [code for code in LADDER if code in own]

    # Applications ------------------------------------------------------------------------------------------------------------------

    def _application(self, given: Row) -> Application:
        row = self._clocked(given)
        job = self.jobs.get(row["job_id"], {})
        found = Application(row, job, starts=row["starts"], listed=self._listed)
        offer = self.offers.get(row["application_id"])
        accepted_offer = offer["resolved_at"] if offer and offer["status_code"] == "accepted" else None
        if row["status_code"] == "hired":
            found.hired = first(accepted_offer, row.get("hired_at"), row.get("closed_at"))
        if row["status_code"] != "active":
            found.ended = first(row.get("closed_at"), found.hired, row.get("hired_at"))
        is_accepted = offer is not None and offer["status_code"] == "accepted" and row["application_id"] not in self._never_started
        found.is_pending = is_accepted and row["status_code"] == "active"
        found.reached = self._without_entry(row, is_reached=True)
        found.visits = self._visits(row, found.ended)
        mapped = [stage for stage in (*(visit.stage for visit in found.visits), *found.reached) if stage not in (None, "hired")]
        floor = ["prospect"] if found.is_prospect else ["applied"]
        if found.is_prospect and mapped:
            floor = []
        found.furthest = "hired" if row["status_code"] == "hired" else max([*floor, *mapped], key=RANK.__getitem__)
        last = found.visits[-1] if found.visits else None
        if row["status_code"] == "active" and last is not None and not last.is_open and row.get("current_stage_id") is None:
            found.unplaced_since = last.exited
        found.current, found.is_disagreeing = self._current(found)
        found.direction = self._direction(found)
        found.slices, found.trees = self._slices(found)
        return found

    def _current(self, application: Application) -> tuple[str | None, bool]:
        named = application.row.get("current_stage_id")
        named_code = (self.code_of(named, application.row["job_id"]) or "unmapped") if named is not None else None
        if application.visits and application.visits[-1].is_open:
            last = application.visits[-1]
            return last.stage or "unmapped", named is not None and named != last.stage_id
        if named_code is not None:
            return named_code, False
        if application.unplaced_since is not None:
            return application.furthest, False
        if application.visits:
            return application.visits[-1].stage or "unmapped", False
        if application.is_prospect:
            return None, False
        return application.furthest if application.status == "active" else "applied", False

    def _direction(self, application: Application) -> str | None:
        return {"rejected": "company", "withdrawn": "candidate", "closed": "neither"}.get(application.status)

    def _credited(self, job_id: str, role: str, moment: datetime) -> str | None:
        team = [r for r in self._rows("job_team") if r["job_id"] == job_id and r["role_code"] == role]
        dated = [r for r in team if r.get("assigned_at") is not None or r.get("unassigned_at") is not None]
        if not dated:
            return first(self.jobs.get(job_id, {}).get(f"{role}_id"), min((r["user_id"] for r in team), default=None))
        holding = [
            (first(r.get("assigned_at"), EARLY), r["user_id"])
            for r in dated
            if first(r.get("assigned_at"), EARLY) <= moment < first(self._before(r.get("unassigned_at")), LATE)
            and first(r.get("assigned_at"), EARLY) < self.as_of
        ]
        return max(holding)[1] if holding else None

    def _slices(self, application: Application) -> tuple[dict[str, str], tuple[str, ...]]:
        row, job = application.row, application.job
        moment = first(application.ended, self.as_of)
        source = self._sources.get(row.get("source_id"), None)
        origin = row.get("origin_code")
        if origin is None and source is not None:
            origin = ORIGINS.get(str(first(source.get("channel_code"), source["source_name"].strip().lower().replace(" ", "_"))), "applied")
        named = {
            "company": "all",
            "department": job.get("department_id"),
            "office": first(row.get("office_id"), job.get("office_id")),
            "job": row["job_id"],
            "job_family": first(job.get("job_family"), job.get("job_name")),
            "recruiter": first(row.get("recruiter_id"), self._credited(row["job_id"], "recruiter", moment)),
            "hiring_manager": self._credited(row["job_id"], "hiring_manager", moment),
            "source": row.get("source_id"),
            "origin": origin,
        }
        slices = {slice_type: str(first(member, "none")) for slice_type, member in named.items()}
        return slices, self._trees(job.get("department_id"))

    def without_application(self, job_id: str) -> Application:
        """Nobody in particular of a job: for the slices that the job alone decides."""
        nobody = Application({"job_id": job_id, "status_code": "active"}, self.jobs[job_id], listed=self._listed)
        nobody.slices, nobody.trees = self._slices(nobody)
        return nobody

    def _trees(self, department: str | None) -> tuple[str, ...]:
        if department is not None and department not in self._departments:
            return ("unknown",)
        found: list[str] = []
        while department is not None and department not in found:
            found.append(department)
            department = self._departments.get(department)
        listed = [member for place, member in enumerate(found) if place == 0 or member in self._departments]
        return tuple(listed) or ("none",)

    def _stage_rows(self, application: Application) -> list[StageRow]:
        if application.is_prospect:
            return []
        ladder = self.ladder_of(application)
        has_job = application.row["job_id"] in self.jobs
        reached = [code for code in ladder if RANK[code] <= RANK[application.furthest]]
        entries = {code: min((v.entered for v in application.visits if v.stage == code), default=None) for code in reached}
        entries["applied"] = min(filter(None, (application.row["applied_at"], entries["applied"])))
        if "hired" in reached:
            entries["hired"] = application.hired
        found = []
        for code in reached:
            visits = [v for v in application.visits if v.stage == code]
            lengths = [v.length(self.as_of) for v in visits]
            higher = [entries[other] for other in reached if RANK[other] > RANK[code] and entries[other] is not None]
            is_advanced, entered = RANK[application.furthest] > RANK[code], entries[code]
            own = {"active": "waiting"}.get(application.status, application.status)
            outcome = "advanced" if is_advanced else own
            advanced = None
            if is_advanced and higher:
                advanced = max(min(higher), entered) if entered else min(higher)
            until = {"advanced": advanced, "waiting": self.as_of, "hired": entered}.get(outcome, application.ended)
            age = days(entered, self.as_of) if outcome == "waiting" else duration(entered, until)
            if age is None and visits and until is not None:
                age = 0.0
            is_current = application.status == "active" and application.current == code and application.unplaced_since is None
            is_last = bool(application.visits) and application.visits[-1].stage == code
            found.append(
                StageRow(
                    code,
                    next((other for other in ladder if RANK[other] > RANK[code]), None) if has_job else None,
                    entered,
                    code not in ("applied", "hired") and entered is None and code not in application.reached,
                    is_advanced,
                    advanced,
                    outcome,
                    age,
                    None if not lengths or None in lengths else math.fsum(length for length in lengths if length is not None),
                    len(visits),
                    is_current,
                    is_current or (application.status == "closed" and is_last),
                    application.status == "hired",
                )
            )
        return found

    # Offers ------------------------------------------------------------------------------------------------------------------------

    def _chosen_offers(self) -> dict[str, dict[str, Any]]:
        by_application: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for row in self._rows("offers"):
            created, extended, resolved = row.get("created_at"), row.get("extended_at"), row.get("resolved_at")
            if created is not None and created >= self.as_of:
                continue
            status = row["status_code"]
            if extended is not None and extended >= self.as_of:
                status = "draft"
            elif status == "superseded" and self._is_succeeded_later(row):
                status = "open" if extended is not None else "draft"
            elif resolved is not None and resolved >= self.as_of:
                status = "open"
            by_application[row["application_id"]].append(
                {**row, "status_code": status, "extended_at": first(self._before(extended), created), "resolved_at": self._before(resolved)}
            )
        found = {}
        for application_id, versions in by_application.items():
            sent = [v for v in versions if v["status_code"] != "draft"]
            valid = [v for v in sent if v["status_code"] != "superseded"]
            if valid:
                chosen = max(valid, key=self._version_order)
                sendings = [v["extended_at"] for v in sent if v["extended_at"] is not None]
                found[application_id] = {**chosen, "first_extended_at": min(sendings, default=None), "version_count": len(sent)}
        return found

    def _is_succeeded_later(self, version: Row) -> bool:
        """Whether its successor was not there yet; one without a time of creation or extension was."""
        order = lambda v: (first(v.get("version_number"), LATE.year), first(v.get("created_at"), LATE), v["offer_id"])  # noqa: E731
        later = [v for v in self._rows("offers") if v["application_id"] == version["application_id"] and order(v) > order(version)]
        successor = min(later, key=order, default=None)
        created = None if successor is None else first(successor.get("created_at"), successor.get("extended_at"))
        return created is not None and created >= self.as_of

    def offer_facts(self) -> dict[str, dict[str, Any]]:
        """application_id -> the offer that speaks, settled by the direction of the reason."""
        found = {}
        for application_id, offer in self.offers.items():
            application = self.applications.get(application_id)
            if application is None:
                continue
            reason = self._reasons.get(application.row.get("close_reason_id"), {}) if application.status != "active" else {}
            status, resolved = offer["status_code"], offer["resolved_at"] if offer["status_code"] != "open" else None
            if status == "declined" and reason.get("direction_code") == "company":
                status = "rescinded"
            is_inferred = status == "open" and application.status != "active"
            if is_inferred:
                status = {"hired": "accepted", "withdrawn": "declined"}.get(application.status, "rescinded")
                resolved = first(application.hired, application.ended)
            name = reason.get("reason_name")
            code = None
            if status == "declined":
                slug = name.strip().lower().replace(" ", "_") if name is not None else "unknown"
                code = slug if slug in TAXONOMY else "unknown" if slug == "other" else "unmapped"
            found[application_id] = {
                "status_code": status,
                "extended_at": offer["first_extended_at"],
                "cohort_at": first(offer["first_extended_at"], resolved),
                "is_extension_inferred": offer["first_extended_at"] is None,
                "resolved_at": resolved,
                "is_resolution_inferred": is_inferred,
                "days_to_resolve": None if is_inferred else duration(offer["first_extended_at"], resolved),
                "version_count": offer["version_count"],
                "offer_id": offer["offer_id"],
                "is_reneged": status == "accepted" and self._has_reneged(application),
                "decline_reason_code": code,
                "decline_reason_source_name": name if status == "declined" else None,
            }
        return found

    def _has_reneged(self, application: Application) -> bool:
        """Ended without a hire, or never started."""
        return application.status in ("rejected", "withdrawn", "closed") or application.row["application_id"] in self._never_started

    def fills(self, opening: Row) -> tuple[str | None, datetime | None]:
        """Who filled an opening and when: whom the source names, unless they reneged, else the earliest acceptance on it that stands."""
        closed = self._before(opening.get("closed_at"))
        named = opening.get("filled_application_id") if opening.get("closed_at") is None or closed is not None else None
        facts = self.offer_facts()
        if named is not None and named in self.applications and self._has_reneged(self.applications[named]):
            named = None
        standing = [
            (first(facts[member]["resolved_at"], LATE), first(facts[member]["cohort_at"], LATE), member)
            for member, offer in self.offers.items()
            if member in facts
            and offer.get("opening_id") == opening["opening_id"]
            and facts[member]["status_code"] == "accepted"
            and not facts[member]["is_reneged"]
        ]
        filler = first(named, min(standing)[2] if standing else None)
        if filler is None:
            return None, None
        offer = facts.get(filler, {})
        accepted = offer.get("resolved_at") if offer.get("status_code") == "accepted" and not offer.get("is_reneged") else None
        return filler, first(accepted, self.applications[filler].hired if filler in self.applications else None, closed)


def surrogate_key(entity: str, member: str) -> str:
    """The documented key of a member of the source; where nothing else tells two apart, the lower one comes first."""
    digest = md5(f"v1|{entity}|{len(SOURCE)}:{SOURCE}|{len(member)}:{member}".encode()).digest()
    return urlsafe_b64encode(digest[:9]).decode()


# Estimators ------------------------------------------------------------------------------------------------------------------------


def ratio(successes: float, trials: float) -> float | None:
    return successes / trials if trials else None


def wilson(successes: float, trials: float) -> tuple[float | None, float | None]:
    if not trials:
        return None, None
    centre = (successes + Z * Z / 2) / (trials + Z * Z)
    width = Z / (trials + Z * Z) * math.sqrt(successes * (trials - successes) / trials + Z * Z / 4)
    return max(0.0, centre - width), min(1.0, centre + width)


def rate(name: str, successes: float, trials: float) -> dict[str, float | None]:
    """The columns of a rate: itself and its bounds."""
    low, high = wilson(successes, trials)
    return {name: ratio(successes, trials), f"{name}_low": low, f"{name}_high": high}


def aalen_johansen(ages: Sequence[tuple[float, str]]) -> tuple[float | None, float]:
    """Incidence of 'advanced' among (age, outcome) with waiting, closed and hired censored, and its variance."""
    if not ages:
        return None, 0.0
    survival, incidence = Fraction(1), Fraction(0)
    steps: list[tuple[int, int, int, Fraction, Fraction]] = []
    for age in sorted({age for age, _ in ages}):
        at_risk = sum(1 for other, _ in ages if other >= age)
        advanced = sum(1 for other, outcome in ages if other == age and outcome == "advanced")
        events = sum(1 for other, outcome in ages if other == age and outcome in ("advanced", "rejected", "withdrawn"))
        incidence += survival * Fraction(advanced, at_risk)
        steps.append((at_risk, advanced, events, survival, incidence))
        survival *= 1 - Fraction(events, at_risk)
    variance = 0.0
    for at_risk, advanced, events, before, so_far in steps:
        rest = float(incidence - so_far)
        if at_risk > events:
            variance += rest**2 * events / (at_risk * (at_risk - events))
        variance += float(before) ** 2 * advanced * (at_risk - advanced) / at_risk**3 - 2 * rest * float(before) * advanced / at_risk**2
    return float(incidence), variance


def log_log(rate: float | None, variance: float, advanced: int, decided: int) -> tuple[float | None, float | None]:
    if rate is None:
        return None, None
    if not 1e-12 < rate < 1 - 1e-12:
        low, high = wilson(advanced, decided)
        return first(low, 0.0), first(high, 1.0)
    width = Z * math.sqrt(max(variance, 0)) / (rate * abs(math.log(rate)))
    return rate ** math.exp(width), rate ** math.exp(-width)


def kaplan_meier(lengths: Sequence[tuple[float, bool]], share: Fraction) -> float | None:
    """Smallest age where survival <= 1 - share; (age, is_censored), leaving before being censored at equal ages."""
    survival = Fraction(1)
    for age in sorted({age for age, _ in lengths}):
        at_risk = sum(1 for other, _ in lengths if other >= age)
        left = sum(1 for other, is_censored in lengths if other == age and not is_censored)
        survival *= 1 - Fraction(left, at_risk)
        if left and survival <= 1 - share:
            return age
    return None


def quantile(values: Iterable[float], share: float) -> float | None:
    """Interpolated between order statistics."""
    ordered = sorted(values)
    if not ordered:
        return None
    place = share * (len(ordered) - 1)
    low = math.floor(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (place - low) * (ordered[high] - ordered[low])


def mean(values: Sequence[float]) -> float | None:
    return fmean(values) if values else None


def outcomes_of(rows: Iterable[StageRow]) -> Counter[str]:
    return Counter(row.outcome for row in rows)
