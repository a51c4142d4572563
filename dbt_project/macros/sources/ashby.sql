{#- Ashby's words -> canonical codes (what is not one of them is shown as it is, and a test on the canonical model names it). -#}
{% macro ashby_application_status(status, is_refused) -%}
    case
        {{ status }}
        when 'Active'
        then 'active'
        when 'Lead'
        then 'active'
        when 'Hired'
        then 'hired'
        when 'Archived'
        then {{ ended_status(is_refused) }}
        else {{ status }}
    end
{%- endmacro %}

{#- `n` is a version with rank_from_last and is_approved, `r` the archiving of its application at or after it. -#}
{% macro ashby_offer_status(n, r) -%}
    case
        when {{ n }}.rank_from_last > 1
        then 'superseded'
        when {{ n }}.offer_status = 'CandidateAccepted'
        then 'accepted'
        when {{ n }}.offer_status = 'OfferCancelled' and not {{ n }}.is_approved
        then 'superseded'
        when not {{ n }}.is_approved and {{ n }}.offer_status like 'WaitingOn%'
        then 'draft'
        when {{ n }}.offer_status = 'WaitingOnCandidateResponse' and {{ r }}.application_id is null
        then 'open'
        when {{ r }}.direction_code = 'candidate'
        then 'declined'
        when {{ is_expiry(r ~ ".direction_code", r ~ ".reason_name") }}
        then 'expired'
        when {{ r }}.direction_code is null and {{ n }}.offer_status = 'CandidateRejected'
        then 'declined'
        when
            {{ n }}.offer_status
            in ('CandidateRejected', 'OfferCancelled', 'WaitingOnCandidateResponse', 'WaitingOnOfferApproval')
        then 'rescinded'
        else {{ n }}.offer_status
    end
{%- endmacro %}

{% macro ashby_interview_status(status) -%}
    case
        when
            {{ status }} in (
                'NeedsScheduling',
                'WaitingOnCandidateBooking',
                'WaitingOnCandidateAvailability',
                'CandidateAvailabilitySubmitted',
                'OnHold'
            )
        then 'to_be_scheduled'
        when {{ status }} = 'Scheduled'
        then 'scheduled'
        when {{ status }} = 'WaitingOnFeedback'
        then 'awaiting_feedback'
        when {{ status }} = 'Complete'
        then 'complete'
        when {{ status }} = 'Cancelled'
        then 'cancelled'
        else {{ status }}
    end
{%- endmacro %}

{#- The answer to "overall recommendation": a score of 1 to 4 (bare or as {"score": 3}), or the words of the usual form. -#}
{% macro ashby_rating(text) -%}
    case
        when
            regexp_matches({{ text }}, '^[^0-9]*4[^0-9]*$')
            or lower({{ text }}) in ('strong_hire', 'strong hire', 'strong_yes', 'strong yes')
        then 'strong_yes'
        when regexp_matches({{ text }}, '^[^0-9]*3[^0-9]*$') or lower({{ text }}) in ('hire', 'yes')
        then 'yes'
        when regexp_matches({{ text }}, '^[^0-9]*2[^0-9]*$') or lower({{ text }}) in ('no_hire', 'no hire', 'no')
        then 'no'
        when
            regexp_matches({{ text }}, '^[^0-9]*1[^0-9]*$')
            or lower({{ text }}) in ('strong_no_hire', 'strong no hire', 'strong_no', 'strong no')
        then 'strong_no'
    end
{%- endmacro %}

{#- Tenants name the roles of a hiring team; a name that contains the usual word has that role. -#}
{% macro ashby_role(role) -%}
    case
        when {{ role }} ilike '%hiring manager%'
        then 'hiring_manager'
        when {{ role }} ilike '%coordinator%'
        then 'coordinator'
        when {{ role }} ilike '%sourcer%'
        then 'sourcer'
        when {{ role }} ilike '%recruiter%'
        then 'recruiter'
    end
{%- endmacro %}

{#- The first member of a hiring team (rows of userId, role) in a role; null if there is none. -#}
{% macro ashby_member(team, role) -%}
    list_filter({{ team }}, lambda m:{{ ashby_role("m.role") }} = '{{ role | replace(" ", "_") }}')[1].userid
{%- endmacro %}

{#- The value of a custom field by its title. -#}
{% macro ashby_custom_field(fields, title) -%}
    list_filter({{ fields }}, lambda f:lower(trim(f.title)) = '{{ title }}')[1].value
{%- endmacro %}
