-- One row per opening, over all sources.
{% set filled_application_id %}
case when r.closed_at is null or r.closed_at < clock.as_of then r.filled_application_id end
{% endset %}

{{
    canonical_model(
        "openings",
        happened="opened_at",
        clear=["closed_at"],
        replace={"filled_application_id": filled_application_id},
    )
}}
