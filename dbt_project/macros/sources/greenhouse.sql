{#- Greenhouse's statuses -> canonical codes (what is not one of them is shown as it is, and a test on the canonical model names it). -#}
{#- `active` is only the filter's word: records say in_process. There is one word for every end; `is_refused`: after the candidate refused an offer. -#}
{% macro greenhouse_application_status(status, is_refused) -%}
    case
        {{ status }}
        when 'in_process'
        then 'active'
        when 'active'
        then 'active'
        when 'hired'
        then 'hired'
        when 'rejected'
        then {{ ended_status(is_refused) }}
        when 'converted'
        then 'closed'
        else {{ status }}
    end
{%- endmacro %}

{% macro greenhouse_offer_status(status, sent_on, direction, reason_name) -%}
    case
        when {{ status }} = 'Created' and {{ sent_on }} is null
        then 'draft'
        when {{ status }} = 'Created'
        then 'open'
        when {{ status }} = 'Accepted'
        then 'accepted'
        when {{ status }} = 'Deprecated'
        then 'superseded'
        when {{ status }} = 'Rejected' and {{ is_expiry(direction, reason_name) }}
        then 'expired'
        when {{ status }} = 'Rejected' and coalesce({{ direction }}, 'candidate') = 'candidate'
        then 'declined'
        when {{ status }} = 'Rejected'
        then 'rescinded'
        else {{ status }}
    end
{%- endmacro %}

{% macro greenhouse_interview_status(status) -%}
    case
        when {{ status }} in ('to_be_scheduled', 'to_be_sent')
        then 'to_be_scheduled'
        when {{ status }} in ('scheduled', 'sent')
        then 'scheduled'
        when {{ status }} in ('awaiting_feedback', 'collect_feedback')
        then 'awaiting_feedback'
        when {{ status }} in ('complete', 'received')
        then 'complete'
        when {{ status }} = 'skipped'
        then 'cancelled'
        else {{ status }}
    end
{%- endmacro %}

{#- A custom field's value: Greenhouse writes the bare value or an object {name, type, value}. -#}
{% macro custom_field_value(text) -%}
    case
        when {{ text }} like {{ sql_text("{" ~ "%") }} then json_extract_string({{ text }}, '$.value') else {{ text }}
    end
{%- endmacro %}

{#-
    The custom field that sources.yml names for a canonical column (`settings`: a row of stg_config__source_settings), else the field under
    `default_key`, else the expression `otherwise`.
-#}
{% macro custom_field(table, column, row, settings, default_key=none, otherwise="null") -%}
    {%- set key = "json_extract_string(" ~ settings ~ ".custom_fields, '$." ~ table ~ "." ~ column ~ "')" -%}
    {%- set named = "json_extract_string(" ~ row ~ ".custom_fields, '$.\"' || " ~ key ~ " || '\"')" -%}
    {%- set default = (
        custom_field_value("json_extract_string(" ~ row ~ ".custom_fields, '$." ~ default_key ~ "')")
        if default_key
        else otherwise
    ) -%}
    case when {{ key }} is null then {{ default }} else {{ custom_field_value(named) }} end
{%- endmacro %}
