-- One row per month x department x level with a headcount, with the department's key.
-- People systems seldom know the ATS's source: where its own source does not know the department, it is that of the
-- only source that does.
with departments as (select source_system, department_id from {{ ref("departments") }})

select
    {{ optional_key("department", [home_of("h", "departments"), "h.department_id"]) }} as department_key,
    h.job_level_code,
    cast(h.month as date) as month,
    cast(sum(h.headcount) as bigint) as headcount
from {{ ref("headcount") }} as h {{ join_homes("h", "departments", "department_id") }}
group by 1, 2, 3
