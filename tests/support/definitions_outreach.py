"""Outreach, reasons, rediscovery by definition, from a Company of definitions_oracle.py: mart name -> {key: {column: value}}. No SQL here."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from tests.support.definitions_oracle import EARLY, LATE, RANK, TAXONOMY, Application, Company, Row, Z, days, first, quarter, ratio, wilson

Key = tuple[Any, ...]
Cells = dict[Key, dict[str, Any]]

FIGURES = ("delivered", "bounced", "opened", "opened_all", "clicked", "clicked_all", "replied", "interested", "unsubscribed")
RATINGS = ["strong_no", "no", "mixed", "yes", "strong_yes"]
HOURS = {"decision": 16, "feedback": 8}
RETENTION_DAYS = 730
DECIDED_BY_MANAGERS = ("hm_review", "phone_interview", "assessment", "onsite")


def rows(company: Company, table: str) -> list[Row]:
    return list(company._tables.get(table, ()))


# Outreach ----------------------------------------------------------------------------------------------------------------------------


@dataclass
class Message:
    row: Row
    job: str | None
    is_first: bool
    flags: dict[str, bool]
    replied_at: datetime | None
    converted_after: float | None = None

    @property
    def person(self) -> str:
        return str(self.row["candidate_id"])


def messages(company: Company) -> list[Message]:
    """Every message sent before as_of, with what came of it before as_of."""
    sent = sorted(
        (m for m in rows(company, "outreach_messages") if m["sent_at"] < company.as_of), key=lambda m: (m["sent_at"], m["message_id"])
    )
    events: dict[str, list[Row]] = defaultdict(list)
    for event in rows(company, "email_events"):
        if event["occurred_at"] < company.as_of:
            events[event["message_id"]].append(event)
    seen: set[Key] = set()
    found = []
    for row in sent:
        enrolment = (row["candidate_id"], row["sequence_id"])
        flags, replied_at = _came_back(events[row["message_id"]])
        found.append(Message(row, _job_of(company, row), enrolment not in seen, flags, replied_at))
        seen.add(enrolment)
    by_id = {message.row["message_id"]: message for message in found}
    for _, message_id, after in conversions(company, found):
        message = by_id[message_id]
        message.converted_after = min(first(message.converted_after, after), after)
    return found


def _job_of(company: Company, row: Row) -> str | None:
    linked = [
        link
        for link in rows(company, "sequence_jobs")
        if link["sequence_id"] == row["sequence_id"]
        and first(link["linked_at"], EARLY) <= row["sent_at"] < first(link["unlinked_at"], LATE)
    ]
    return max(linked, key=lambda link: first(link["linked_at"], EARLY))["job_id"] if linked else None


def _came_back(events: list[Row]) -> tuple[dict[str, bool], datetime | None]:
    def has(code: str, human: bool = False) -> bool:
        return any(e["event_code"] == code and not (human and e["is_machine"]) for e in events)

    replies = [e for e in events if e["event_code"] == "replied" and e["reply_class_code"] != "auto"]
    ranks = {"human": 1, "conversion": 2, "model": 3}
    said = [e for e in replies if e["reply_class_code"] not in (None, "unknown")]
    best = min((ranks.get(e["reply_origin_code"], 4) for e in said), default=None)
    latest = max(
        (e for e in said if ranks.get(e["reply_origin_code"], 4) == best), key=lambda e: (e["occurred_at"], e["event_id"]), default=None
    )
    flags = {
        "delivered": has("delivered") and not has("bounced"),
        "bounced": has("bounced"),
        "opened": has("opened", human=True),
        "opened_all": has("opened"),
        "clicked": has("clicked", human=True),
        "clicked_all": has("clicked"),
        "replied": bool(replies),
        "interested": latest is not None and latest["reply_class_code"] == "interested",
        "unsubscribed": has("unsubscribed"),
    }
    return flags, min((e["occurred_at"] for e in replies), default=None)


def conversions(company: Company, sent: Iterable[Message]) -> list[tuple[Application, str, float]]:
    """(application, message, days between) of every application that outreach brought: last touch within 90 days, own requisition first."""
    found = []
    sent = list(sent)
    for application in company.applications.values():
        applied = application.row["applied_at"]
        touches = [
            m
            for m in sent
            if m.person == application.row["candidate_id"] and m.row["sent_at"] <= applied <= m.row["sent_at"] + timedelta(days=90)
        ]
        if touches and not application.is_prospect:
            last = max(touches, key=lambda m: (m.job is not None and m.job == application.row["job_id"], m.row["sent_at"]))
            after = days(last.row["sent_at"], applied)
            assert after is not None
            found.append((application, str(last.row["message_id"]), after))
    return found


def _stats(groups: Mapping[Key, list[Message]]) -> Cells:
    found: Cells = {}
    for group, sent in groups.items():
        people: dict[str, list[Message]] = defaultdict(list)
        for message in sent:
            people[message.person].append(message)
        n = len(people)
        cell: dict[str, Any] = {"recipients_count": n, "messages_count": len(sent)}
        counts = {figure: sum(any(m.flags[figure] for m in mine) for mine in people.values()) for figure in FIGURES}
        for window in (30, 60, 90):
            counts[f"converted_{window}d"] = sum(
                any(m.converted_after is not None and m.converted_after <= window for m in mine) for mine in people.values()
            )
        counts["converted"] = counts["converted_90d"]
        cell |= {f"{figure}_count": count for figure, count in counts.items()}
        for figure in ("opened", "opened_all", "clicked", "clicked_all", "replied", "interested", "converted"):
            low, high = wilson(counts[figure], n)
            cell |= {f"{figure}_rate": ratio(counts[figure], n), f"{figure}_rate_low": low, f"{figure}_rate_high": high}
        found[group] = cell
    return found


def _grouped(sent: Iterable[Message], key: Callable[[Message], Key | None]) -> dict[Key, list[Message]]:
    groups: dict[Key, list[Message]] = defaultdict(list)
    for message in sent:
        if (group := key(message)) is not None:
            groups[group].append(message)
    return groups


def outreach_sequence_stats(company: Company) -> Cells:
    return _stats(_grouped(messages(company), lambda m: (m.row["sequence_id"],) if m.row["sequence_id"] else None))


def outreach_step_stats(company: Company) -> Cells:
    return _stats(_grouped(messages(company), lambda m: (m.row["sequence_id"], m.row["step_number"]) if m.row["sequence_id"] else None))


def outreach_cohorts(company: Company) -> Cells:
    sent = messages(company)
    began = {(m.person, m.row["sequence_id"]): m.row["sent_at"] for m in reversed(sent)}

    def cohort(message: Message) -> Key | None:
        start = began[message.person, message.row["sequence_id"]]
        return (date(start.year, start.month, 1), message.row["sequence_id"]) if message.row["sequence_id"] else None

    groups = _grouped(sent, cohort)
    found = _stats(groups)
    for group, mine in groups.items():
        youngest = max(began[m.person, m.row["sequence_id"]] for m in mine)
        found[group]["is_mature"] = youngest + timedelta(days=14) <= company.as_of
    return found


def subject(text: str) -> str:
    """Without marks of replies and forwards, blanks made single."""
    return re.sub(r"^((re|fwd?|aw|wg|rv|sv) ?: *)+", "", " ".join(text.split()), flags=re.IGNORECASE)


def outreach_subject_stats(company: Company) -> Cells:
    threads: set[Key] = set()
    openers = []
    for message in messages(company):
        if message.row["subject_text"] is not None:
            thread = (message.person, message.row["sequence_id"], subject(message.row["subject_text"]))
            if thread not in threads:
                threads.add(thread)
                openers.append(message)
    return _stats(_grouped(openers, lambda m: (subject(m.row["subject_text"]), _family(company, m.job))))


def _family(company: Company, job_id: str | None) -> str:
    job = company.jobs.get(job_id or "", {})
    return str(first(job.get("job_family"), job.get("job_name"), "none"))


def outreach_sender_stats(company: Company) -> Cells:
    sent = messages(company)
    both = [(m, sender) for m in sent for sender in (first(m.row["sender_id"], "none"), "all")]
    groups: dict[Key, list[Message]] = defaultdict(list)
    for message, sender in both:
        groups[(sender,)].append(message)
    found = _stats(groups)
    enrolments: dict[Key, list[Message]] = defaultdict(list)
    for message in sent:
        if message.row["sequence_id"]:
            enrolments[message.person, message.row["sequence_id"]].append(message)
    strata: dict[str, dict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    for (_, sequence), mine in enrolments.items():
        opener = mine[0].row
        way = "sobo" if opener["on_behalf_of_id"] and opener["on_behalf_of_id"] != opener["sender_id"] else "own"
        for sender in (first(opener["sender_id"], "none"), "all"):
            strata[sender][sequence][f"{way}_recipients"] += 1
            strata[sender][sequence][f"{way}_replied"] += any(m.flags["replied"] for m in mine)
    for (sender,), cell in found.items():
        tables = list(strata[sender].values())
        for name in ("sobo_recipients", "sobo_replied", "own_recipients", "own_replied"):
            cell[f"{name}_count"] = sum(table[name] for table in tables)
        pairs = [
            (t["sobo_replied"], t["sobo_recipients"], t["own_replied"], t["own_recipients"])
            for t in tables
            if t["sobo_recipients"] and t["own_recipients"]
        ]
        cell["sobo_sequences_count"] = len(pairs)
        cell["sobo_lift"], cell["sobo_lift_low"], cell["sobo_lift_high"] = mantel_haenszel(pairs)
    return found


def mantel_haenszel(strata: list[tuple[int, int, int, int]]) -> tuple[float | None, float | None, float | None]:
    """Pooled difference of two rates over (successes, n, other successes, other n), and its bounds by Sato's variance."""
    if not strata:
        return None, None, None
    weight = sum(n1 * n0 / (n1 + n0) for _, n1, _, n0 in strata)
    difference = sum((a / n1 - b / n0) * n1 * n0 / (n1 + n0) for a, n1, b, n0 in strata) / weight
    p = sum((b * n1**2 - a * n0**2 + n1 * n0 * (n0 - n1) / 2) / (n1 + n0) ** 2 for a, n1, b, n0 in strata)
    q = sum((a * (n0 - b) + b * (n1 - a)) / (2 * (n1 + n0)) for a, n1, b, n0 in strata)
    width = Z * math.sqrt(max(difference * p + q, 0)) / weight
    return difference, max(difference - width, -1.0), min(difference + width, 1.0)


def sourcing_activity(company: Company) -> Cells:
    sent = messages(company)
    by_id = {m.row["message_id"]: m.row for m in sent}
    acts: list[tuple[datetime, str | None, str | None, str]] = []
    codes = {"prospect_added": "prospects_added", "profile_viewed": "profiles_viewed"}
    for act in rows(company, "crm_activities"):
        if act["activity_code"] in codes and act["occurred_at"] < company.as_of:
            acts.append((act["occurred_at"], act["actor_id"], act["job_id"], codes[act["activity_code"]]))
    for message in sent:
        sender = message.row["sender_id"]
        acts.append((message.row["sent_at"], sender, message.job, "first_messages" if message.is_first else "follow_ups"))
        if message.flags["interested"]:
            assert message.replied_at is not None
            acts.append((message.replied_at, sender, message.job, "interested_replies"))
    for application, message_id, _ in conversions(company, sent):
        acts.append((application.row["applied_at"], by_id[message_id]["sender_id"], application.row["job_id"], "converted"))
    names = ("prospects_added", "first_messages", "follow_ups", "interested_replies", "converted", "profiles_viewed")
    counted: dict[Key, Counter[str]] = defaultdict(Counter)
    for moment, actor, job, name in acts:
        monday = moment.date() - timedelta(days=moment.weekday())
        counted[monday, first(actor, "none"), first(job, "none")][name] += 1
    return {key: {f"{name}_count": cell[name] for name in names} for key, cell in counted.items()}


# People ------------------------------------------------------------------------------------------------------------------------------


def _standing(company: Company) -> dict[str, set[str]]:
    """Per person what stands in the way of writing to them."""
    found: dict[str, set[str]] = defaultdict(set)
    for application in company.applications.values():
        if not application.is_prospect and application.status in ("active", "hired"):
            found[application.row["candidate_id"]].add(application.status)
    for row in rows(company, "candidates"):
        found[row["candidate_id"]] |= {word for word in ("is_internal", "do_not_contact") if row[word]}
    for message in messages(company):
        if message.flags["unsubscribed"]:
            found[message.person].add("unsubscribed")
    return found


def nurture_pool(company: Company) -> Cells:
    standing = _standing(company)
    groups: dict[str, dict[str, list[Message]]] = defaultdict(lambda: defaultdict(list))
    for message in messages(company):
        if message.row["sent_at"] >= company.as_of - timedelta(days=365):
            groups[_family(company, message.job)][message.person].append(message)
    found: Cells = {}
    for family, people in groups.items():
        kept = [mine for person, mine in people.items() if not standing[person]]
        found[(family,)] = {
            "contacted_count": len(people),
            "nurtured_count": len(kept),
            "replied_count": sum(any(m.flags["replied"] for m in mine) for mine in kept),
        }
    return found


def rediscovery_pool(company: Company) -> Cells:
    standing, sent = _standing(company), messages(company)
    offers = company.offer_facts()
    ratings: dict[str, set[str]] = defaultdict(set)
    for card in rows(company, "feedback"):
        if card["submitted_at"] < company.as_of and card["rating_code"] in RATINGS:
            ratings[card["application_id"]].add(card["rating_code"])
    pool: dict[Key, list[Application]] = defaultdict(list)
    for application in company.applications.values():
        is_unseen = application.status == "rejected" and RANK[application.furthest] <= RANK["applied"]
        if application.status in ("rejected", "withdrawn", "closed") and not application.is_prospect and not is_unseen:
            pool[application.row["candidate_id"], _family(company, application.row["job_id"])].append(application)
    found: Cells = {}
    for (person, family), mine in pool.items():
        if standing[person] & {"active", "hired", "is_internal"}:
            continue
        given = set[str]().union(*(ratings[a.row["application_id"]] for a in mine))
        furthest = max((a.furthest for a in mine), key=RANK.__getitem__)
        declined = [
            offers[a.row["application_id"]]["resolved_at"]
            for a in company.applications.values()
            if a.row["candidate_id"] == person
            and _family(company, a.row["job_id"]) == family
            and offers.get(a.row["application_id"], {}).get("status_code") == "declined"
        ]
        own = [m for m in sent if m.person == person]
        found[person, family] = {
            "applications_count": len(mine),
            "furthest_stage_code": furthest,
            "is_silver_medalist": RANK[furthest] >= RANK["onsite"] and "strong_no" not in given,
            "best_rating_code": max(given, key=RATINGS.index, default=None),
            "last_closed_at": max((a.ended for a in mine if a.ended), default=None),
            "declined_offer_at": max((when for when in declined if when), default=None),
            "has_clicked_without_reply": any(m.flags["clicked"] for m in own) and not any(m.flags["replied"] for m in own),
            **_contact(company, person, own, standing[person], max((a.ended for a in mine if a.ended), default=None)),
        }
    return found


def _contact(company: Company, person: str, own: list[Message], standing: set[str], ended: datetime | None) -> dict[str, Any]:
    """Last contact, and what stands in the way: 30, 60, 90 days after the first, second, third message, 60 after a call, 90 after an interview."""
    contacts = [(m.row["sent_at"], {2: 60, 3: 90, 4: 90}.get(m.row["step_number"], 30)) for m in own]
    for act in rows(company, "crm_activities"):
        if act["candidate_id"] == person and act["activity_code"] == "call" and act["occurred_at"] < company.as_of:
            contacts.append((act["occurred_at"], 60))
    people = {a.row["application_id"]: a.row["candidate_id"] for a in company.applications.values()}
    for talk in rows(company, "interviews"):
        if (
            people.get(talk["application_id"]) == person
            and not talk["status_code"].startswith("cancel")
            and talk["starts_at"] < company.as_of
        ):
            contacts.append((talk["starts_at"], 90))
    last = max((when for when, _ in contacts), default=None)
    until = max((when + timedelta(days=length) for when, length in contacts), default=None)
    seen = max(filter(None, (ended, last)), default=None)
    hindrances = [
        ("do_not_contact", "do_not_contact" in standing),
        ("unsubscribed", "unsubscribed" in standing),
        ("retention", seen is not None and seen + timedelta(days=RETENTION_DAYS) <= company.as_of),
        ("engaged", until is not None and until > company.as_of),
    ]
    code = next((name for name, holds in hindrances if holds), None)
    return {"last_contact_at": last, "contact_hindrance_code": code, "is_contactable": code is None}


# Reasons -----------------------------------------------------------------------------------------------------------------------------


def _reason(company: Company, application: Application) -> tuple[str | None, str | None]:
    """Its words as a code, and the taxonomy's code of them where it has one."""
    reason = company._reasons.get(application.row.get("close_reason_id"), {})
    name = reason.get("reason_name")
    if name is None:
        return None, None
    slug = name.strip().lower().replace(" ", "_")
    if slug == "other" and reason.get("direction_code") in (None, "candidate"):
        return "unknown", "unknown"
    return slug, slug if slug in TAXONOMY else None


def rejection_reasons(company: Company) -> Cells:
    counted: Counter[Key] = Counter()
    for application in company.applications.values():
        if application.status == "rejected" and not application.is_prospect and application.ended is not None:
            words, _ = _reason(company, application)
            code = first(words, "unknown") if application.direction == "company" else "not_the_companys"
            for membership in application.memberships():
                counted[(quarter(application.ended), *membership, application.furthest, code)] += 1
    return {key: {"rejected_count": count} for key, count in counted.items()}


def withdrawals(company: Company) -> Cells:
    counted: dict[Key, Counter[str]] = defaultdict(Counter)
    for application in company.applications.values():
        if application.status == "withdrawn" and not application.is_prospect and application.ended is not None:
            words, known = _reason(company, application)
            code = "not_the_candidates" if application.direction != "candidate" else first(known, "unmapped" if words else "unknown")
            late = overdue(company, application)
            facts = {
                "withdrawn": True,
                "slow_process": code == "process_speed_experience",
                "manager_overdue": bool(late),
                **{f"{action}_overdue": action in late for action in ("review", "feedback", "decision")},
                "at_offer": application.furthest == "offer",
            }
            for membership in application.memberships():
                for name, holds in facts.items():
                    counted[(quarter(application.ended), *membership, code)][f"{name}_count"] += holds
    return {key: dict(cell) for key, cell in counted.items()}


def business_hours(start: datetime, end: datetime) -> float:
    """Hours from 9 to 17 on Mondays to Fridays between two instants."""
    total, day = 0.0, start.date()
    while day <= end.date():
        opening = datetime.fromisoformat(f"{day}T09:00")
        since, until = max(start, opening), min(end, opening + timedelta(hours=8))
        if day.weekday() < 5 and until > since:
            total += (until - since) / timedelta(hours=1)
        day += timedelta(days=1)
    return total


def overdue(company: Company, application: Application) -> set[str]:
    """Actions of the hiring manager that were overdue when the candidate withdrew."""
    left, manager = application.ended, application.slices["hiring_manager"]
    assert left is not None
    waits: list[tuple[str, str, datetime]] = []
    last = application.visits[-1] if application.visits else None
    if last is not None and last.stage == "hm_review":
        waits.append(("review", "decision", last.entered))
    for request in rows(company, "reviews"):
        if request["application_id"] == application.row["application_id"] and request["reviewer_id"] == manager:
            decided = company._before(request["decided_at"])
            if request["requested_at"] < company.as_of and (decided is None or decided >= left):
                waits.append(("review", "decision", request["requested_at"]))
    cards = {c["interview_id"]: c["submitted_at"] for c in rows(company, "feedback") if c["submitted_at"] < company.as_of}
    of_last = []
    for talk in rows(company, "interviews"):
        if talk["application_id"] != application.row["application_id"]:
            continue
        card = cards.get(talk["interview_id"])
        in_time = card if card is not None and card < left else None
        is_cancelled = talk["status_code"].startswith("cancel")
        stage = first(company.code_of(talk["stage_id"], application.row["job_id"]), "unmapped")
        if talk["interviewer_id"] == manager and not is_cancelled and in_time is None:
            waits.append(("feedback", "feedback", talk["ends_at"]))
        if last is not None and stage == first(last.stage, "unmapped") and talk["starts_at"] >= last.entered:
            of_last.append(in_time if not is_cancelled and talk["ends_at"] < left else None)
    given = [card for card in of_last if card is not None]
    if given and len(given) == len(of_last) and last is not None and last.stage in DECIDED_BY_MANAGERS:
        waits.append(("decision", "decision", max(given)))
    return {action for action, need, since in waits if since < left and business_hours(since, left) > HOURS[need]}


MARTS: Mapping[str, Callable[[Company], Cells]] = {
    "rejection_reasons": rejection_reasons,
    "withdrawals": withdrawals,
    "outreach_sequence_stats": outreach_sequence_stats,
    "outreach_step_stats": outreach_step_stats,
    "outreach_subject_stats": outreach_subject_stats,
    "outreach_sender_stats": outreach_sender_stats,
    "outreach_cohorts": outreach_cohorts,
    "sourcing_activity": sourcing_activity,
    "nurture_pool": nurture_pool,
    "rediscovery_pool": rediscovery_pool,
}

#: Columns that name a mart's row; `member` after the slice was turned into (slice_type, member), others by the source's own ids.
KEYS: Mapping[str, tuple[str, ...]] = {
    "rejection_reasons": ("quarter", "slice_type", "member", "stage_code", "close_reason_code"),
    "withdrawals": ("quarter", "slice_type", "member", "close_reason_code"),
    "outreach_sequence_stats": ("sequence_key",),
    "outreach_step_stats": ("sequence_key", "step_number"),
    "outreach_subject_stats": ("subject_text", "job_family"),
    "outreach_sender_stats": ("sender_key",),
    "outreach_cohorts": ("cohort_month", "sequence_key"),
    "sourcing_activity": ("week", "sourcer_key", "job_key"),
    "nurture_pool": ("job_family",),
    "rediscovery_pool": ("candidate_key", "job_family"),
}

#: Key columns that hold a surrogate key, with the entity in it.
ENTITIES = {"sequence_key": "sequence", "sender_key": "user", "sourcer_key": "user", "job_key": "job", "candidate_key": "candidate"}
