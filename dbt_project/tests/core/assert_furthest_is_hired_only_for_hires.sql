-- Furthest is hired if and only if the outcome is hired, and a hire stands at hired in the funnel once.
with
    hires as (
        select application_key, count(*) as row_count
        from {{ ref("fct_application_stages") }}
        where stage_code = 'hired'
        group by application_key
    )

select a.application_key
from {{ ref("fct_applications") }} as a
left join hires as h on h.application_key = a.application_key
where
    (a.status_code = 'hired') <> (a.furthest_stage_code = 'hired')
    or (a.furthest_stage_code = 'hired' and not a.is_prospect) <> (h.row_count is not null)
