-- One row per department of a source.
select
    {{ key("department", ["source_system", "department_id"]) }} as department_key,
    source_system,
    department_id,
    department_name,
    {{ optional_key("department", ["source_system", "parent_id"]) }} as parent_department_key
from {{ ref("departments") }}
