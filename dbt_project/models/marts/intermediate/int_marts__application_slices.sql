-- One row per application: the numbers of its slices, one column per slice type (macros/metrics/slices.sql).
select a.application_key, {{ slice_numbers(slice_types()) }}
from {{ ref("fct_applications") }} as a {{ join_slices(slice_types(), "a") }}
