"""The canonical input tables as a folder of files may hold them: their key, required and optional columns (docs/canonical.md).

The one place where the key of a table is written. An optional key column (`?`) may be absent or empty without breaking the key.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Table:
    """`key` and `optional_key` make the record_id; `required` includes the key."""

    key: tuple[str, ...]
    optional_key: tuple[str, ...]
    required: tuple[str, ...]
    optional: tuple[str, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        return self.required + self.optional


def _table(key: str, required: str = "", optional: str = "") -> Table:
    """`key`: columns, those with `?` optional. `required`, `optional`: the other columns."""
    words = key.split()
    firm = tuple(word for word in words if not word.endswith("?"))
    loose = tuple(word.removesuffix("?") for word in words if word.endswith("?"))
    return Table(firm, loose, firm + tuple(required.split()), loose + tuple(optional.split()))


#: Columns that any table may carry beside its own.
COMMON_COLUMNS = ("observed_at", "source_system")

TABLES: dict[str, Table] = {
    "applications": _table(
        "application_id",
        "candidate_id job_id applied_at status_code",
        "hired_at closed_at close_reason_id current_stage_id origin_code source_id recruiter_id sourcer_id coordinator_id office_id"
        " is_prospect last_activity_at updated_at",
    ),
    "stage_visits": _table("application_id stage_id entered_at", "", "exited_at actor_id"),
    "stages": _table("stage_id job_id?", "stage_name", "stage_order stage_type_code"),
    "jobs": _table(
        "job_id",
        "job_name status_code",
        "job_family job_level_code job_class_code department_id office_id opened_at closed_at recruiter_id hiring_manager_id",
    ),
    "job_team": _table("job_id user_id role_code assigned_at?", "", "unassigned_at"),
    "openings": _table("opening_id", "job_id opened_at", "closed_at target_start_on filled_application_id"),
    "job_holds": _table("job_id held_at", "", "released_at"),
    "offers": _table("offer_id version_number?", "application_id status_code", "created_at extended_at resolved_at starts_on opening_id"),
    "close_reasons": _table("close_reason_id", "reason_name", "direction_code"),
    "interviews": _table("interview_id interviewer_id?", "application_id status_code", "stage_id scheduled_at starts_at ends_at"),
    "feedback": _table("feedback_id", "application_id submitter_id", "interview_id submitted_at rating_code"),
    "reviews": _table("review_id", "job_id reviewer_id requested_at", "candidate_id application_id decided_at decision_code"),
    "candidates": _table("candidate_id", "created_at", "is_internal do_not_contact"),
    "candidate_contacts": _table("candidate_id contact_code contact_value"),
    "candidate_merges": _table("from_candidate_id to_candidate_id", "merged_at"),
    "deletions": _table("entity_code entity_id", "deleted_at"),
    "users": _table("user_id", "user_name", "user_email is_active"),
    "departments": _table("department_id", "department_name", "parent_id"),
    "offices": _table("office_id", "office_name"),
    "sources": _table("source_id", "source_name", "channel_code"),
    "sequences": _table("sequence_id", "sequence_name", "owner_id created_at"),
    "sequence_jobs": _table("sequence_id job_id linked_at?", "", "unlinked_at"),
    "outreach_messages": _table(
        "message_id",
        "sent_at",
        "candidate_id recipient_address sequence_id step_number sender_id on_behalf_of_id subject_text medium_code",
    ),
    "message_links": _table("message_id link_url", "", "link_position"),
    "email_events": _table(
        "event_id",
        "message_id event_code occurred_at",
        "link_url is_machine reply_class_code reply_origin_code user_agent reply_headers",
    ),
    "crm_activities": _table("activity_id", "activity_code occurred_at", "candidate_id actor_id job_id"),
    "eeo_answers": _table("application_id attribute_code group_code", "", "answered_at"),
    "sla_agreements": _table("job_id need_code valid_from?", "hours", "valid_to"),
    "source_costs": _table("source_id month", "amount"),
    "headcount": _table("department_id job_level_code month", "headcount"),
    "hire_outcomes": _table("application_id", "started_on left_on", "retained_days"),
    "hiring_plan": _table("plan_line_id", "period_start_on period_end_on planned_hires", "department_id job_family job_id"),
}
