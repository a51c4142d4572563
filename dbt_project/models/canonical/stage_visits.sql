-- One row per stay of an application in a stage with a real entry time, over all sources.
-- A stay that began at or after as_of is not there; an exit at or after it has not happened.
{{ config(materialized="stored_table") }}
{{ canonical_model("stage_visits", happened="entered_at", clear=["exited_at"]) }}
