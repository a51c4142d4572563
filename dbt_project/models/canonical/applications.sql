-- One row per application (a candidate on a requisition), over all sources. A hire ended when it was made, whenever its
-- file was closed: at the acceptance of its offer, else at the source's time of it, else at the close. A source's time
-- that is still to come, beside an acceptance or a close before as_of, is the first day at work.
{{ config(materialized="stored_table") }}

{% set hired_at %}
coalesce(
    o.accepted_at,
    case when r.hired_at >= clock.as_of and r.closed_at < clock.as_of then r.closed_at else r.hired_at end,
    r.closed_at
)
{% endset %}
{% set rows %}
    select
        r.*,
        coalesce(
            case when r.status_code = 'hired' then {{ hired_at }} else coalesce(r.closed_at, r.hired_at) end < clock.as_of,
            true
        ) as is_ended
    from ({{ canonical_union("applications") }}) as r
    cross join {{ ref("run_clock") }} as clock
    left join
        {{ ref("offer_acceptances") }} as o
        on o.source_system = r.source_system
        and o.application_id = r.application_id
{% endset %}

{{
    canonical_model(
        "applications",
        happened="applied_at",
        clear=["last_activity_at"],
        replace={
            "status_code": "case when r.is_ended then r.status_code else 'active' end",
            "hired_at": "case when r.is_ended and r.hired_at < clock.as_of then r.hired_at end",
            "closed_at": "case when r.is_ended and r.closed_at < clock.as_of then r.closed_at end",
            "close_reason_id": "case when r.is_ended then r.close_reason_id end",
        },
        derived={
            "starts_on": "case when r.is_ended and r.status_code = 'hired' and r.hired_at >= clock.as_of then "
            ~ local_date("r.hired_at")
            ~ " end",
        },
        rows=rows,
    )
}}
