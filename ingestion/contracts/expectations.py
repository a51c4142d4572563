"""What the gate expects of each staging stream, declared in a few words per stream; ingestion/gate turns it into Great Expectations suites.

Of every stream it expects a usable key and values that parse. `required`, `coded`, `in_order` and `dated` put a row that breaks them in quarantine;
`expected`, `known` and `usually_in_order` only warn, because dropping the row would lose more than it guards.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from ingestion.contracts.canonical_tables import TABLES, Table


@dataclass(frozen=True)
class Contract:
    """Columns are those of the staging model. `coded`, `known`: the codes a column may hold. Pairs: the first is not after the second."""

    required: tuple[str, ...] = ()
    coded: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    expected: tuple[str, ...] = ()
    known: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    in_order: tuple[tuple[str, str], ...] = ()
    usually_in_order: tuple[tuple[str, str], ...] = ()
    dated: tuple[str, ...] = ()

    @property
    def columns(self) -> set[str]:
        pairs = {column for pair in (*self.in_order, *self.usually_in_order) for column in pair}
        return {*self.required, *self.coded, *self.expected, *self.known, *self.dated} | pairs


GREENHOUSE: dict[str, Contract] = {
    "applications": Contract(
        required=("candidate_id", "created_at"),
        known={"status": ("in_process", "rejected", "hired", "converted")},
        dated=("created_at", "rejected_at"),
    ),
    "application_stages": Contract(
        required=("application_id", "job_interview_stage_id"), in_order=(("entered_at", "exited_at"),), dated=("entered_at", "exited_at")
    ),
    "candidates": Contract(required=("created_at",), dated=("created_at",)),
    "jobs": Contract(
        required=("created_at",),
        expected=("name",),
        known={"status": ("open", "draft", "closed")},
        usually_in_order=(("opened_at", "closed_at"),),
        dated=("opened_at", "closed_at"),
    ),
    "job_interview_stages": Contract(required=("job_id", "name"), expected=("sort_order",)),
    "job_interviews": Contract(required=("job_id", "job_interview_stage_id")),
    "openings": Contract(
        required=("job_id",), expected=("opened_at",), usually_in_order=(("opened_at", "closed_at"),), dated=("opened_at", "closed_at")
    ),
    "offers": Contract(
        required=("application_id",),
        expected=("version",),
        known={"status": ("Created", "Accepted", "Rejected", "Deprecated")},
        dated=("created_at", "resolved_at"),
    ),
    "rejection_reasons": Contract(
        expected=("name",), known={"type_key": ("WE_REJECTED_THEM", "THEY_REJECTED_US", "NONE_SPECIFIED", "SECURITY_CONCERN")}
    ),
    "rejection_details": Contract(required=("application_id",), dated=("rejected_at",)),
    "close_reasons": Contract(expected=("name",)),
    "interviews": Contract(
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
        dated=("starts_at", "ends_at"),
    ),
    "interviewers": Contract(required=("interview_id",), known={"response_status": ("needs_action", "declined", "tentative", "accepted")}),
    "scorecards": Contract(
        required=("application_id",),
        known={"status": ("draft", "complete"), "candidate_rating": ("strong_no", "no", "yes", "strong_yes", "no_decision")},
        dated=("submitted_at",),
    ),
    "job_owners": Contract(required=("job_id", "user_id"), known={"type": ("sourcer", "recruiter", "coordinator")}),
    "job_hiring_managers": Contract(required=("job_id", "user_id")),
    "users": Contract(expected=("primary_email",)),
    "departments": Contract(expected=("name",)),
    "offices": Contract(expected=("name",)),
    "sources": Contract(expected=("name",)),
    "referrers": Contract(expected=("name",)),
    "prospect_details": Contract(required=("application_id",)),
    "prospect_pools": Contract(expected=("name",)),
    "prospect_pool_stages": Contract(required=("prospect_pool_id",), expected=("name",)),
    "approval_flows": Contract(
        required=("job_id",),
        known={"approval_type": ("open_job", "offer_job", "offer_candidate"), "approval_status": ("pending", "rejected", "approved")},
    ),
    "approver_groups": Contract(required=("approval_flow_id",), dated=("resolved_at",)),
    "approvers": Contract(
        expected=("approver_group_id",),
        known={"status": ("waiting", "due", "approved", "rejected")},
        usually_in_order=(("request_sent_at", "resolved_at"),),
        dated=("request_sent_at", "resolved_at"),
    ),
    "eeoc": Contract(required=("application_id",), dated=("submitted_at",)),
    # The vendor's own questions and options have no name.
    "demographic_questions": Contract(),
    "demographic_answer_options": Contract(required=("demographic_question_id",)),
    "demographic_answers": Contract(required=("application_id", "demographic_question_id"), dated=("created_at",)),
    "sweeps": Contract(
        required=("entity", "swept_at", "part"), coded={"entity": ("applications", "candidates", "jobs")}, dated=("swept_at",)
    ),
    "webhooks": Contract(required=("action",)),
}

ASHBY: dict[str, Contract] = {
    "applications": Contract(
        required=("candidate_id", "created_at"),
        known={
            "status": ("Active", "Lead", "Hired", "Archived"),
            "archive_reason_type": ("RejectedByOrg", "RejectedByCandidate", "Other"),
        },
        dated=("created_at", "archived_at"),
    ),
    "application_history": Contract(required=("application_id",)),
    "candidates": Contract(required=("created_at",), dated=("created_at",)),
    "jobs": Contract(
        expected=("title",),
        known={"status": ("Draft", "Open", "Closed", "Archived")},
        usually_in_order=(("opened_at", "closed_at"),),
        dated=("opened_at", "closed_at"),
    ),
    "openings": Contract(
        known={"opening_state": ("Draft", "Approved", "Open", "Filled", "Closed")},
        usually_in_order=(("opened_at", "closed_at"),),
        dated=("opened_at", "closed_at"),
    ),
    "offers": Contract(
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
    "interview_schedules": Contract(
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
    "feedback": Contract(required=("application_id",), dated=("submitted_at",)),
    "interview_plans": Contract(expected=("title",)),
    "interview_stages": Contract(
        required=("title",),
        expected=("stage_order",),
        known={"type": ("Lead", "PreInterviewScreen", "Active", "Offer", "Hired", "Archived")},
    ),
    "archive_reasons": Contract(expected=("text",), known={"reason_type": ("RejectedByOrg", "RejectedByCandidate", "Other")}),
    "close_reasons": Contract(expected=("name",)),
    "sources": Contract(expected=("title",)),
    "users": Contract(expected=("email",)),
    "departments": Contract(expected=("name",)),
    "locations": Contract(expected=("name",)),
}

#: What the tables' specification (ingestion/contracts/canonical_tables.py) does not say: which times must be plausible, and in order.
_CANONICAL_TIMES: dict[str, Contract] = {
    "applications": Contract(
        usually_in_order=(("applied_at", "closed_at"), ("applied_at", "hired_at")),
        dated=("applied_at", "hired_at", "closed_at"),
    ),
    "stage_visits": Contract(in_order=(("entered_at", "exited_at"),), dated=("entered_at", "exited_at")),
    "jobs": Contract(usually_in_order=(("opened_at", "closed_at"),), dated=("opened_at", "closed_at")),
    "openings": Contract(usually_in_order=(("opened_at", "closed_at"),), dated=("opened_at", "closed_at")),
    "job_holds": Contract(in_order=(("held_at", "released_at"),), dated=("held_at", "released_at")),
    "offers": Contract(usually_in_order=(("extended_at", "resolved_at"),), dated=("extended_at", "resolved_at")),
    "interviews": Contract(usually_in_order=(("starts_at", "ends_at"),), dated=("starts_at",)),
    "feedback": Contract(dated=("submitted_at",)),
    "reviews": Contract(usually_in_order=(("requested_at", "decided_at"),), dated=("requested_at",)),
    "outreach_messages": Contract(dated=("sent_at",)),
    "email_events": Contract(dated=("occurred_at",)),
    "crm_activities": Contract(dated=("occurred_at",)),
    "deletions": Contract(dated=("deleted_at",)),
    "candidate_merges": Contract(dated=("merged_at",)),
    "hiring_plan": Contract(in_order=(("period_start_on", "period_end_on"),)),
}


def _canonical(name: str, table: Table) -> Contract:
    """A canonical table's contract: what its specification says, and the rules about its times."""
    coded = {column: facts.codes for column, facts in table.columns.items() if facts.codes}
    return replace(
        _CANONICAL_TIMES.get(name, Contract()),
        required=(*table.key, *table.required),
        expected=table.expected,
        coded={column: codes for column, codes in coded.items() if table.columns[column].strict},
        known={column: codes for column, codes in coded.items() if not table.columns[column].strict},
    )


GEM: dict[str, Contract] = {
    "users": Contract(expected=("name", "email")),
    "sequences": Contract(expected=("name", "user_id"), dated=("created_at",)),
    "projects": Contract(dated=("created_at",)),
    "project_candidates": Contract(required=("project_id", "candidate_id"), dated=("added_at",)),
    "candidates": Contract(required=("created_at",), dated=("created_at", "last_updated_at")),
    "candidate_events": Contract(
        required=("candidate_id", "type", "happened_at"),
        known={
            "type": ("first_outreach", "follow_up", "reply"),
            "reply_status": ("interested", "not_interested", "later"),
        },
        dated=("happened_at",),
    ),
}

#: Gem's own words, as people read them in the export.
GEM_EXPORT: dict[str, Contract] = {
    "event_log": Contract(
        required=("candidate_id", "event_type", "happened_at"),
        expected=("user_email",),
        known={
            "event_type": ("First Outreach", "Follow-up", "Reply"),
            "event_subtype": ("Email", "Inmail", "Phone Call", "Text Message", "Meeting"),
            "event_metadata": ("Interested", "Not Interested", "Later"),
        },
        dated=("happened_at",),
    ),
    "projects": Contract(required=("project_id", "candidate_id"), expected=("added_at",), dated=("added_at",)),
    "candidate_info": Contract(required=("candidate_id",), dated=("sourced_at",)),
}

SES: dict[str, Contract] = {
    "events": Contract(
        required=("event_type", "message_id", "sent_at"),
        known={
            "event_type": (
                "Send",
                "Delivery",
                "Open",
                "Click",
                "Bounce",
                "Complaint",
                "Reject",
                "Rendering Failure",
                "DeliveryDelay",
                "Subscription",
            ),
            "bounce_type": ("Undetermined", "Permanent", "Transient"),
        },
        usually_in_order=(("sent_at", "opened_at"), ("sent_at", "clicked_at")),
        dated=("sent_at", "delivered_at", "opened_at", "clicked_at", "bounced_at", "complained_at"),
    ),
}

SENDGRID: dict[str, Contract] = {
    "events": Contract(
        required=("event_type", "occurred_at"),
        expected=("sendgrid_message_id",),
        known={
            "event_type": (
                "processed",
                "dropped",
                "delivered",
                "deferred",
                "bounce",
                "open",
                "click",
                "spamreport",
                "unsubscribe",
                "group_unsubscribe",
                "group_resubscribe",
            ),
        },
        dated=("occurred_at",),
    ),
}

LEVER: dict[str, Contract] = {
    "opportunities": Contract(
        required=("created_at",),
        expected=("contact_id", "stage_id"),
        known={"origin": ("agency", "applied", "internal", "referred", "sourced", "university")},
        usually_in_order=(("created_at", "archived_at"),),
        dated=("created_at", "archived_at"),
    ),
    "deleted_opportunities": Contract(required=("deleted_at",), dated=("deleted_at",)),
    "offers": Contract(
        required=("opportunity_id",),
        expected=("created_at",),
        known={"status": ("draft", "approval-sent", "approved", "sent", "sent-manually", "opened", "denied", "signed")},
        usually_in_order=(("created_at", "sent_at"),),
        dated=("created_at", "sent_at"),
    ),
    "interviews": Contract(required=("opportunity_id",), expected=("starts_at",), dated=("starts_at",)),
    "feedback": Contract(required=("opportunity_id",), expected=("user_id",), dated=("completed_at",)),
    "referrals": Contract(required=("opportunity_id",)),
    "postings": Contract(
        required=("created_at",),
        expected=("name",),
        known={"state": ("published", "internal", "closed", "draft", "pending", "rejected")},
        dated=("created_at", "updated_at"),
    ),
    "requisitions": Contract(
        required=("created_at",),
        known={"status": ("open", "closed", "onHold", "pending", "draft", "rejected")},
        usually_in_order=(("created_at", "closed_at"),),
        dated=("created_at", "closed_at"),
    ),
    "users": Contract(expected=("name", "email")),
    "stages": Contract(required=("name",)),
    "archive_reasons": Contract(expected=("name",), known={"type": ("hired", "non-hired"), "status": ("active", "inactive")}),
    "sources": Contract(required=("name",)),
}

CONTRACTS: dict[str, dict[str, Contract]] = {
    "greenhouse": GREENHOUSE,
    "ashby": ASHBY,
    "lever": LEVER,
    "gem": GEM,
    "gem_export": GEM_EXPORT,
    "ses": SES,
    "sendgrid": SENDGRID,
    "canonical_files": {name: _canonical(name, table) for name, table in TABLES.items()},
}


def contract_of(kind: str, stream: str) -> Contract:
    """The contract of a staging stream; of one that declares none, only key and parsing are expected."""
    return CONTRACTS.get(kind, {}).get(stream, Contract())
