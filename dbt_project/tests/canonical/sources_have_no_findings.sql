-- What a person should look at; nothing is wrong with the numbers (data_coverage says what it is).
{{ config(severity="warn") }} select * from {{ ref("source_findings") }}
