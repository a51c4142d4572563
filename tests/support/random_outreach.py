"""Outreach, interviews, reviews and past lives for the companies of random_worlds: what the marts of outreach, reasons and rediscovery are about.

Times are often equal to a boundary (90 days before an application, as_of, 16 business hours), because that is where definitions differ.
"""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from tests.support.random_worlds import AS_OF, Tables

_SUBJECTS = ["Your next team?", "Re: Your next team?", "RE:  Fwd: Your next team?", " A role  in Berlin", None]
#: Spellings of four links.
_LINKS = [
    *("https://example.com/jobs", "http://www.example.com/jobs/?utm_source=mail", "https://EXAMPLE.com:443//jobs#apply"),
    *("https://example.com/Jobs", "https://example.com/jobs/index.html?a=1"),
    *("https://calendly.com/acme/talk", "https://www.linkedin.com/company/acme/", "https://de.linkedin.com/company/acme?trk=x"),
]
_RATINGS = ["strong_no", "no", "mixed", "yes", "strong_yes", "no_decision", None]


def with_outreach(tables: Tables, seed: int) -> Tables:
    """The tables with more of them; some applications are now of the same person as another."""
    return _Maker(tables, seed).tables()


class _Maker:
    def __init__(self, tables: Tables, seed: int) -> None:
        self.random = random.Random(seed)
        self.given = tables
        self.users = [row["user_id"] for row in tables["users"]]
        self.jobs = [row["job_id"] for row in tables["jobs"]]
        members = [row for row in tables.get("job_team", []) if row["role_code"] == "hiring_manager"]
        self.managers = {row["job_id"]: row["user_id"] for row in members} | {
            row["job_id"]: row["hiring_manager_id"] for row in tables["jobs"] if row.get("hiring_manager_id")
        }

    def tables(self) -> Tables:
        found = dict(self.given)
        found["applications"] = self._applications()
        slow = {"close_reason_id": "slow", "reason_name": "process_speed_experience", "direction_code": "candidate"}
        found["close_reasons"] = [*self.given["close_reasons"], slow]
        people = list(dict.fromkeys(row["candidate_id"] for row in found["applications"]))
        people += [f"p{number}" for number in range(40)]
        found["candidates"] = [
            {
                "candidate_id": person,
                "created_at": AS_OF - timedelta(days=900),
                "is_internal": self.random.random() < 0.04,
                "do_not_contact": self.random.choice([None, None, None, False, True]) if self.random.random() < 0.4 else None,
            }
            for person in people
        ]
        found["sequences"] = [{"sequence_id": f"q{number}", "sequence_name": f"Sequence {number}"} for number in range(5)]
        found["sequence_jobs"] = self._links()
        found["outreach_messages"] = self._messages(found["applications"], people)
        found["message_links"] = [link for message in found["outreach_messages"] for link in self._listed(message)]
        found["email_events"] = [event for message in found["outreach_messages"] for event in self._events(message)]
        found["crm_activities"] = self._activities(people)
        found["interviews"], found["feedback"] = self._interviews(found)
        found["reviews"] = self._reviews(found["applications"])
        return found

    def _applications(self) -> list[dict[str, Any]]:
        """One in five belongs to the person of the one before; one in three withdrawals says that the process was slow."""
        rows = [dict(row) for row in self.given["applications"]]
        for row in rows:
            if row["status_code"] == "withdrawn" and self.random.random() < 0.33:
                row["close_reason_id"] = "slow"
        for before, row in pairwise(rows):
            if self.random.random() < 0.2:
                row["candidate_id"] = before["candidate_id"]
        return rows

    def _links(self) -> list[dict[str, Any]]:
        change = AS_OF - timedelta(days=150)
        return [
            {"sequence_id": "q0", "job_id": self.jobs[0], "linked_at": None, "unlinked_at": None},
            {"sequence_id": "q1", "job_id": self.jobs[0], "linked_at": AS_OF - timedelta(days=700), "unlinked_at": change},
            {"sequence_id": "q1", "job_id": self.jobs[1], "linked_at": change, "unlinked_at": None},
            {"sequence_id": "q2", "job_id": self.jobs[2], "linked_at": None, "unlinked_at": None},
            {"sequence_id": "q3", "job_id": self.jobs[-1], "linked_at": change, "unlinked_at": None},
        ]

    def _messages(self, applications: list[dict[str, Any]], people: list[str]) -> list[dict[str, Any]]:
        pick = self.random
        applied = {row["candidate_id"]: row["applied_at"] for row in applications}
        found: list[dict[str, Any]] = []
        for person in pick.sample(people, len(people) * 2 // 3):
            for sequence in pick.sample(["q0", "q1", "q2", "q3", "q4", None], pick.choice([1, 1, 2])):
                sent = AS_OF - timedelta(days=pick.randint(-2, 500), hours=pick.randint(0, 23), minutes=pick.randint(0, 59))
                if person in applied and pick.random() < 0.6:
                    sent = applied[person] - timedelta(
                        days=pick.choice([1, 29, 30, 31, 60, 61, 90, 91]), seconds=pick.choice([-1, 0, 1, 600])
                    )
                steps = pick.choice([1, 2, 3, 4]) if sequence else 1
                sender, is_on_behalf = pick.choice(self.users[:3]), pick.random() < 0.4
                for step in range(1, steps + 1):
                    found.append(
                        {
                            "message_id": f"m{len(found)}",
                            "candidate_id": person,
                            "sequence_id": sequence,
                            "step_number": step if sequence else None,
                            "sender_id": sender if pick.random() < 0.95 else None,
                            "on_behalf_of_id": pick.choice([self.users[-1], sender]) if is_on_behalf else None,
                            "subject_text": pick.choice(_SUBJECTS),
                            "medium_code": "email" if sequence else "inmail",
                            "sent_at": sent,
                        }
                    )
                    sent += timedelta(days=pick.choice([2, 5, 9]), minutes=pick.randint(0, 59), seconds=len(found))
        return found

    def _listed(self, message: dict[str, Any]) -> list[dict[str, Any]]:
        """Links of its text; what is clicked need not be among them."""
        links = self.random.sample(_LINKS, self.random.choice([0, 1, 2, 3]))
        return [{"message_id": message["message_id"], "link_url": link, "link_position": place} for place, link in enumerate(links)]

    def _events(self, message: dict[str, Any]) -> list[dict[str, Any]]:
        pick, found = self.random, []
        chances = {
            "delivered": 0.8,
            "opened": 0.5,
            "clicked": 0.3,
            "replied": 0.3,
            "bounced": 0.05,
            "unsubscribed": 0.02,
            "complained": 0.01,
        }
        for code, chance in chances.items():
            for again in range(pick.choice([1, 1, 2])):
                if pick.random() < chance:
                    is_reply = code == "replied"
                    found.append(
                        {
                            "event_id": f"{message['message_id']}-{code}-{again}",
                            "message_id": message["message_id"],
                            "event_code": code,
                            "occurred_at": message["sent_at"] + timedelta(hours=pick.randint(1, 400), seconds=again),
                            "link_url": pick.choice(_LINKS) if code == "clicked" else None,
                            "is_machine": pick.choice([True, False]) if code in ("opened", "clicked") else None,
                            "reply_class_code": pick.choice(["interested", "not_interested", "auto", "unknown", None])
                            if is_reply
                            else None,
                            "reply_origin_code": pick.choice(["human", "model", "conversion", None]) if is_reply else None,
                        }
                    )
        return found

    def _activities(self, people: list[str]) -> list[dict[str, Any]]:
        return [
            {
                "activity_id": f"act{number}",
                "activity_code": self.random.choice(["prospect_added", "profile_viewed", "call", "note_added"]),
                "occurred_at": AS_OF - timedelta(days=self.random.randint(-1, 300), hours=self.random.randint(0, 23)),
                "candidate_id": self.random.choice([None, *people]),
                "actor_id": self.random.choice([None, *self.users]),
                "job_id": self.random.choice([None, *self.jobs]),
            }
            for number in range(80)
        ]

    def _interviews(self, found: Tables) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        pick = self.random
        last_visits = {v["application_id"]: v for v in found["stage_visits"] if v["entered_at"] is not None}
        interviews: list[dict[str, Any]] = []
        feedback: list[dict[str, Any]] = []
        for row in found["applications"]:
            visit = last_visits.get(row["application_id"])
            if visit is None or pick.random() < (0.05 if row["status_code"] == "withdrawn" else 0.6):
                continue
            for number in range(pick.choice([1, 1, 2])):
                starts = visit["entered_at"] + timedelta(hours=pick.choice([1, 3, 20, 50]))
                if row["status_code"] == "active" and pick.random() < 0.2:
                    starts = AS_OF + timedelta(hours=pick.choice([-1, 0, 30]))
                interview = {
                    "interview_id": f"i{row['application_id']}{number}",
                    "application_id": row["application_id"],
                    "interviewer_id": pick.choice([pick.choice(self.users), self.managers.get(row["job_id"], self.users[0])]),
                    "status_code": pick.choice(["complete", "complete", "complete", "cancelled"]),
                    "stage_id": visit["stage_id"] if pick.random() < 0.9 else None,
                    "starts_at": starts,
                    "ends_at": starts + timedelta(hours=1) if pick.random() < 0.95 else None,
                }
                interviews.append(interview)
                if pick.random() < 0.85:
                    feedback += [self._scorecard(interview) for _ in range(pick.choice([1, 1, 1, 2]))]
                    feedback[-1]["interview_id"] = pick.choice([feedback[-1]["interview_id"]] * 5 + [None])
            if pick.random() < 0.2:
                feedback.append(
                    self._scorecard({"interview_id": None, **{k: interviews[-1][k] for k in ("application_id", "starts_at", "ends_at")}})
                )
        return interviews, feedback

    def _scorecard(self, interview: dict[str, Any]) -> dict[str, Any]:
        """Of the interview; without one, by somebody who interviewed nobody."""
        return {
            "feedback_id": f"f{interview['application_id']}{self.random.random():.9f}",
            "application_id": interview["application_id"],
            "interview_id": interview["interview_id"],
            "submitter_id": interview.get("interviewer_id", "nobody"),
            "submitted_at": (interview["ends_at"] or interview["starts_at"]) + timedelta(hours=self.random.choice([1, 8, 30, 80, 200])),
            "rating_code": self.random.choice(_RATINGS),
        }

    def _reviews(self, applications: list[dict[str, Any]]) -> list[dict[str, Any]]:
        found = []
        for row in applications:
            if row["status_code"] == "withdrawn" and self.random.random() < 0.6:
                asked: datetime = row["applied_at"] + timedelta(hours=self.random.choice([1, 30]))
                found.append(
                    {
                        "review_id": f"r{row['application_id']}",
                        "job_id": row["job_id"],
                        "reviewer_id": self.random.choice([self.users[0], None, *[self.managers.get(row["job_id"], self.users[1])] * 2]),
                        "requested_at": asked,
                        "application_id": row["application_id"],
                        "decided_at": self.random.choice([None, asked + timedelta(hours=20), asked + timedelta(days=60)]),
                    }
                )
        return found
