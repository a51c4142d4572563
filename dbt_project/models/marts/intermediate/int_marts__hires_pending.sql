-- One row per requisition with an accepted offer whose application is not yet called hired: how many, and how many of
-- them fill a seat already.
select a.job_key, count(*) as pending_count, {{ count_where("o.application_key is not null") }} as seated_count
from {{ ref("fct_applications") }} as a
left join
    (select distinct filled_application_key as application_key from {{ ref("fct_openings") }}) as o
    on a.application_key = o.application_key
where a.is_hire_pending and a.job_key is not null
group by a.job_key
