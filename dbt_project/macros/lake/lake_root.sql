{#- Where the log lies, and the same for text inside SQL quotes. -#}
{% macro lake_root() -%} {{ return(env_var("FUNNELCAST_HOME", "demo_home") ~ "/lake") }} {%- endmacro %}

{% macro sql_text(text) -%} {{ return("'" ~ (text | string).replace("'", "''") ~ "'") }} {%- endmacro %}
