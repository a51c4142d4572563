-- One row per link inside a message, clicked or not, from canonical files: the latest version of each.
{{ canonical_file_rows("message_links") }}
