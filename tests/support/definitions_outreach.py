"""Outreach, reasons, rediscovery by definition, from a Company of definitions_oracle.py: mart name -> {key: {column: value}}. No SQL here."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from tests.support.definitions_oracle import (
    EARLY,
    LATE,
    RANK,
    TAXONOMY,
    Application,
    Cells,
    Company,
    Key,
    Row,
    Z,
    days,
    first,
    quarter,
    rate,
    ratio,
)
from tests.support.definitions_steps import DECIDED_BY_MANAGERS, allowed_hours, business_hours, requests, rows, talks, talks_of

FIGURES = ("delivered", "bounced", "opened", "opened_all", "clicked", "clicked_all", "replied", "interested", "unsubscribed")
RATINGS = ["strong_no", "no", "mixed", "yes", "strong_yes"]
RETENTION_DAYS = 730


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


@lru_cache(maxsize=4)
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
    classed = [e for e in replies if e["reply_class_code"] not in (None, "unknown")]
    best = min((ranks.get(e["reply_origin_code"], 4) for e in classed), default=None)
    latest = max(
        (e for e in classed if ranks.get(e["reply_origin_code"], 4) == best), key=lambda e: (e["occurred_at"], e["event_id"]), default=None
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
        "unsubscribed": has("unsubscribed") or has("complained"),
    }
    return flags, min((e["occurred_at"] for e in replies), default=None)


def conversions(company: Company, sent: Iterable[Message]) -> list[tuple[Application, str, float]]:
    """(application, message, days between) of every application that outreach brought: last touch within 90 days, own requisition first."""
    found = []
    of_people: dict[str, list[Message]] = defaultdict(list)
    for message in sent:
        of_people[message.person].append(message)
    for application in company.applications.values():
        applied = application.row["applied_at"]
        to_them = of_people[application.row["candidate_id"]]
        touches = [m for m in to_them if m.row["sent_at"] <= applied <= m.row["sent_at"] + timedelta(days=90)]
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
        counts = {figure: sum(any(m.flags[figure] for m in contacts) for contacts in people.values()) for figure in FIGURES}
        for window in (30, 60, 90):
            counts[f"converted_{window}d"] = sum(
                any(m.converted_after is not None and m.converted_after <= window for m in contacts) for contacts in people.values()
            )
        counts["converted"] = counts["converted_90d"]
        cell |= {f"{figure}_count": count for figure, count in counts.items()}
        for figure in ("opened", "opened_all", "clicked", "clicked_all", "replied", "interested", "converted"):
            cell |= rate(f"{figure}_rate", counts[figure], n)
        found[group] = cell
    return found


def _grouped(sent: Iterable[Message], key: Callable[[Message], Key | None]) -> dict[Key, list[Message]]:
    groups: dict[Key, list[Message]] = defaultdict(list)
    for message in sent:
        if (group := key(message)) is not None:
            groups[group].append(message)
    return groups


def outreach_sequence_stats(company: Company) -> Cells:
    groups = _grouped(messages(company), lambda m: (m.row["sequence_id"],) if m.row["sequence_id"] else None)
    steps = {group: {"steps_count": max(m.row["step_number"] for m in sent)} for group, sent in groups.items()}
    return {group: cell | steps[group] for group, cell in _stats(groups).items()}


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
    for group, contacts in groups.items():
        youngest = max(began[m.person, m.row["sequence_id"]] for m in contacts)
        found[group]["is_mature"] = youngest + timedelta(days=14) <= company.as_of
    return found


def subject(text: str) -> str:
    """Without marks of replies and forwards, blanks made single."""
    return re.sub(r"^((re|fwd?|aw|wg|rv|sv) ?: *)+", "", " ".join(text.split()), flags=re.IGNORECASE)


def outreach_subject_stats(company: Company) -> Cells:
    threads: set[Key] = set()
    openers = []
    for message in messages(company):
        if message.row.get("subject_text") is not None:
            thread = (message.person, message.row["sequence_id"], subject(message.row["subject_text"]))
            if thread not in threads:
                threads.add(thread)
                openers.append(message)
    groups = _grouped(openers, lambda m: (subject(m.row["subject_text"]), _family(company, m.job)))
    sequences = {group: len({m.row["sequence_id"] for m in sent} - {None}) for group, sent in groups.items()}
    return {group: cell | {"sequences_count": sequences[group]} for group, cell in _stats(groups).items()}


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
    for (_, sequence), contacts in enrolments.items():
        opener = contacts[0].row
        way = "sobo" if opener["on_behalf_of_id"] and opener["on_behalf_of_id"] != opener["sender_id"] else "own"
        for sender in (first(opener["sender_id"], "none"), "all"):
            strata[sender][sequence][f"{way}_recipients"] += 1
            strata[sender][sequence][f"{way}_replied"] += any(m.flags["replied"] for m in contacts)
    for (sender,), cell in found.items():
        tables = list(strata[sender].values())
        for name in ("sobo_recipients", "sobo_replied", "own_recipients", "own_replied"):
            cell[f"{name}_count"] = sum(table[name] for table in tables)
        for way in ("sobo", "own"):
            cell[f"{way}_replied_rate"] = ratio(cell[f"{way}_replied_count"], cell[f"{way}_recipients_count"])
        cell["is_total"] = sender == "all"
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


def is_link(url: str | None) -> bool:
    """Whether it has a host: an address of mail has none."""
    return url is not None and "://" in url


def fold(url: str) -> str:
    """Host and path: no scheme, query or fragment, no www. or usual port, no index page, no slash at the end, none twice."""
    host, _, path = url.split("://", 1)[1].split("?")[0].split("#")[0].partition("/")
    host = re.sub(r":(80|443)$", "", host.lower()).removeprefix("www.")
    return host + re.sub("/+", "/", re.sub(r"/index\.html$", "", f"/{path}")).rstrip("/")


def outreach_link_stats(company: Company) -> Cells:
    clicks: dict[Key, list[Row]] = defaultdict(list)
    for event in rows(company, "email_events"):
        if event["event_code"] == "clicked" and event["occurred_at"] < company.as_of and is_link(event["link_url"]):
            clicks[event["message_id"], fold(event["link_url"])].append(event)
    listed = {(link["message_id"], fold(link["link_url"])) for link in rows(company, "message_links") if is_link(link["link_url"])}
    sent = {str(message.row["message_id"]): message for message in messages(company)}
    enrolments: dict[Key, list[Message]] = defaultdict(list)
    for message_id, message in sent.items():
        enrolments[message.person, first(message.row["sequence_id"], message_id)].append(message)
    links: dict[str, list[Message]] = defaultdict(list)
    for message_id, url in sorted(listed | set(clicks)):
        if message_id in sent:
            links[url].append(sent[message_id])
    found: Cells = {}
    for url, holding in links.items():
        counted: dict[str, set[str]] = defaultdict(set)
        for message in holding:
            message_id = str(message.row["message_id"])
            answers = enrolments[message.person, first(message.row["sequence_id"], message_id)]
            human = [click["occurred_at"] for click in clicks[message_id, url] if not click["is_machine"]]
            interested = [m.replied_at for m in answers if m.flags["interested"] and m.replied_at is not None]
            facts = {
                "recipients": True,
                "replied": any(m.flags["replied"] for m in answers),
                "clicked": bool(human),
                "clicked_all": bool(clicks[message_id, url]),
                "interested_after_click": bool(human and interested) and max(interested) >= min(human),
            }
            for name, holds in facts.items():
                counted[name] |= {message.person} if holds else set()
        people = {name: len(counted[name]) for name in ("recipients", "replied", "clicked", "clicked_all", "interested_after_click")}
        people["replied_and_clicked"] = len(counted["replied"] & counted["clicked"])
        host = url.split("/")[0]
        found[(url,)] = {
            **{f"{name}_count": count for name, count in people.items()},
            "messages_count": len(holding),
            "sequences_count": len({m.row["sequence_id"] for m in holding} - {None}),
            "is_scheduling": host == "calendly.com",
            "is_linkedin": host in ("linkedin.com", "de.linkedin.com"),
            **rate("replied_rate_per_clicked", people["replied_and_clicked"], people["clicked"]),
        }
        for name in ("replied", "clicked", "replied_and_clicked"):
            found[(url,)] |= rate(f"{name}_rate", people[name], people["recipients"])
    return found


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
        kept = [contacts for person, contacts in people.items() if not standing[person]]
        found[(family,)] = {
            "contacted_count": len(people),
            "nurtured_count": len(kept),
            "replied_count": sum(any(m.flags["replied"] for m in contacts) for contacts in kept),
            "interested_count": sum(any(m.flags["interested"] for m in contacts) for contacts in kept),
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
    for (person, family), contacts in pool.items():
        if standing[person] & {"active", "hired", "is_internal"}:
            continue
        given = set[str]().union(*(ratings[a.row["application_id"]] for a in contacts))
        furthest = max((a.furthest for a in contacts), key=RANK.__getitem__)
        declined = [
            offers[a.row["application_id"]]["resolved_at"]
            for a in company.applications.values()
            if a.row["candidate_id"] == person
            and _family(company, a.row["job_id"]) == family
            and offers.get(a.row["application_id"], {}).get("status_code") == "declined"
        ]
        own = [m for m in sent if m.person == person]
        found[person, family] = {
            "applications_count": len(contacts),
            "furthest_stage_code": furthest,
            "is_silver_medalist": RANK[furthest] >= RANK["onsite"] and "strong_no" not in given,
            "best_rating_code": max(given, key=RATINGS.index, default=None),
            "last_closed_at": max((a.ended for a in contacts if a.ended), default=None),
            "declined_offer_at": max((when for when in declined if when), default=None),
            "has_clicked_without_reply": any(m.flags["clicked"] for m in own) and not any(m.flags["replied"] for m in own),
            **_contact(company, person, own, standing[person], max((a.ended for a in contacts if a.ended), default=None)),
        }
    return found


def _contact(company: Company, person: str, own: list[Message], standing: set[str], ended: datetime | None) -> dict[str, Any]:
    """Last contact, and what stands in the way: 30, 60, 90 days after the first, second, third message, 60 after a call, 90 after an interview."""
    contacts = [(m.row["sent_at"], {2: 60, 3: 90, 4: 90}.get(m.row["step_number"], 30)) for m in own]
    for act in rows(company, "crm_activities"):
        if act["candidate_id"] == person and act["activity_code"] == "call" and act["occurred_at"] < company.as_of:
            contacts.append((act["occurred_at"], 60))
    people = {a.row["application_id"]: a.row["candidate_id"] for a in company.applications.values()}
    for talk in talks(company):
        if people.get(talk.row["application_id"]) == person and not talk.is_cancelled and talk.starts < company.as_of:
            contacts.append((talk.starts, 90))
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


def overdue(company: Company, application: Application) -> set[str]:
    """Actions of the hiring manager that were overdue when the candidate withdrew."""
    left, job = application.ended, application.row["job_id"]
    assert left is not None
    waits: list[tuple[str, str, datetime]] = []
    last = application.visits[-1] if application.visits else None
    if last is not None and last.stage == "hm_review":
        waits.append(("review", "decision", last.entered))
    for request in requests(company):
        was_open = request.is_open or (request.decided is not None and request.decided >= left)
        if request.application is application and request.is_managers and was_open:
            waits.append(("review", "decision", request.asked))
    of_last = []
    for talk in talks_of(company, application):
        in_time = talk.card if talk.card is not None and talk.card < left else None
        if talk.interviewer == application.slices["hiring_manager"] and not talk.is_cancelled and in_time is None:
            waits.append(("feedback", "feedback", talk.over))
        if last is not None and talk.stage == first(last.stage, "unmapped") and talk.starts >= last.entered:
            of_last.append(in_time if not talk.is_cancelled and talk.over < left else None)
    given = [card for card in of_last if card is not None]
    if given and len(given) == len(of_last) and last is not None and last.stage in DECIDED_BY_MANAGERS:
        waits.append(("decision", "decision", max(given)))
    return {
        action for action, need, since in waits if since < left and business_hours(since, left) > allowed_hours(company, job, need, since)
    }


MARTS: Mapping[str, Callable[[Company], Cells]] = {
    "rejection_reasons": rejection_reasons,
    "withdrawals": withdrawals,
    "outreach_sequence_stats": outreach_sequence_stats,
    "outreach_step_stats": outreach_step_stats,
    "outreach_subject_stats": outreach_subject_stats,
    "outreach_sender_stats": outreach_sender_stats,
    "outreach_cohorts": outreach_cohorts,
    "outreach_link_stats": outreach_link_stats,
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
    "outreach_link_stats": ("link_url",),
    "sourcing_activity": ("week", "sourcer_key", "job_key"),
    "nurture_pool": ("job_family",),
    "rediscovery_pool": ("candidate_key", "job_family"),
}

#: Key columns that hold a surrogate key, with the entity in it.
ENTITIES = {"sequence_key": "sequence", "sender_key": "user", "sourcer_key": "user", "job_key": "job", "candidate_key": "candidate"}
