-- One row per message sent to one person, from canonical files: the latest version of each.
{{ canonical_file_rows("outreach_messages") }}
