-- One row per reason for which an application is closed, over all sources.
{{ canonical_model("close_reasons") }}
