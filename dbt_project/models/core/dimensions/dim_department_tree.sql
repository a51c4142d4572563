-- One row per department and department at or below it (the closure that department_tree slices join).
-- A parent that is not there ends the walk; so do more than {{ var('department_depth', 20) }} levels, which only a
-- circle reaches.
with recursive
    walk as (
        select department_key, department_key as descendant_key, 0 as depth
        from {{ ref("dim_departments") }}
        union all
        select walk.department_key, child.department_key as descendant_key, walk.depth + 1 as depth
        from walk
        inner join {{ ref("dim_departments") }} as child on child.parent_department_key = walk.descendant_key
        where walk.depth < {{ var("department_depth", 20) }}
    )

select department_key, descendant_key, min(depth) as depth
from walk
group by department_key, descendant_key
