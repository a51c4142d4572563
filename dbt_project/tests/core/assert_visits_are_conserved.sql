-- Every canonical visit of a known application is one row, none ends before it begins, at most one of an application is
-- open and that is its last.
with
    counts as (
        select
            (
                select count(*)
                from {{ ref("stage_visits") }} as v
                inner join
                    {{ ref("applications") }} as a
                    on a.source_system = v.source_system
                    and a.application_id = v.application_id
                where v.entered_at is not null
            ) as canonical_count,
            (select count(*) from {{ ref("fct_stage_visits") }}) as fact_count,
            (
                select count(*)
                from {{ ref("fct_stage_visits") }}
                where exited_at < entered_at or (is_open and not is_last)
            ) as wrong_count
    )

select *
from counts
where canonical_count <> fact_count or wrong_count > 0
