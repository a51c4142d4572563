-- One row per application (a candidate on a requisition), over all sources.
-- An application that ended at or after as_of is active again, without end, reason or hire; one that began there is
-- not there. A hire ended when it was made, whenever its file was closed. An end without a time stays as known.
{{ config(materialized="stored_table") }}

{% set end_time = "case when r.status_code = 'hired' then coalesce(r.hired_at, r.closed_at) else coalesce(r.closed_at, r.hired_at) end" %}
{% set is_ended = "coalesce(" ~ end_time ~ " < clock.as_of, true)" %}

{{
    canonical_model(
        "applications",
        happened="applied_at",
        clear=["last_activity_at"],
        replace={
            "status_code": "case when " ~ is_ended ~ " then r.status_code else 'active' end",
            "hired_at": "case when " ~ is_ended ~ " and r.hired_at < clock.as_of then r.hired_at end",
            "closed_at": "case when " ~ is_ended ~ " and r.closed_at < clock.as_of then r.closed_at end",
            "close_reason_id": "case when " ~ is_ended ~ " then r.close_reason_id end",
        },
    )
}}
