-- One row per department and department at or below it (the closure that department_tree slices join).
select cast(null as varchar) as department_key, cast(null as varchar) as descendant_key, cast(null as integer) as depth
where false
