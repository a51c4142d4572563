"""The simulated company as canonical rows made from its truth alone (sandbox/truth.py), for the oracle of the definitions.

Of stages only the furthest is told (tests/support/marts_oracle.py looks at the others). A person is their address. The truth knows what came of a message and when it was
answered, but not when it was opened or clicked: those events stand at its sending.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from sandbox.truth import ApplicationTruth, MessageTruth, OfferTruth, Truth
from tests.support.definitions_oracle import Company, first


def company_of(truth: Truth, now: int) -> Company:
    managers = {application.job_id: application.hiring_manager_id for application in truth.applications}
    tables: dict[str, list[dict[str, Any]]] = {
        "jobs": [
            {
                "job_id": str(job.job_id),
                "job_name": job.job_name,
                "job_family": job.job_family,
                "department_id": str(job.department_id),
                "office_id": str(job.office_id),
                "hiring_manager_id": str(managers[job.job_id]) if job.job_id in managers else None,
                "status_code": job.status_code,
            }
            for job in truth.jobs
        ],
        "applications": [_application(application) for application in truth.applications],
        "close_reasons": list({row["close_reason_id"]: row for row in map(_reason, truth.applications)}.values()),
        "offers": [_offer(offer) for offer in truth.offers],
        "hire_outcomes": [
            {"application_id": str(offer.application_id), "started_on": None, "left_on": "then"}
            for offer in truth.offers
            if offer.is_reneged
        ],
        "sequence_jobs": [
            {"sequence_id": sequence, "job_id": job, "linked_at": None, "unlinked_at": None}
            for sequence, job in sorted({(message.sequence_id, str(message.job_id)) for message in truth.messages})
        ],
        "outreach_messages": [
            {
                "message_id": message.message_id,
                "candidate_id": message.person_email,
                "sequence_id": message.sequence_id,
                "step_number": message.step_number,
                "sender_id": str(message.sender_id),
                "on_behalf_of_id": None if message.on_behalf_of_id is None else str(message.on_behalf_of_id),
                "subject_text": message.subject_text,
                "sent_at": _at(message.sent_at),
            }
            for message in truth.messages
        ],
        "message_links": [{"message_id": message.message_id, "link_url": url} for message in truth.messages for url in message.links],
        "email_events": [
            {"event_id": f"{message.message_id}-{place}", "message_id": message.message_id, **event}
            for message in truth.messages
            for place, event in enumerate(_events(message))
        ],
    }
    tables |= _lists(tables)
    company = Company(tables, _at(now))
    for application in truth.applications:
        company.applications[str(application.application_id)].furthest = application.furthest_stage_code
    return company


def _lists(tables: Mapping[str, list[dict[str, Any]]]) -> dict[str, list[dict[str, Any]]]:
    """The lists of members that the company has: all that its jobs and applications name."""
    rows = [*tables["jobs"], *tables["applications"]]

    def named(column: str) -> list[str]:
        return sorted({row[column] for row in rows if row.get(column) is not None})

    users = sorted({*named("recruiter_id"), *named("hiring_manager_id")})
    return {
        "departments": [{"department_id": member} for member in named("department_id")],
        "offices": [{"office_id": member} for member in named("office_id")],
        "sources": [{"source_id": member, "source_name": member} for member in named("source_id")],
        "users": [{"user_id": member} for member in users],
    }


def _application(application: ApplicationTruth) -> dict[str, Any]:
    return {
        "application_id": str(application.application_id),
        "candidate_id": application.person_email,
        "job_id": str(application.job_id),
        "applied_at": _at(application.applied_at),
        "status_code": application.status_code,
        "hired_at": _at(application.hired_at) if application.hired_at is not None else None,
        "closed_at": _at(application.closed_at) if application.closed_at is not None else None,
        "close_reason_id": _reason(application)["close_reason_id"],
        "recruiter_id": str(application.recruiter_id),
        "office_id": str(application.office_id),
        "source_id": str(application.source_id),
        "origin_code": application.origin_code,
    }


def _reason(application: ApplicationTruth) -> dict[str, Any]:
    """Under the code that it means."""
    direction, name = application.close_direction_code, first(application.close_reason_code, application.close_reason_name)
    return {"close_reason_id": f"{direction}: {name}", "reason_name": name, "direction_code": direction}


def _offer(offer: OfferTruth) -> dict[str, Any]:
    return {
        "offer_id": str(offer.offer_id),
        "application_id": str(offer.application_id),
        "version_number": offer.version_count,
        "status_code": offer.status_code,
        "extended_at": _at(offer.first_extended_at),
        "resolved_at": _at(offer.resolved_at) if offer.resolved_at is not None else None,
    }


def _at(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None)


def _events(message: MessageTruth) -> Iterator[dict[str, Any]]:
    def event(code: str, *, url: str | None = None, is_machine: bool = False, at: int = message.sent_at) -> dict[str, Any]:
        is_reply = code == "replied"
        return {
            "event_code": code,
            "occurred_at": _at(at),
            "link_url": url,
            "is_machine": is_machine,
            "reply_class_code": message.reply_class_code if is_reply else None,
            "reply_origin_code": "human" if is_reply else None,
        }

    for code, holds in (("delivered", message.is_delivered), ("bounced", message.is_bounced)):
        if holds:
            yield event(code)
    if message.is_opened:
        yield event("opened", is_machine=not message.is_opened_human)
    for url in message.clicked:
        yield event("clicked", url=url, is_machine=url not in message.clicked_human)
    if message.replied_at is not None:
        yield event("replied", at=message.replied_at)
