-- One row per requisition, over all sources.
{% set status_code %}
case
    when r.opened_at >= clock.as_of then 'draft'
    when r.closed_at >= clock.as_of and r.status_code = 'closed' then 'open'
    else r.status_code
end
{% endset %}

{{ canonical_model("jobs", clear=["opened_at", "closed_at"], replace={"status_code": status_code}) }}
