{#- Identifiers in the form in which they are compared; '' where the text is none (docs/concepts.md "One identity per person"). -#}
{#-
    Trimmed, lower case; for Gmail also without dots and +tag (elsewhere dots and tags may be another person's). Role and no-reply addresses
    identify nobody. Plain string functions: a regular expression per address costs four times as much.
-#}
{% macro normal_email(text) -%}
    {%- set address = name_key(text) -%}
    {%- set mailbox = "split_part(" ~ address ~ ", '@', 1)" -%}
    {%- set roles = [
        "jobs",
        "job",
        "career",
        "careers",
        "recruiting",
        "recruitment",
        "talent",
        "hr",
        "info",
        "noreply",
        "no-reply",
        "donotreply",
        "do-not-reply",
        "agency",
        "office",
        "contact",
        "hello",
        "team",
    ] -%}
    case
        when {{ address }} not like '%_@_%.%'
        then ''
        when {{ mailbox }} in ('{{ roles | join("', '") }}')
        then ''
        when {{ address }} like '%@gmail.com' or {{ address }} like '%@googlemail.com'
        then replace(split_part({{ mailbox }}, '+', 1), '.', '') || '@gmail.com'
        else {{ address }}
    end
{%- endmacro %}

{#- The handle after /in/; other LinkedIn addresses (recruiter, sales) are another space of ids. A bare handle is taken as it is. -#}
{% macro normal_linkedin(text) -%}
    {%- set address = name_key(text) -%}
    case
        when {{ address }} like '%/in/%'
        then split_part(split_part(split_part(split_part({{ address }}, '/in/', 2), '/', 1), '?', 1), '#', 1)
        when {{ address }} like '%/%'
        then ''
        else {{ address }}
    end
{%- endmacro %}

{#- Of the digits of a number: without the international prefix; fewer than 8 digits or one digit repeated is a placeholder. -#}
{% macro normal_phone(digits) -%}
    case
        when length({{ digits }}) < 8
        then ''
        when replace({{ digits }}, substr({{ digits }}, 1, 1), '') = ''
        then ''
        when {{ digits }} in ('12345678', '123456789', '1234567890')
        then ''
        when {{ digits }} like '00%'
        then substr({{ digits }}, 3)
        else {{ digits }}
    end
{%- endmacro %}
