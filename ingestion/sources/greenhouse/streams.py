"""Greenhouse's streams: what is asked for, what never enters the lake, what the gate expects."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ingestion.protocol.contract import Contract
from ingestion.protocol.kind import WEBHOOKS
from ingestion.protocol.stream import Stream as AnyStream

#: All ids of these are listed by a sweep, in this order.
SWEPT = ("applications", "candidates", "jobs")
SWEEPS = "sweeps"

_SITE_ADMIN = "Use a Site Admin as user_id (others get empty lists instead of an error)"


@dataclass(frozen=True)
class Stream(AnyStream):
    """`drop`: fields that never enter the lake (free text about people, home addresses, meeting links). `params`: what the list hides by default.

    A list filters by updated_at unless it is not `is_windowed`. Streams without whose scope the run goes on are `is_optional`.
    """

    drop: tuple[str, ...] = ()
    params: Mapping[str, str] = field(default_factory=dict)
    is_windowed: bool = field(default=True, kw_only=True)


STREAMS: dict[str, Stream] = {
    "applications": Stream(
        drop=("answers", "location_address"),
        never_empty=_SITE_ADMIN,
        contract=Contract(
            required=("candidate_id", "created_at"),
            known={"status": ("in_process", "rejected", "hired", "converted")},
            dated=("created_at", "rejected_at"),
        ),
    ),
    "application_stages": Stream(
        contract=Contract(
            required=("application_id", "job_interview_stage_id"),
            usually_in_order=(("entered_at", "exited_at"),),
            dated=("entered_at", "exited_at"),
        )
    ),
    "candidates": Stream(drop=("addresses",), never_empty=_SITE_ADMIN, contract=Contract(required=("created_at",), dated=("created_at",))),
    "jobs": Stream(
        drop=("notes",),
        contract=Contract(
            required=("created_at",),
            expected=("name",),
            known={"status": ("open", "draft", "closed")},
            usually_in_order=(("opened_at", "closed_at"),),
            planned=("opened_at", "closed_at"),
        ),
    ),
    "job_interview_stages": Stream(contract=Contract(required=("job_id", "name"), expected=("sort_order",))),
    "job_interviews": Stream(drop=("instructions", "summary"), contract=Contract(required=("job_id", "job_interview_stage_id"))),
    "openings": Stream(
        contract=Contract(
            required=("job_id",),
            expected=("opened_at",),
            usually_in_order=(("opened_at", "closed_at"),),
            planned=("opened_at", "closed_at"),
        )
    ),
    "offers": Stream(
        drop=("custom_fields",),
        contract=Contract(
            required=("application_id",),
            expected=("version",),
            known={"status": ("Created", "Accepted", "Rejected", "Deprecated")},
            dated=("created_at", "resolved_at"),
        ),
    ),
    "rejection_reasons": Stream(
        params={"include_defaults": "true"},
        contract=Contract(
            expected=("name",), known={"type_key": ("WE_REJECTED_THEM", "THEY_REJECTED_US", "NONE_SPECIFIED", "SECURITY_CONCERN")}
        ),
    ),
    "rejection_details": Stream(contract=Contract(required=("application_id",), dated=("rejected_at",))),
    "close_reasons": Stream(contract=Contract(expected=("name",))),
    "interviews": Stream(
        drop=("location", "video_conferencing_url"),
        contract=Contract(
            required=("application_id",),
            known={
                "status": (
                    "to_be_scheduled",
                    "scheduled",
                    "awaiting_feedback",
                    "complete",
                    "skipped",
                    "collect_feedback",
                    "to_be_sent",
                    "sent",
                    "received",
                )
            },
            usually_in_order=(("starts_at", "ends_at"),),
            planned=("starts_at", "ends_at"),
        ),
    ),
    "interviewers": Stream(
        contract=Contract(required=("interview_id",), known={"response_status": ("needs_action", "declined", "tentative", "accepted")})
    ),
    "scorecards": Stream(
        drop=("notes", "private_notes", "public_notes", "notes_with_tags", "private_notes_with_tags", "public_notes_with_tags"),
        contract=Contract(
            required=("application_id",),
            known={"status": ("draft", "complete"), "candidate_rating": ("strong_no", "no", "yes", "strong_yes", "no_decision")},
            dated=("submitted_at",),
        ),
    ),
    "job_owners": Stream(contract=Contract(required=("job_id", "user_id"), known={"type": ("sourcer", "recruiter", "coordinator")})),
    "job_hiring_managers": Stream(contract=Contract(required=("job_id", "user_id"))),
    "users": Stream(params={"show_service_accounts": "true"}, contract=Contract(expected=("primary_email",))),
    "departments": Stream(contract=Contract(expected=("name",))),
    "offices": Stream(contract=Contract(expected=("name",))),
    "sources": Stream(contract=Contract(expected=("name",))),
    "referrers": Stream(contract=Contract(expected=("name",))),
    "prospect_details": Stream(contract=Contract(required=("application_id",))),
    "prospect_pools": Stream(drop=("description",), is_optional=True, contract=Contract(expected=("name",))),
    "prospect_pool_stages": Stream(is_optional=True, contract=Contract(required=("prospect_pool_id",), expected=("name",))),
    "approval_flows": Stream(
        is_optional=True,
        contract=Contract(
            required=("job_id",),
            known={"approval_type": ("open_job", "offer_job", "offer_candidate"), "approval_status": ("pending", "rejected", "approved")},
        ),
    ),
    "approver_groups": Stream(is_optional=True, contract=Contract(required=("approval_flow_id",), dated=("resolved_at",))),
    "approvers": Stream(
        is_optional=True,
        contract=Contract(
            expected=("approver_group_id",),
            known={"status": ("waiting", "due", "approved", "rejected")},
            usually_in_order=(("request_sent_at", "resolved_at"),),
            dated=("request_sent_at", "resolved_at"),
        ),
    ),
    "eeoc": Stream(is_optional=True, contract=Contract(required=("application_id",), dated=("submitted_at",))),
    # The vendor's own questions and options have no name.
    "demographic_questions": Stream(is_optional=True, is_windowed=False),
    "demographic_answer_options": Stream(is_optional=True, is_windowed=False, contract=Contract(required=("demographic_question_id",))),
    "demographic_answers": Stream(
        drop=("free_form_text",),
        is_optional=True,
        contract=Contract(required=("application_id", "demographic_question_id"), dated=("created_at",)),
    ),
    # Not a list of the vendor's: pages of ids (connector.py).
    SWEEPS: Stream(
        is_windowed=False,
        is_periodic=True,
        contract=Contract(required=("entity", "swept_at", "part"), coded={"entity": SWEPT}, dated=("swept_at",)),
    ),
    WEBHOOKS: Stream(is_windowed=False, is_pushed=True, contract=Contract(required=("action",))),
}
