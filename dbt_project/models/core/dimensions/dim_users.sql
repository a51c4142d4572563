-- One row per user of a source (employee); the only table with employees' names.
select
    {{ key("user", ["source_system", "user_id"]) }} as user_key,
    source_system,
    user_id,
    user_name,
    lower(trim(user_email)) as user_email,
    coalesce(is_active, true) as is_active
from {{ ref("users") }}
