-- Every canonical application is one row of the facts, and every one that is not a prospect reached applied and ends
-- its ladder in exactly one stage that it did not advance from.
with
    counts as (
        select
            (select count(*) from {{ ref("applications") }}) as canonical_count,
            (select count(*) from {{ ref("fct_applications") }}) as fact_count,
            (select count(*) from {{ ref("fct_applications") }} where not is_prospect) as in_process_count,
            (select count(*) from {{ ref("fct_application_stages") }} where stage_code = 'applied') as applied_count,
            (select count(*) from {{ ref("fct_application_stages") }} where not is_advanced) as last_stage_count
    )

select *
from counts
where canonical_count <> fact_count or in_process_count <> applied_count or in_process_count <> last_stage_count
