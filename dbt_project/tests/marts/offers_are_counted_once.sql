-- A cohort's offers are what became of them, and the slices of a type hold each offer once.
with
    sums as (
        select
            quarter,
            slice_type,
            sum(extended_count) as extended_count,
            sum(open_count + accepted_count + declined_count + expired_count + rescinded_count) as settled_count
        from {{ ref("offer_acceptance") }}
        where slice_type <> 'department_tree'
        group by quarter, slice_type
    )

select s.quarter, s.slice_type, s.extended_count, s.settled_count, c.extended_count as company_count
from sums as s
left join sums as c on s.quarter = c.quarter and c.slice_type = 'company'
where s.extended_count <> s.settled_count or s.extended_count <> coalesce(c.extended_count, -1)
