-- One row per application (a candidate on a requisition), over all sources. A hire ended when it was made, whenever its
-- file was closed.
{{ config(materialized="stored_table") }}

{% set is_ended %}
coalesce(
    case
        when r.status_code = 'hired'
        then coalesce(r.hired_at, r.closed_at)
        else coalesce(r.closed_at, r.hired_at)
    end
    < clock.as_of,
    true
)
{% endset %}
{% set status_code %} case when {{ is_ended }} then r.status_code else 'active' end {% endset %}
{% set hired_at %} case when {{ is_ended }} and r.hired_at < clock.as_of then r.hired_at end {% endset %}
{% set closed_at %} case when {{ is_ended }} and r.closed_at < clock.as_of then r.closed_at end {% endset %}
{% set close_reason_id %} case when {{ is_ended }} then r.close_reason_id end {% endset %}

{{
    canonical_model(
        "applications",
        happened="applied_at",
        clear=["last_activity_at"],
        replace={
            "status_code": status_code,
            "hired_at": hired_at,
            "closed_at": closed_at,
            "close_reason_id": close_reason_id,
        },
    )
}}
