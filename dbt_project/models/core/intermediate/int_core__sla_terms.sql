-- One row per job, need and stretch of days for which a service level was agreed: [from_on, to_on), later agreements
-- cutting earlier ones.
with
    agreed as (
        select
            {{ key("job", ["source_system", "job_id"]) }} as job_key,
            need_code,
            hours,
            coalesce(valid_from, cast('0001-01-01' as date)) as from_on,
            coalesce({{ date_add_days("valid_to", 1) }}, cast('9999-12-31' as date)) as valid_to_on
        from {{ ref("sla_agreements") }}
    ),
    cut as (
        select
            *,
            lead(from_on, 1, cast('9999-12-31' as date)) over (
                partition by job_key, need_code order by from_on
            ) as next_from_on
        from agreed
    )

select
    job_key,
    need_code,
    hours,
    from_on,
    case when next_from_on < valid_to_on then next_from_on else valid_to_on end as to_on
from cut
