{#-
    Each identifier of a candidate once, without blanks around it: (source_system, candidate_id, contact_code, contact_value, observed_at).
    `rows`: a CTE of sightings with contact_code and contact_value; `id` its column with the candidate's id.
-#}
{% macro distinct_contacts(rows, id) -%}
    select
        source_system,
        {{ id }} as candidate_id,
        contact_code,
        trim(contact_value) as contact_value,
        max(observed_at) as observed_at
    from {{ rows }}
    where trim(contact_value) <> ''
    group by all
{%- endmacro %}

{#- The same where `rows` has each identifier of a candidate once already, so that nothing need be grouped. -#}
{% macro filled_contacts(rows, id) -%}
    select source_system, {{ id }} as candidate_id, contact_code, contact_value, observed_at
    from {{ rows }}
    where contact_value <> ''
{%- endmacro %}

{#- A person's name of its two parts; null where both are missing. -#}
{% macro full_name(first_name="first_name", last_name="last_name") -%}
    nullif(concat_ws(' ', {{ first_name }}, {{ last_name }}), '')
{%- endmacro %}

{#- The contact code of a web address: a LinkedIn profile, else another one. -#}
{% macro profile_code(address) -%}
    case when {{ address }} ilike '%linkedin.%/in/%' then 'linkedin' else 'other_profile' end
{%- endmacro %}
