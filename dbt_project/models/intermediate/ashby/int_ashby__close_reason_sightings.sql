-- One row per version of an application of Ashby, with the reason that it named.
select source_system, record_id as application_id, archive_reason_id as close_reason_id, observed_at
from {{ ref("stg_ashby__applications") }}
