-- One row per slice: a member of a slice type, or those of it that no list has, numbered.
-- The number is internal to one build (macros/metrics/slices.sql); what is published is slice_type, slice_key and
-- slice_name.
select distinct slice_id, slice_type, slice_key, slice_name from {{ ref("int_marts__slice_members") }}
