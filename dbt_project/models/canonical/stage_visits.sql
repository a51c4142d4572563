-- One row per stay of an application in a stage with a real entry time, over all sources.
{{ config(materialized="stored_table") }}
{{ canonical_model("stage_visits", happened="entered_at", clear=["exited_at"]) }}
