-- One row per job and stretch of time on hold: overlapping holds are one stretch, an unreleased hold lasts until
-- as_of.
with
    holds as (
        select
            {{ key("job", ["h.source_system", "h.job_id"]) }} as job_key,
            h.held_at,
            coalesce(h.released_at, clock.as_of) as released_at
        from {{ ref("job_holds") }} as h
        cross join {{ ref("run_clock") }} as clock
        where h.released_at is null or h.released_at > h.held_at
    ),
    marked as (
        select
            *,
            case
                when
                    held_at <= max(released_at) over (
                        partition by job_key
                        order by held_at, released_at
                        rows between unbounded preceding and 1 preceding
                    )
                then 0
                else 1
            end as is_new_stretch
        from holds
    ),
    numbered as (
        select
            *,
            sum(is_new_stretch) over (
                partition by job_key order by held_at, released_at rows between unbounded preceding and current row
            ) as stretch_number
        from marked
    )

select
    job_key, cast(stretch_number as integer) as stretch_number, min(held_at) as held_at, max(released_at) as released_at
from numbered
group by job_key, stretch_number
