-- One row per version of an opportunity of Lever, with the reason that it named.
select source_system, record_id as application_id, archive_reason_id as close_reason_id, observed_at
from {{ ref("stg_lever__opportunities") }}
