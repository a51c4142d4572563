-- Every slice type but department_tree (which gathers sub-departments) holds each application once, so its members
-- add up to the company. Rows of this test are cohorts and stages where a slice type does not.
with
    sums as (
        select
            cohort_code,
            stage_code,
            slice_type,
            sum(entered_count) as entered_count,
            sum(reached_count) as reached_count,
            sum(advanced_count) as advanced_count,
            sum(waiting_count) as waiting_count
        from {{ ref("funnel_passthrough") }}
        where slice_type <> 'department_tree'
        group by cohort_code, stage_code, slice_type
    )

select s.cohort_code, s.stage_code, s.slice_type, s.reached_count, c.reached_count as company_count
from sums as s
inner join sums as c on s.cohort_code = c.cohort_code and s.stage_code = c.stage_code and c.slice_type = 'company'
where
    s.entered_count <> c.entered_count
    or s.reached_count <> c.reached_count
    or s.advanced_count <> c.advanced_count
    or s.waiting_count <> c.waiting_count
