-- One row per version of rejection details of Greenhouse, with the reason that it named.
select source_system, application_id, rejection_reason_id as close_reason_id, observed_at
from {{ ref("stg_greenhouse__rejection_details") }}
