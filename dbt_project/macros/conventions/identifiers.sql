{#-
    Identifiers in the form in which they are compared; '' where the text is none (docs/identity.md). The `text` of each macro is prepared by
    `identifier_text` in a CTE of its own: inside a CASE an engine works a repeated expression out anew each time (measured: four times the cost).
-#}
{#- Digits of a phone number; anything else trimmed and in lower case, but for ids, which are compared as they are written. -#}
{% macro identifier_text(code, text) -%}
    case
        {{ code }}
        when 'phone'
        then {{ replace_pattern(text, "[^0-9]", "") }}
        when 'candidate_id'
        then trim({{ text }})
        else {{ code_key(text) }}
    end
{%- endmacro %}

{#-
    For Gmail without dots and +tag (elsewhere they may be another person's). Role and no-reply addresses identify nobody. Plain string functions:
    a regular expression per address costs four times as much.
-#}
{% macro normal_email(text) -%}
    {%- set mailbox = "split_part(" ~ text ~ ", '@', 1)" -%}
    case
        when {{ text }} not like '%_@_%.%'
        then ''
        when {{ mailbox }} in ('{{ var("identity_role_mailboxes") | join("', '") }}')
        then ''
        when {{ text }} like '%@gmail.com' or {{ text }} like '%@googlemail.com'
        then
            case
                when replace(split_part({{ mailbox }}, '+', 1), '.', '') = ''
                then ''
                else replace(split_part({{ mailbox }}, '+', 1), '.', '') || '@gmail.com'
            end
        else {{ text }}
    end
{%- endmacro %}

{#- The handle after /in/; other LinkedIn addresses (recruiter, sales) are another space of ids. A bare handle is taken as it is. -#}
{% macro normal_linkedin(text) -%}
    case
        when {{ text }} like '%/in/%'
        then split_part(split_part(split_part(split_part({{ text }}, '/in/', 2), '/', 1), '?', 1), '#', 1)
        when {{ text }} like '%/%'
        then ''
        else {{ text }}
    end
{%- endmacro %}

{#- Of the digits: without the international prefix; fewer than 8 digits or one digit repeated is a placeholder. -#}
{% macro normal_phone(text) -%}
    case
        when length({{ text }}) < 8
        then ''
        when replace({{ text }}, substr({{ text }}, 1, 1), '') = ''
        then ''
        when {{ text }} in ('12345678', '123456789', '1234567890')
        then ''
        when {{ text }} like '00%'
        then substr({{ text }}, 3)
        else {{ text }}
    end
{%- endmacro %}
