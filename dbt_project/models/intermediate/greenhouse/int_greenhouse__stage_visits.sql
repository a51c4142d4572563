-- One row per stay of an application in a stage, from Greenhouse. application_stages also lists the stages that the job
-- plans and the application never entered: without an entry time a row is a plan, not a visit (counting them gives 100
-- % passthrough).
{#- Rows of the few applications that webhooks tell of: the long list is read once. -#}
{%- set told_rows -%}
    (
        select s.*
        from {{ ref("stg_greenhouse__application_stages") }} as s
        where s.application_id in (select m.application_id from {{ ref("int_greenhouse__webhook_moves") }} as m)
    )
{%- endset %}

with
    {% for name, rows in {
        "listed": ref("stg_greenhouse__application_stages"),
        "listed_of_told": told_rows,
    }.items() -%}
        {{ name }} as (
            select
                source_system,
                application_id,
                job_interview_stage_id,
                entered_at,
                min(exited_at) as exited_at,
                max(observed_at) as observed_at
            from {{ latest_version(rows, "application_stages", "updated_at") }}
            where entered_at is not null
            group by all
        ),
    {% endfor -%}
    only_told as (
        select m.source_system, m.application_id, m.stage_id, m.moved_at, m.observed_at
        from {{ ref("int_greenhouse__webhook_moves") }} as m
        where
            not exists (
                select 1
                from listed_of_told as l
                where
                    l.source_system = m.source_system
                    and l.application_id = m.application_id
                    and l.job_interview_stage_id = m.stage_id
                    and l.entered_at <= m.moved_at + interval 15 minutes
                    and (l.entered_at >= m.not_before or coalesce(l.exited_at, m.moved_at) >= m.moved_at)
            )
    ),
    visits as (
        select *
        from listed
        union all
        select source_system, application_id, stage_id, moved_at, null, observed_at
        from only_told
    ),

    mapped as (
        select
            v.source_system,
            v.application_id,
            v.job_interview_stage_id as stage_id,
            v.entered_at,
            v.exited_at,
            v.observed_at
        from visits as v
    )

select *
from {{ canonical_rows("stage_visits", "mapped") }} as r
