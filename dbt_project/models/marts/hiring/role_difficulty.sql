-- One row per job family with a requisition that was open in the trailing 12 months.
-- Three measures of the trailing 12 months: median days to fill of the openings filled, applications per hire of those
-- who applied, acceptance of the offers extended. difficulty_rank 1 is the hardest: each measure ranks the families
-- that have it (long, many, low = hard), the mean of a family's ranks orders them, more days and then the name break a
-- tie. A family without a hire in the window has no rank, because nothing says how hard it would have been.
with
    families as (
        select distinct j.job_family
        from {{ ref("dim_jobs") }} as j
        cross join {{ ref("run_clock") }} as clock
        where
            j.job_class = 'role'
            -- A requisition without a name belongs to no family.
            and j.job_family is not null
            and j.opened_at < clock.as_of
            and (j.closed_at is null or j.closed_at >= {{ add_days("clock.as_of", "-365") }})
    ),

    fills as (
        select j.job_family, count(*) as filled_count, {{ median("o.days_to_fill") }} as median_days_to_fill
        from {{ ref("fct_openings") }} as o
        inner join {{ ref("dim_jobs") }} as j on o.job_key = j.job_key
        cross join {{ ref("run_clock") }} as clock
        where o.filled_at >= {{ add_days("clock.as_of", "-365") }} and o.filled_at < clock.as_of
        group by j.job_family
    ),

    entrants as (
        select
            slice_key as job_family,
            max(case when stage_code = 'applied' then reached_count end) as applications_count,
            max(case when stage_code = 'hired' then reached_count end) as hires_count
        from {{ ref("funnel_passthrough") }}
        where slice_type = 'job_family' and cohort_code = 'trailing_12m' and stage_code in ('applied', 'hired')
        group by slice_key
    ),

    offers as (
        select
            o.job_family,
            {{ count_where("o.status_code = 'accepted'") }} as accepted_count,
            {{ count_where("o.status_code in ('accepted', 'declined', 'expired')") }} as answered_count
        from {{ ref("fct_offers") }} as o
        cross join {{ ref("run_clock") }} as clock
        where o.cohort_at >= {{ add_days("clock.as_of", "-365") }}
        group by o.job_family
    ),

    measured as (
        select
            f.job_family,
            coalesce(i.filled_count, 0) as filled_count,
            i.median_days_to_fill,
            coalesce(e.applications_count, 0) as applications_count,
            coalesce(e.hires_count, 0) as hires_count,
            {{ rate("e.applications_count", "e.hires_count") }} as applications_per_hire,
            coalesce(o.answered_count, 0) as answered_offers_count,
            {{ rate_columns("offer_acceptance_rate", "o.accepted_count", "o.answered_count") }}
        from families as f
        left join fills as i on f.job_family = i.job_family
        left join entrants as e on f.job_family = e.job_family
        left join offers as o on f.job_family = o.job_family
    ),

    ranks as (
        select job_family, rank() over (order by median_days_to_fill desc) as place
        from measured
        where median_days_to_fill is not null
        union all
        select job_family, rank() over (order by applications_per_hire desc) as place
        from measured
        where applications_per_hire is not null
        union all
        select job_family, rank() over (order by offer_acceptance_rate) as place
        from measured
        where offer_acceptance_rate is not null
    ),

    hardness as (select job_family, avg(place) as mean_place from ranks group by job_family),

    ranked as (
        select
            m.job_family,
            row_number() over (order by h.mean_place, m.median_days_to_fill desc nulls last, m.job_family) as place
        from measured as m
        inner join hardness as h on m.job_family = h.job_family
        where m.hires_count > 0 or m.filled_count > 0
    )

select
    m.job_family,
    m.filled_count,
    m.median_days_to_fill,
    m.applications_count,
    m.hires_count,
    m.applications_per_hire,
    m.answered_offers_count,
    m.offer_acceptance_rate,
    m.offer_acceptance_rate_low,
    m.offer_acceptance_rate_high,
    cast(r.place as integer) as difficulty_rank,
    clock.as_of
from measured as m
left join ranked as r on m.job_family = r.job_family
cross join {{ ref("run_clock") }} as clock
