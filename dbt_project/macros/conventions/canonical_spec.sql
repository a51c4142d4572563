{#-
    The canonical tables (docs/canonical.md): key columns, those of them that may be null, and the other columns, in order. The type of a
    column follows from its name (canonical_type), as everywhere in the project. Every table also has source_system and observed_at.
    The one place that lists them: staging of canonical_files, the canonical models and their tests read it.
-#}
{% macro canonical_spec() -%}
    {{
        return(
            {
                "applications": {
                    "key": ["application_id"],
                    "columns": [
                        "candidate_id",
                        "job_id",
                        "applied_at",
                        "status_code",
                        "hired_at",
                        "closed_at",
                        "close_reason_id",
                        "current_stage_id",
                        "origin_code",
                        "source_id",
                        "recruiter_id",
                        "sourcer_id",
                        "coordinator_id",
                        "office_id",
                        "is_prospect",
                        "last_activity_at",
                        "updated_at",
                    ],
                },
                "stage_visits": {
                    "key": ["application_id", "stage_id", "entered_at"],
                    "columns": ["exited_at", "actor_id"],
                },
                "stages": {
                    "key": ["stage_id", "job_id"],
                    "nullable": ["job_id"],
                    "columns": ["stage_name", "stage_order", "stage_type_code"],
                },
                "jobs": {
                    "key": ["job_id"],
                    "columns": [
                        "job_name",
                        "status_code",
                        "job_family",
                        "job_level_code",
                        "job_class_code",
                        "department_id",
                        "office_id",
                        "opened_at",
                        "closed_at",
                        "recruiter_id",
                        "hiring_manager_id",
                    ],
                },
                "job_team": {
                    "key": ["job_id", "user_id", "role_code", "assigned_at"],
                    "nullable": ["assigned_at"],
                    "columns": ["unassigned_at"],
                },
                "openings": {
                    "key": ["opening_id"],
                    "columns": ["job_id", "opened_at", "closed_at", "target_start_on", "filled_application_id"],
                },
                "job_holds": {"key": ["job_id", "held_at"], "columns": ["released_at"]},
                "offers": {
                    "key": ["offer_id", "version_number"],
                    "nullable": ["version_number"],
                    "columns": [
                        "application_id",
                        "status_code",
                        "created_at",
                        "extended_at",
                        "resolved_at",
                        "starts_on",
                        "opening_id",
                    ],
                },
                "close_reasons": {"key": ["close_reason_id"], "columns": ["reason_name", "direction_code"]},
                "interviews": {
                    "key": ["interview_id", "interviewer_id"],
                    "nullable": ["interviewer_id"],
                    "columns": [
                        "application_id",
                        "status_code",
                        "stage_id",
                        "scheduled_at",
                        "starts_at",
                        "ends_at",
                    ],
                },
                "feedback": {
                    "key": ["feedback_id"],
                    "columns": [
                        "application_id",
                        "submitter_id",
                        "interview_id",
                        "submitted_at",
                        "rating_code",
                    ],
                },
                "reviews": {
                    "key": ["review_id"],
                    "columns": [
                        "job_id",
                        "reviewer_id",
                        "requested_at",
                        "candidate_id",
                        "application_id",
                        "decided_at",
                        "decision_code",
                    ],
                },
                "candidates": {"key": ["candidate_id"], "columns": ["created_at", "is_internal", "do_not_contact"]},
                "candidate_contacts": {"key": ["candidate_id", "contact_code", "contact_value"], "columns": []},
                "candidate_merges": {"key": ["from_candidate_id", "merged_at"], "columns": ["to_candidate_id"]},
                "deletions": {"key": ["entity_code", "entity_id"], "columns": ["deleted_at"]},
                "users": {"key": ["user_id"], "columns": ["user_name", "user_email", "is_active"]},
                "departments": {"key": ["department_id"], "columns": ["department_name", "parent_id"]},
                "offices": {"key": ["office_id"], "columns": ["office_name"]},
                "sources": {"key": ["source_id"], "columns": ["source_name", "channel_code"]},
                "sequences": {"key": ["sequence_id"], "columns": ["sequence_name", "owner_id", "created_at"]},
                "sequence_jobs": {
                    "key": ["sequence_id", "job_id", "linked_at"],
                    "nullable": ["linked_at"],
                    "columns": ["unlinked_at"],
                },
                "outreach_messages": {
                    "key": ["message_id"],
                    "columns": [
                        "sent_at",
                        "candidate_id",
                        "recipient_address",
                        "sequence_id",
                        "step_number",
                        "sender_id",
                        "on_behalf_of_id",
                        "subject_text",
                        "medium_code",
                    ],
                },
                "message_links": {
                    "key": ["message_id", "link_url", "link_position"],
                    "nullable": ["link_position"],
                    "columns": [],
                },
                "email_events": {
                    "key": ["event_id"],
                    "columns": [
                        "message_id",
                        "event_code",
                        "occurred_at",
                        "link_url",
                        "is_machine",
                        "reply_class_code",
                        "reply_origin_code",
                        "user_agent",
                        "reply_headers",
                    ],
                },
                "crm_activities": {
                    "key": ["activity_id"],
                    "columns": ["activity_code", "occurred_at", "candidate_id", "actor_id", "job_id"],
                },
                "eeo_answers": {
                    "key": ["application_id", "attribute_code"],
                    "columns": ["group_code", "answered_at"],
                },
                "sla_agreements": {
                    "key": ["job_id", "need_code", "valid_from"],
                    "nullable": ["valid_from"],
                    "columns": ["hours", "valid_to"],
                },
                "source_costs": {"key": ["source_id", "month"], "columns": ["amount"]},
                "headcount": {"key": ["department_id", "job_level_code", "month"], "columns": ["headcount"]},
                "hire_outcomes": {"key": ["application_id"], "columns": ["started_on", "left_on", "retained_days"]},
                "hiring_plan": {
                    "key": ["plan_line_id"],
                    "columns": [
                        "period_start_on",
                        "period_end_on",
                        "planned_hires",
                        "department_id",
                        "job_family",
                        "job_id",
                    ],
                },
            }
        )
    }}
{%- endmacro %}

{#- Key first, then the rest. -#}
{% macro canonical_columns(table) -%}
    {{ return(canonical_spec()[table]["key"] + canonical_spec()[table]["columns"]) }}
{%- endmacro %}

{#- Type of a canonical column, from its name. -#}
{% macro canonical_type(column) -%}
    {%- if column.endswith("_at") -%} {{ return("timestamp") }}
    {%- elif column.endswith("_on") or column in ("month", "valid_from", "valid_to") -%} {{ return("date") }}
    {%- elif column.startswith("is_") or column == "do_not_contact" -%} {{ return("boolean") }}
    {%- elif column in (
        "stage_order",
        "version_number",
        "step_number",
        "link_position",
        "headcount",
        "planned_hires",
        "retained_days",
    ) -%}
        {{ return("integer") }}
    {%- elif column in ("hours", "amount") -%} {{ return("double") }}
    {%- endif -%}
    {{ return("varchar") }}
{%- endmacro %}
