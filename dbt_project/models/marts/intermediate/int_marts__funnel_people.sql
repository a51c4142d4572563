-- One row per month x slices x how far people came, counted: candidate x requisition, once, however often they were
-- written to or applied.
-- Messages sent before the application are the person's contact, and the person is from outreach if the last of them
-- was sent within attribution_window_days of the application; who wrote first and applied long after came by
-- themselves. outreach_order is the furthest outreach stage (20 contacted, 30 replied, 40 interested; who is from
-- outreach and in process was interested), furthest_stage_order the furthest from applied on. own_ladder are the stages
-- reached by who applied without a job that a list has: they have no job's ladder.
with
    applied as (
        select
            coalesce(candidate_key, application_key) as candidate_key,
            job_key,
            min(application_key) as application_key,
            count(*) as application_count,
            min(applied_at) as applied_at,
            max(furthest_stage_order) as furthest_stage_order
        from {{ ref("fct_applications") }}
        where not is_prospect
        group by coalesce(candidate_key, application_key), job_key
    ),

    {#- Who applied again counts in the slices of the first application. -#}
    repeated as (
        select
            p.candidate_key,
            p.job_key,
            a.application_key,
            row_number() over (
                partition by p.candidate_key, p.job_key order by a.applied_at, a.application_key
            ) as application_number
        from applied as p
        inner join {{ ref("fct_applications") }} as a on p.candidate_key = a.candidate_key and p.job_key = a.job_key
        where p.application_count > 1 and not a.is_prospect
    ),

    own_ladders as (
        select
            coalesce(a.candidate_key, a.application_key) as candidate_key,
            coalesce(a.job_key, 'none') as job_key,
            '|'
            || {{ string_list("cast(s.stage_order as " ~ text_type() ~ ")", order="s.stage_order", separator="|") }}
            || '|' as own_ladder
        from {{ ref("fct_application_stages") }} as s
        inner join {{ ref("fct_applications") }} as a on s.application_key = a.application_key
        left join {{ ref("dim_jobs") }} as j on a.job_key = j.job_key
        where j.job_key is null
        group by coalesce(a.candidate_key, a.application_key), coalesce(a.job_key, 'none')
    ),

    first_of_several as (select candidate_key, job_key, application_key from repeated where application_number = 1),

    contacts as (
        select
            m.candidate_key,
            m.job_key,
            min(m.sent_at) as contacted_at,
            max(m.sent_at) as last_contacted_at,
            {{ any_true("m.is_replied") }} as is_replied,
            {{ any_true("m.is_replied and m.reply_class_code = 'interested'") }} as is_interested
        from {{ ref("fct_outreach_messages") }} as m
        left join applied as p on m.candidate_key = p.candidate_key and m.job_key = p.job_key
        where
            m.candidate_key is not null
            and m.job_key is not null
            and (p.applied_at is null or m.sent_at <= p.applied_at)
        group by m.candidate_key, m.job_key
    ),

    {#- Who was contacted and did not apply (yet) counts in the slices of the requisition, as sourced. -#}
    requisitions as (
        select d.job_key, {{ slice_numbers(slice_types()) }}
        from {{ ref("dim_jobs") }} as d {{ join_slices(slice_types(), "d", is_requisition=true) }}
    ),

    sourced as (
        select
            {{ slice_columns("j") }},
            c.contacted_at as began_at,
            case when c.is_interested then 40 when c.is_replied then 30 else 20 end as outreach_order,
            true as is_from_outreach,
            cast(null as integer) as furthest_stage_order,
            cast(null as {{ text_type() }}) as own_ladder
        from contacts as c
        inner join requisitions as j on c.job_key = j.job_key
        left join applied as p on c.candidate_key = p.candidate_key and c.job_key = p.job_key
        where p.candidate_key is null
    ),

    in_process as (
        select
            {{ slice_columns("s") }},
            coalesce(c.contacted_at, p.applied_at) as began_at,
            case
                when c.last_contacted_at >= {{ add_days("p.applied_at", "-" ~ var("attribution_window_days")) }}
                then 40
                when c.is_interested
                then 40
                when c.is_replied
                then 30
                when c.contacted_at is not null
                then 20
            end as outreach_order,
            coalesce(
                c.last_contacted_at >= {{ add_days("p.applied_at", "-" ~ var("attribution_window_days")) }}, false
            ) as is_from_outreach,
            p.furthest_stage_order,
            o.own_ladder
        from applied as p
        left join own_ladders as o on p.candidate_key = o.candidate_key and coalesce(p.job_key, 'none') = o.job_key
        left join first_of_several as r on p.candidate_key = r.candidate_key and p.job_key = r.job_key
        inner join
            {{ ref("int_marts__application_slices") }} as s
            on coalesce(r.application_key, p.application_key) = s.application_key
        left join contacts as c on p.candidate_key = c.candidate_key and p.job_key = c.job_key
        where p.applied_at is not null
    )

select
    {{ slice_columns("e") }},
    {{ period_start("month", "began_at") }} as month,
    outreach_order,
    is_from_outreach,
    furthest_stage_order,
    own_ladder,
    count(*) as people_count
from
    (
        select *
        from in_process
        union all
        select {{ slice_columns("s") }}, began_at, outreach_order, is_from_outreach, furthest_stage_order, own_ladder
        from sourced as s
    ) as e
group by
    {{ slice_columns("e") }},
    {{ period_start("month", "began_at") }},
    outreach_order,
    is_from_outreach,
    furthest_stage_order,
    own_ladder
