-- One row per outreach sequence, over all sources. One created at or after as_of is not there.
{{ canonical_model("sequences", happened="created_at") }}
