-- One row per other act in the CRM, over all sources. An act at or after as_of has not happened.
{{ canonical_model("crm_activities", happened="occurred_at") }}
