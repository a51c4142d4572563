-- One row per source of candidates (job board, referral programme, agency, ...) of a source system.
select
    {{ key("source", ["s.source_system", "s.source_id"]) }} as source_key,
    s.source_system,
    s.source_id,
    s.source_name,
    coalesce(c.channel_code, s.channel_code, 'unknown') as channel_code
from {{ ref("sources") }} as s
left join {{ ref("source_codes") }} as c on c.source_system = s.source_system and c.source_id = s.source_id
