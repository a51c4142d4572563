-- Below hired: reached = advanced + rejected + withdrawn + closed + waiting. Along a job's ladder: advanced from a
-- stage = reached the next one. Who has no job that a list has has a ladder alone, without a next stage.
with
    funnel as (select * from {{ ref("funnel_passthrough") }}),

    leaks as (
        select cohort_code, slice_type, slice_key, stage_code
        from funnel
        where
            stage_code <> 'hired'
            and reached_count <> advanced_count + rejected_count + withdrawn_count + closed_count + waiting_count
    ),

    steps as (
        select f.cohort_code, f.slice_type, f.slice_key, f.stage_code
        from funnel as f
        left join
            funnel as n
            on f.cohort_code = n.cohort_code
            and f.slice_type = n.slice_type
            and f.slice_key = n.slice_key
            and f.next_stage_code = n.stage_code
        where
            f.slice_type = 'job'
            and f.slice_key not in ('none', 'unknown')
            and f.stage_code <> 'hired'
            and f.advanced_count <> coalesce(n.reached_count, 0)
    )

select *
from leaks
union all
select *
from steps
