-- One row per outreach sequence, over all sources.
{{ canonical_model("sequences", happened="created_at") }}
