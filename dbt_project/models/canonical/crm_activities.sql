-- One row per other act in the CRM, over all sources.
{{ canonical_model("crm_activities", happened="occurred_at") }}
