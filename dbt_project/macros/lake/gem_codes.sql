{#- A word of Gem's export as the code that its API writes: 'Follow-up' -> 'follow_up', 'Not Interested' -> 'not_interested'. -#}
{% macro gem_code(text) -%} replace(replace(lower({{ text }}), '-', '_'), ' ', '_') {%- endmacro %}
