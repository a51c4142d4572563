-- One row per merge of two candidates of a source, over all sources. A merge at or after as_of has not happened.
{{ canonical_model("candidate_merges", happened="merged_at") }}
