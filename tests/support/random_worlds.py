"""Small random companies as canonical rows, full of what real exports are full of, and the files they arrive in.

`random_tables(seed)` are the rows as they are meant; `write_files` spells them as a stranger might: CSV, JSON lines or Parquet, offsets and
dates, rows twice, an older file sent before, rows that no one can read. Whatever it spells, the meaning stays the rows of `random_tables`.
"""

from __future__ import annotations

import csv
import json
import random
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

Tables = dict[str, list[dict[str, Any]]]

AS_OF = datetime.fromisoformat("2026-04-01")

#: Stage names of a plan in order: canonical by type, canonical by name, a name that nothing maps, outreach.
_PLAN = [
    ("Contacted", None),
    ("Applied", None),
    ("Phone call", "recruiter_screen"),
    ("Coffee chat", None),
    ("HM Review", None),
    ("Technical", "phone_interview"),
    ("Onsite", None),
    ("Second onsite", "onsite"),
    ("References", "reference_check"),
    ("Offer", "offer"),
    ("Hired", None),
]
_REASONS = [
    ("r-base", "comp_base", "candidate"),
    ("r-other", "Other", "candidate"),
    ("r-odd", "Went sailing", "candidate"),
    ("r-none", "Growth", None),
    ("r-free", "Something else", None),
    ("r-skill", "Not enough experience", "company"),
    ("r-filled", "Position filled", "neither"),
]
_SOURCES = [
    ("s-ref", "Referral", None),
    ("s-board", "Big board", "job_board"),
    ("s-out", "Tool", "outreach"),
    ("s-odd", "A friend of mine", None),
]


def random_tables(seed: int, applications: int = 60) -> Tables:
    """A company of three requisitions; which optional tables and columns it has, and how stages are listed, depends on the seed."""
    return _Maker(seed).tables(applications)


def several(seeds: Sequence[int]) -> Tables:
    """The companies of several seeds as one: every id is theirs alone, names are shared."""
    found: Tables = {}
    for seed in seeds:
        for table, rows in random_tables(seed).items():
            found.setdefault(table, []).extend({name: _renamed(name, value, seed) for name, value in row.items()} for row in rows)
    return found


def without(tables: Tables, *missing: str) -> Tables:
    """The same without whole tables ("job_team") or columns ("stage_visits.exited_at")."""
    return {
        table: [{name: value for name, value in row.items() if f"{table}.{name}" not in missing} for row in rows]
        for table, rows in tables.items()
        if table not in missing
    }


def _renamed(name: str, value: Any, seed: int) -> Any:
    return f"{seed}.{value}" if name.endswith("_id") and value is not None else value


class _Maker:
    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.style = ("per_job", "shared_ids", "tenant")[seed % 3]
        self.stages: list[dict[str, Any]] = []
        self.plans: dict[str, list[str]] = {}

    def tables(self, applications: int) -> Tables:
        for job in ("j1", "j2", "j3"):
            self._plan(job)
        found: Tables = {"jobs": self._jobs(), "stages": self.stages, "applications": [], "stage_visits": [], "offers": []}
        found["departments"] = [
            {"department_id": "d1", "department_name": "Engineering", "parent_id": None},
            {"department_id": "d2", "department_name": "Backend", "parent_id": "d1"},
        ]
        found["users"] = [{"user_id": f"u{n}", "user_name": f"User {n}"} for n in range(1, 6)]
        found["close_reasons"] = [{"close_reason_id": i, "reason_name": n, "direction_code": d} for i, n, d in _REASONS]
        found["sources"] = [{"source_id": i, "source_name": n, "channel_code": c} for i, n, c in _SOURCES]
        found["job_team"] = self._team()
        found["hire_outcomes"] = []
        found["deletions"] = []
        for number in range(applications):
            self._application(found, f"a{number:02d}")
        return {table: rows for table, rows in found.items() if rows}

    def _jobs(self) -> list[dict[str, Any]]:
        opened = AS_OF - timedelta(days=600)
        return [
            {"job_id": "j1", "job_name": "Engineer", "status_code": "open", "job_family": "Eng", "department_id": "d1", "office_id": "o1", "opened_at": opened, "recruiter_id": "u1", "hiring_manager_id": "u3"},
            {"job_id": "j2", "job_name": "Backend engineer", "status_code": "on_hold", "job_family": "Eng", "department_id": "d2", "office_id": None, "opened_at": opened, "recruiter_id": "u2", "hiring_manager_id": None},
            {"job_id": "j3", "job_name": "Writer", "status_code": "closed", "job_family": None, "department_id": self.random.choice([None, "d9"]), "office_id": "o1", "opened_at": opened, "recruiter_id": None, "hiring_manager_id": None},
        ]  # fmt: skip

    def _team(self) -> list[dict[str, Any]]:
        change = AS_OF - timedelta(days=self.random.randint(40, 200))

        def member(job: str, user: str, role: str, since: Any, until: Any) -> dict[str, Any]:
            return {"job_id": job, "user_id": user, "role_code": role, "assigned_at": since, "unassigned_at": until}

        return [
            member("j1", "u4", "recruiter", AS_OF - timedelta(days=590), change),
            member("j1", "u5", "recruiter", change, AS_OF + timedelta(days=self.random.randint(-3, 3))),
            member("j2", "u3", "hiring_manager", AS_OF - timedelta(days=590), None),
            member("j2", "u5", "hiring_manager", change, AS_OF - timedelta(days=10)),
            member("j3", "u2", "recruiter", None, None),
            member("j3", "u3", "hiring_manager", None, None),
        ]

    def _plan(self, job: str) -> None:
        kept = [place for place in range(len(_PLAN)) if place in (1, 2, 9) or self.random.random() < 0.75]
        self.plans[job] = []
        for order, place in enumerate(kept if self.style != "tenant" else range(len(_PLAN))):
            name, code = _PLAN[place]
            identity = {"per_job": f"{job}-{place}", "shared_ids": str(order), "tenant": str(place)}[self.style]
            self.plans[job].append(identity)
            row = {
                "stage_id": identity,
                "job_id": None if self.style == "tenant" else job,
                "stage_name": name,
                "stage_order": order,
                "stage_type_code": code,
            }
            if row not in self.stages:
                self.stages.append(row)

    def _moment(self, earliest: datetime, latest_days: float) -> datetime:
        """Often at midnight, so that ages are equal."""
        if self.random.random() < 0.4:
            return (earliest + timedelta(days=self.random.randint(1, max(1, int(latest_days))))).replace(hour=0, minute=0, second=0)
        return earliest + timedelta(seconds=self.random.randint(60, int(latest_days * 86_400)))

    def _application(self, found: Tables, identity: str) -> None:
        pick = self.random
        job = pick.choice(["j1", "j1", "j2", "j3"])
        plan = self.plans[job]
        applied = pick.choice(
            [
                AS_OF - timedelta(days=pick.randint(0, 480), seconds=pick.randint(0, 86_399)),
                AS_OF - timedelta(days=pick.choice([365, 366, 364, 90, 60, 30])),
                AS_OF - timedelta(days=365, seconds=pick.choice([-1, 0, 1])),
            ]
        )
        if pick.random() < 0.04:
            applied = AS_OF + timedelta(hours=pick.choice([0, 5]))
        visits, moment = self._visits(identity, plan, applied)
        status = pick.choice(["active"] * 3 + ["rejected"] * 3 + ["withdrawn", "withdrawn", "closed", "hired", "hired"])
        ended = self._moment(moment, 30) if status != "active" and pick.random() < 0.92 else None
        row: dict[str, Any] = {
            "application_id": identity,
            "candidate_id": f"c{identity}",
            "job_id": job,
            "applied_at": applied,
            "status_code": status,
        }
        row["closed_at"] = ended if status != "hired" or pick.random() < 0.6 else None
        row["hired_at"] = None
        if status == "hired" and ended is not None and pick.random() < 0.8:
            row["hired_at"] = pick.choice([*(ended - timedelta(days=days) for days in (0, 1, 5, -3)), AS_OF + timedelta(days=30)])
        if status == "active" and pick.random() < 0.1:
            row["closed_at"] = moment  # reopened: the time of the former closing stayed
        ended_with_reason = status in ("rejected", "withdrawn", "closed") and pick.random() < 0.8
        row["close_reason_id"] = pick.choice(_REASONS)[0] if ended_with_reason else None
        row["current_stage_id"] = pick.choice([visits[-1]["stage_id"] if visits else plan[0], pick.choice(plan), None])
        row["source_id"] = pick.choice([None, *(source[0] for source in _SOURCES)])
        row["origin_code"] = pick.choice([None, None, "sourced", "internal"])
        row["recruiter_id"] = pick.choice([None, None, "u1"])
        row["office_id"] = pick.choice([None, "o2"])
        row["is_prospect"] = True if pick.random() < 0.07 else pick.choice([None, False])
        if status == "active" and pick.random() < 0.15 and visits and visits[-1]["exited_at"] is None:
            visits[-1]["exited_at"] = visits[-1]["entered_at"] + timedelta(days=1)
        found["applications"].append(row)
        found["stage_visits"] += visits
        if pick.random() < 0.15:
            listed = {"application_id": identity, "stage_id": pick.choice(plan), "entered_at": None, "exited_at": None}
            found["stage_visits"].append(listed | {"is_reached": pick.choice([None, False, True])})
        if visits and pick.random() < (0.9 if status == "hired" else 0.35):
            self._offers(found, identity, moment, status, ended)
        if status == "hired" and pick.random() < 0.3:
            started, left = pick.choice([(None, "2026-03-01"), ("2026-02-01", "2026-03-01"), ("2026-02-01", None)])
            found["hire_outcomes"].append({"application_id": identity, "started_on": started, "left_on": left})
        if pick.random() < 0.06:
            found["deletions"].append(
                {"entity_code": "application", "entity_id": identity, "deleted_at": AS_OF + timedelta(days=pick.choice([-5, 5]))}
            )

    def _visits(self, identity: str, plan: list[str], applied: datetime) -> tuple[list[dict[str, Any]], datetime]:
        pick = self.random
        place = pick.choice([0, 1, 1, 1, 2, len(plan) - 2])
        moment = applied - timedelta(days=pick.choice([0, 0, 0, 2]))
        found: list[dict[str, Any]] = []
        for _ in range(pick.choice([0, 1, 2, 3, 4, 6])):
            entered = moment
            moment = self._moment(moment, 25)
            exit_at = pick.choice([None, None, moment, entered + (moment - entered) / 2])
            found.append({"application_id": identity, "stage_id": plan[place], "entered_at": entered, "exited_at": exit_at})
            place = max(0, min(len(plan) - 1, place + pick.choice([1, 1, 1, 2, 3, -1, -2, 0])))
        if found and pick.random() < 0.2:
            found[-1] |= {"exited_at": found[-1]["entered_at"] + timedelta(hours=pick.choice([-30, 30]))}
        return found, moment

    def _offers(self, found: Tables, identity: str, moment: datetime, status: str, ended: datetime | None) -> None:
        pick = self.random
        count = pick.choice([1, 1, 2, 3])
        for version in range(1, count + 1):
            is_last = version == count
            created = moment - timedelta(days=3 * (count - version) + 2)
            if status == "hired":
                answer = "accepted"
            else:
                answer = pick.choice(["declined", "declined", "expired", "rescinded", "accepted", "open", "draft"])
            state = answer if is_last else pick.choice(["superseded", "superseded", "declined", "expired", "draft"])
            extended = created + timedelta(hours=pick.choice([0, 5, 30])) if state != "draft" and pick.random() < 0.9 else None
            resolved = None
            if state in ("accepted", "declined", "expired", "rescinded") and pick.random() < 0.9:
                resolved = first_of(ended, moment) if is_last else created + timedelta(days=2)
            found["offers"].append(
                {
                    "offer_id": f"{identity}-o{version if pick.random() < 0.5 else 1}",
                    "application_id": identity,
                    "version_number": version,
                    "status_code": state,
                    "created_at": created if pick.random() < 0.9 else None,
                    "extended_at": extended,
                    "resolved_at": resolved,
                }
            )


def first_of(*values: Any) -> Any:
    return next((value for value in values if value is not None), None)


def write_files(tables: Mapping[str, list[dict[str, Any]]], folder: Path, seed: int) -> None:
    """One file per table; plans (visits without entry), repeated and unreadable rows are added where the format can hold them."""
    folder.mkdir(parents=True, exist_ok=True)
    pick = random.Random(seed)
    for table, rows in tables.items():
        suffix = pick.choice([".csv", ".csv", ".jsonl", ".parquet"])
        if table == "applications" and suffix == ".parquet":
            suffix = ".jsonl"  # where wrong text can stand
        noisy = [dict(row) for row in rows]
        if suffix != ".parquet":
            noisy += [dict(row) for row in pick.sample(rows, min(2, len(rows)))]
            noisy = [{name: _spelled(value, pick) for name, value in row.items()} for row in noisy]
            noisy += _unreadable(table)
        if table == "stage_visits":
            noisy.append({"application_id": "a00", "stage_id": "plan", "entered_at": None, "exited_at": None})
        {".csv": _write_csv, ".jsonl": _write_jsonl, ".parquet": _write_parquet}[suffix](folder / f"{table}{suffix}", noisy)


def _unreadable(table: str) -> list[dict[str, Any]]:
    wrong = {
        "applications": [
            {"application_id": "", "candidate_id": "c", "job_id": "j1", "applied_at": "2026-01-01", "status_code": "active"},
            {"application_id": "bad1", "candidate_id": "c", "job_id": "j1", "applied_at": "the first of May", "status_code": "active"},
            {"application_id": "bad2", "candidate_id": "c", "job_id": "j1", "applied_at": "", "status_code": "active"},
        ],
        "stage_visits": [{"application_id": "a01", "stage_id": "1", "entered_at": "soon", "exited_at": ""}],
        "offers": [{"offer_id": "", "application_id": "a01", "version_number": "1", "status_code": "open"}],
    }
    return wrong.get(table, [])


def _spelled(value: Any, pick: random.Random) -> Any:
    """An instant as one of the spellings that mean it."""
    if not isinstance(value, datetime):
        return value.isoformat() if isinstance(value, date) else value
    if value.hour == value.minute == value.second == 0 and pick.random() < 0.3:
        return value.date().isoformat()
    offset = timezone(timedelta(hours=pick.choice([-8, 2, 5.5])))
    aware = value.replace(tzinfo=UTC)
    return pick.choice([value.isoformat() + "Z", value.isoformat(sep=" "), aware.astimezone(offset).isoformat(), aware.isoformat()])


def _columns(rows: list[dict[str, Any]]) -> list[str]:
    return list(dict.fromkeys(name for row in rows for name in row))


def _write_csv(path: Path, rows: list[dict[str, Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, _columns(rows))
        writer.writeheader()
        writer.writerows(rows)


def _write_jsonl(path: Path, rows: list[dict[str, Any]]) -> None:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def _write_parquet(path: Path, rows: list[dict[str, Any]]) -> None:
    pq.write_table(pa.Table.from_pylist([{name: row.get(name) for name in _columns(rows)} for row in rows]), path)
