-- One row per merge of two candidates of a source, over all sources.
{{ canonical_model("candidate_merges", happened="merged_at") }}
