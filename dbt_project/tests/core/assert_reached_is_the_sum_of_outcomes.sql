-- Below hired: reached = advanced + rejected + withdrawn + closed + waiting; every row has exactly one of the known
-- outcomes, advanced if and only if it says so, hired only at hired.
select application_key, stage_code, outcome_code
from {{ ref("fct_application_stages") }}
where
    outcome_code is null
    or outcome_code not in ('advanced', 'rejected', 'withdrawn', 'closed', 'waiting', 'hired')
    or (outcome_code = 'advanced') <> is_advanced
    or (outcome_code = 'hired') <> (stage_code = 'hired')
    or is_implied
    and entered_at is not null
    or advanced_at < entered_at
    or age_days < 0
