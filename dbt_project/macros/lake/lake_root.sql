{#- Where the log lies, and the same for text inside SQL quotes. -#}
{% macro lake_root() -%} {{ return(env_var("FUNNELCAST_HOME", "dbt_project/target") ~ "/lake") }} {%- endmacro %}

{% macro sql_text(text) -%} {{ return("'" ~ (text | string).replace("'", "''") ~ "'") }} {%- endmacro %}

{#- Half-written files (".tmp-...") are not the log. -#}
{% macro lake_file_pattern() -%} {{ return("[!.]*.parquet") }} {%- endmacro %}
