-- One row per department slice and department_tree slice that gathers it.
select own.slice_id as department_slice, gathering.slice_id as tree_slice
from {{ ref("int_marts__slices") }} as own
left join {{ ref("dim_department_tree") }} as tree on own.slice_key = tree.descendant_key
inner join
    {{ ref("int_marts__slices") }} as gathering
    on gathering.slice_type = 'department_tree'
    and coalesce(tree.department_key, own.slice_key) = gathering.slice_key
where own.slice_type = 'department'
