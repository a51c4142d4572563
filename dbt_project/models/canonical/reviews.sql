-- One row per request to review a prospect or resume, over all sources.
{% set decision_code %}
case when r.decided_at is null or r.decided_at < clock.as_of then r.decision_code end
{% endset %}

{{
    canonical_model(
        "reviews", happened="requested_at", clear=["decided_at"], replace={"decision_code": decision_code}
    )
}}
