{#- Identifiers in the form in which they are compared; '' where the text is none (docs/concepts.md "One identity per person"). -#}
{#-
    Trimmed, lower case; for Gmail also without dots and +tag (elsewhere dots and tags may be another person's). Role and no-reply addresses
    identify nobody.
-#}
{% macro normal_email(text) -%}
    case
        when {{ text }} not like '%_@_%.%'
        then ''
        when
            {{
                matches_pattern(
                    name_key(text),
                    "'^(jobs|careers?|recruiting|talent|hr|info|no-?reply|do-?not-?reply|agency|office|contact|hello|team)@'",
                )
            }}
        then ''
        when {{ matches_pattern(name_key(text), "'@(gmail|googlemail)[.]com$'") }}
        then replace({{ extract_pattern(name_key(text), "^([^@+]+)") }}, '.', '') || '@gmail.com'
        else {{ name_key(text) }}
    end
{%- endmacro %}

{#- The handle after /in/; other LinkedIn addresses (recruiter, sales) are another space of ids. A bare handle is taken as it is. -#}
{% macro normal_linkedin(text) -%}
    case
        when {{ text }} like '%/%' then {{ extract_pattern(name_key(text), "/in/([^/?#]+)") }} else {{ name_key(text) }}
    end
{%- endmacro %}

{#- Digits of an international number; fewer than 8 digits or one digit repeated is a placeholder. -#}
{% macro normal_phone(text) -%}
    case
        when length({{ replace_pattern(text, "[^0-9]", "") }}) < 8
        then ''
        when
            {{
                matches_pattern(
                    replace_pattern(text, "[^0-9]", ""), "'^(0+|1+|2+|3+|4+|5+|6+|7+|8+|9+|1234567890?)$'"
                )
            }}
        then ''
        else {{ replace_pattern(replace_pattern(text, "[^0-9]", ""), "^00", "") }}
    end
{%- endmacro %}
