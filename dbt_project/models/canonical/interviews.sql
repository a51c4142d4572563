-- One row per interview x interviewer, over all sources.
{% set status_code %}
case
    when coalesce(r.ends_at, r.starts_at) >= clock.as_of and r.status_code in ('complete', 'awaiting_feedback')
    then 'scheduled'
    else r.status_code
end
{% endset %}

{{ canonical_model("interviews", happened="scheduled_at", replace={"status_code": status_code}) }}
