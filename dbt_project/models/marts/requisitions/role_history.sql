-- One row per requisition that has one of the same role before it, with the latest of them.
-- The same role: job family, level and office (what a source does not say is the same as not said elsewhere). Before
-- it: opened earlier and closed by as_of, the latest opened first, so that a twin opened the same week is no history.
-- Templates and pools are no requisitions.
with
    roles as (
        select
            job_key,
            job_family,
            coalesce(job_level_code, 'none') as level_code,
            coalesce(office_key, 'none') as office_key,
            opened_at,
            closed_at,
            status
        from {{ ref("dim_jobs") }}
        where job_class = 'role' and opened_at is not null
    ),

    {#- In the order of opening, with the latest closed one up to each, and how many opened before its instant. -#}
    places as (
        select
            *,
            row_number() over (partition by job_family, level_code, office_key order by opened_at, job_key) as place,
            rank() over (partition by job_family, level_code, office_key order by opened_at) - 1 as place_before
        from roles
    ),

    pointed as (
        select
            *,
            max(case when status = 'closed' then place end) over (
                partition by job_family, level_code, office_key
                order by place
                rows between unbounded preceding and current row
            ) as closed_place
        from places
    ),

    pairs as (
        select
            p.job_key,
            q.job_key as previous_job_key,
            q.opened_at as previous_opened_at,
            q.closed_at as previous_closed_at
        from places as p
        inner join
            pointed as before
            on p.job_family = before.job_family
            and p.level_code = before.level_code
            and p.office_key = before.office_key
            and p.place_before = before.place
        inner join
            places as q
            on before.job_family = q.job_family
            and before.level_code = q.level_code
            and before.office_key = q.office_key
            and before.closed_place = q.place
    ),

    wanted as (select distinct previous_job_key as job_key from pairs),

    fills as (
        select o.job_key, count(o.filled_at) as filled_count, {{ median("o.days_to_fill") }} as days_to_fill
        from {{ ref("fct_openings") }} as o
        inner join wanted as w on o.job_key = w.job_key
        group by o.job_key
    ),

    by_source as (
        select
            a.job_key,
            coalesce(a.source_key, 'none') as source_key,
            count(*) as applications_count,
            {{ count_where("a.status_code = 'hired'") }} as hires_count,
            {{ count_where("a.furthest_stage_order >= onsite.stage_order") }} as onsites_count
        from {{ ref("fct_applications") }} as a
        inner join wanted as w on a.job_key = w.job_key
        inner join {{ ref("dim_stages") }} as onsite on onsite.stage_code = 'onsite'
        where not a.is_prospect
        group by a.job_key, coalesce(a.source_key, 'none')
    ),

    sources as (
        select
            *,
            row_number() over (
                partition by job_key order by hires_count desc, onsites_count desc, applications_count desc, source_key
            ) as source_rank
        from by_source
    ),

    applied as (
        select
            job_key,
            cast(sum(applications_count) as bigint) as applications_count,
            cast(sum(onsites_count) as bigint) as onsites_count,
            cast(sum(hires_count) as bigint) as hires_count,
            max(case when source_rank = 1 then source_key end) as top_source_key
        from sources
        group by job_key
    ),

    offers as (
        select o.job_key, count(*) as offers_count, {{ count_where("o.status_code = 'declined'") }} as declined_count
        from {{ ref("fct_offers") }} as o
        inner join wanted as w on o.job_key = w.job_key
        group by o.job_key
    )

select
    p.job_key,
    p.previous_job_key,
    p.previous_opened_at,
    p.previous_closed_at,
    f.days_to_fill,
    coalesce(f.filled_count, 0) as filled_count,
    coalesce(a.applications_count, 0) as applications_count,
    coalesce(a.onsites_count, 0) as onsites_count,
    coalesce(a.hires_count, 0) as hires_count,
    {{ rate("a.applications_count", "a.hires_count") }} as applications_per_hire,
    coalesce(o.offers_count, 0) as offers_count,
    coalesce(o.declined_count, 0) as declined_count,
    nullif(a.top_source_key, 'none') as top_source_key,
    clock.as_of
from pairs as p
left join fills as f on p.previous_job_key = f.job_key
left join applied as a on p.previous_job_key = a.job_key
left join offers as o on p.previous_job_key = o.job_key
cross join {{ ref("run_clock") }} as clock
