-- One row per job: the numbers of its slices of the types that a job alone decides, for sums over jobs.
select j.job_key, {{ slice_numbers(slice_types("decides")) }}
from {{ ref("dim_jobs") }} as j {{ join_slices(slice_types("decides"), "j") }}
