-- One row per outreach sequence.
select
    {{ key("sequence", ["source_system", "sequence_id"]) }} as sequence_key,
    source_system,
    sequence_id,
    sequence_name,
    {{ optional_key("user", ["source_system", "owner_id"]) }} as owner_key,
    created_at
from {{ ref("sequences") }}
