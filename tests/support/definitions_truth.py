"""The outreach of the simulated company as canonical rows made from its truth alone (sandbox/truth.py), for the oracle in definitions_outreach.py.

A person is their address. The truth knows what came of a message and when it was answered, but not when it was opened or clicked: those events
stand at its sending.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from sandbox.truth import MessageTruth, Truth
from tests.support.definitions_oracle import Company


def company_of(truth: Truth, now: int) -> Company:
    tables: dict[str, list[dict[str, Any]]] = {
        "jobs": [
            {"job_id": str(job.job_id), "job_name": job.job_name, "job_family": job.job_family, "status_code": job.status_code}
            for job in truth.jobs
        ],
        "applications": [
            {
                "application_id": str(application.application_id),
                "candidate_id": application.person_email,
                "job_id": str(application.job_id),
                "applied_at": _at(application.applied_at),
                "status_code": "active",
            }
            for application in truth.applications
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
    return Company(tables, _at(now))


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
