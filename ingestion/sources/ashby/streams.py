"""Ashby's streams: the method of each, what never enters the lake, what the gate expects."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ingestion.protocol.contract import Contract
from ingestion.protocol.stream import Stream as AnyStream

Record = dict[str, Any]

#: Answers of a feedback form that are chosen or counted; all others are prose about a person.
_CHOSEN = frozenset({"Score", "ValueSelect", "MultiValueSelect", "Number", "Boolean"})


def _nothing(record: Record) -> None:
    """Most records enter the lake as they are, less the fields of `drop`."""


def _lean_application(record: Record) -> None:
    """Names and addresses of the candidate are the candidate's own record."""
    record["candidate"] = {"id": (record.get("candidate") or {}).get("id")}


def _lean_offer(record: Record) -> None:
    for version in [*(record.get("versions") or []), record.get("latestVersion") or {}]:
        for name in ("salary", "customFields", "fileHandles", "author", "formDefinition"):
            version.pop(name, None)


def _lean_schedule(record: Record) -> None:
    for event in record.get("interviewEvents") or []:
        for name in ("location", "meetingLink", "feedbackLink", "extraData"):
            event.pop(name, None)


def _lean_feedback(record: Record) -> None:
    form = record.pop("formDefinition", None) or {}
    fields = [entry.get("field") or {} for section in form.get("sections") or [] for entry in section.get("fields") or []]
    chosen = {entry.get("path") for entry in fields if entry.get("type") in _CHOSEN}
    record["submittedValues"] = {path: value for path, value in (record.get("submittedValues") or {}).items() if path in chosen}


@dataclass(frozen=True)
class Stream(AnyStream):
    """`method` lists it; `right`: the key's permission; `params`: what the list hides by default; `drop`, `lean`: what never enters the lake.

    The list of a stream that is `is_windowed` gives a sync token. With `each`, the list gives parents: `each` is asked with {`parameter`: the
    parent's id} and answers with one record, or with a list, whose records stand alone or, under `gather`, are one record of their parent
    together.
    """

    method: str
    right: str
    params: Mapping[str, Any] = field(default_factory=dict)
    drop: tuple[str, ...] = ()
    lean: Callable[[Record], None] = _nothing
    each: str | None = None
    parameter: str = "id"
    gather: str | None = None


_CANDIDATES, _JOBS, _INTERVIEWS, _PROCESS = "candidatesRead", "jobsRead", "interviewsRead", "hiringProcessMetadataRead"
_ARCHIVED = {"includeArchived": True}
_ALL_JOBS = "Give the key access to all jobs and candidates, including confidential ones"

STREAMS: dict[str, Stream] = {
    "applications": Stream(
        "application.list",
        _CANDIDATES,
        is_windowed=True,
        never_empty=_ALL_JOBS,
        drop=("applicationFormSubmissions", "resumeFileHandle", "submitterClientIp", "submitterUserAgent"),
        lean=_lean_application,
        contract=Contract(
            required=("candidate_id", "created_at"),
            known={
                "status": ("Active", "Lead", "Hired", "Archived"),
                "archive_reason_type": ("RejectedByOrg", "RejectedByCandidate", "Other"),
            },
            dated=("created_at", "archived_at"),
        ),
    ),
    # The history of a changed application is read in full: it can be edited, so that what was read before says nothing.
    "application_history": Stream(
        "application.list",
        _CANDIDATES,
        is_windowed=True,
        each="application.listHistory",
        parameter="applicationId",
        gather="history",
        contract=Contract(required=("application_id",)),
    ),
    "candidates": Stream(
        "candidate.list",
        _CANDIDATES,
        is_windowed=True,
        never_empty=_ALL_JOBS,
        drop=("resumeFileHandle", "fileHandles", "location", "timezone", "customFields"),
        contract=Contract(required=("created_at",), dated=("created_at",)),
    ),
    "jobs": Stream(
        "job.list",
        _JOBS,
        {"status": ["Draft", "Open", "Closed", "Archived"]},
        is_windowed=True,
        never_empty=_ALL_JOBS,
        drop=("compensation",),
        contract=Contract(
            expected=("title",),
            known={"status": ("Draft", "Open", "Closed", "Archived")},
            usually_in_order=(("opened_at", "closed_at"),),
            planned=("opened_at", "closed_at"),
        ),
    ),
    "openings": Stream(
        "opening.list",
        _JOBS,
        is_windowed=True,
        contract=Contract(
            known={"opening_state": ("Draft", "Approved", "Open", "Filled", "Closed")},
            usually_in_order=(("opened_at", "closed_at"),),
            planned=("opened_at", "closed_at"),
        ),
    ),
    # Only the offer itself has all its versions.
    "offers": Stream(
        "offer.list",
        "offersRead",
        is_windowed=True,
        lean=_lean_offer,
        each="offer.info",
        parameter="offerId",
        contract=Contract(
            required=("application_id",),
            known={
                "offer_status": (
                    "WaitingOnApprovalStart",
                    "WaitingOnOfferApproval",
                    "WaitingOnApprovalDefinition",
                    "WaitingOnCandidateResponse",
                    "CandidateRejected",
                    "CandidateAccepted",
                    "OfferCancelled",
                )
            },
            dated=("decided_at",),
        ),
    ),
    "interview_schedules": Stream(
        "interviewSchedule.list",
        _INTERVIEWS,
        is_windowed=True,
        lean=_lean_schedule,
        contract=Contract(
            required=("application_id",),
            known={
                "status": (
                    "NeedsScheduling",
                    "WaitingOnCandidateBooking",
                    "WaitingOnCandidateAvailability",
                    "CandidateAvailabilitySubmitted",
                    "Scheduled",
                    "WaitingOnFeedback",
                    "Complete",
                    "Cancelled",
                    "OnHold",
                    "Unknown",
                )
            },
        ),
    ),
    "feedback": Stream(
        "applicationFeedback.list",
        _CANDIDATES,
        is_windowed=True,
        lean=_lean_feedback,
        contract=Contract(required=("application_id",), dated=("submitted_at",)),
    ),
    "interview_plans": Stream("interviewPlan.list", _INTERVIEWS, _ARCHIVED, contract=Contract(expected=("title",))),
    "interview_stages": Stream(
        "interviewPlan.list",
        _INTERVIEWS,
        _ARCHIVED,
        each="interviewStage.list",
        parameter="interviewPlanId",
        contract=Contract(
            required=("title",),
            expected=("stage_order",),
            known={"type": ("Lead", "PreInterviewScreen", "Active", "Offer", "Hired", "Archived")},
        ),
    ),
    "archive_reasons": Stream(
        "archiveReason.list",
        _PROCESS,
        _ARCHIVED,
        contract=Contract(expected=("text",), known={"reason_type": ("RejectedByOrg", "RejectedByCandidate", "Other")}),
    ),
    "close_reasons": Stream("closeReason.list", _PROCESS, _ARCHIVED, contract=Contract(expected=("name",))),
    "sources": Stream("source.list", _PROCESS, _ARCHIVED, contract=Contract(expected=("title",))),
    "users": Stream(
        "user.list", "organizationRead", {"includeDeactivated": True}, is_windowed=True, contract=Contract(expected=("email",))
    ),
    "departments": Stream("department.list", "organizationRead", _ARCHIVED, is_windowed=True, contract=Contract(expected=("name",))),
    "locations": Stream("location.list", "organizationRead", _ARCHIVED, contract=Contract(expected=("name",))),
}
