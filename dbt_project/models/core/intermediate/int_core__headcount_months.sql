-- One row per month x department x level with a headcount, with the department's key.
-- People systems seldom know the ATS's source: where its own source does not know the department, it is that of the
-- only source that does.
with
    departments as (select source_system, department_id from {{ ref("departments") }}),
    department_homes as ({{ only_homes("departments", "department_id") }})

select
    {{
        optional_key(
            "department",
            [
                "case when d.department_id is null then coalesce(dh.source_system, h.source_system) "
                "else h.source_system end",
                "h.department_id",
            ],
        )
    }} as department_key,
    h.job_level_code,
    cast(h.month as date) as month,
    cast(sum(h.headcount) as bigint) as headcount
from {{ ref("headcount") }} as h
left join departments as d on d.source_system = h.source_system and d.department_id = h.department_id
left join department_homes as dh on dh.department_id = h.department_id
group by 1, 2, 3
