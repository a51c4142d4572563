-- One row per definition of a benchmark x segment of this company (company, origin, job family, department): the
-- figure's two parts over the trailing 12 months, and the count that its floor asks for.
-- The definitions are those of the seed benchmark_definitions, and stand there in words. Shares from stage to stage are
-- of applications that have ended, because published figures are of finished hiring.
{%- set period = "{column} >= " ~ add_days("clock.as_of", -365) ~ " and {column} < clock.as_of" %}
{%- set segments = [
    ("company", "'Company'"),
    ("origin", "origin_code"),
    ("job_family", "job_family"),
    ("department", "department_name"),
] %}
{%- set counts = [
    "applications_count",
    "ended_count",
    "screened_count",
    "interviewed_count",
    "onsite_count",
    "offered_count",
    "ended_hires_count",
    "hires_count",
    "extended_count",
    "accepted_count",
] %}
with
    dated as (
        select
            a.job_key,
            a.origin_code,
            a.job_family,
            a.department_key,
            a.furthest_stage_order,
            a.status_code,
            {{ period.replace("{column}", "a.applied_at") }} as is_applied,
            coalesce(a.status_code = 'hired' and {{ period.replace("{column}", "a.accepted_at") }}, false) as is_hired
        from {{ ref("fct_applications") }} as a
        cross join {{ ref("run_clock") }} as clock
        where not a.is_prospect
    ),

    thresholds as (
        select
            max(case when stage_code = 'recruiter_screen' then stage_order end) as screen_order,
            max(case when stage_code = 'phone_interview' then stage_order end) as interview_order,
            max(case when stage_code = 'onsite' then stage_order end) as onsite_order,
            max(case when stage_code = 'offer' then stage_order end) as offer_order
        from {{ ref("dim_stages") }}
    ),

    application_counts as (
        select
            d.job_key,
            d.origin_code,
            d.job_family,
            d.department_key,
            {{ count_where("d.is_applied") }} as applications_count,
            {{ count_where("d.is_applied and d.status_code <> 'active'") }} as ended_count,
            {% for name, column in [
                ("screened", "screen"),
                ("interviewed", "interview"),
                ("onsite", "onsite"),
                ("offered", "offer"),
            ] -%}
                {{
                    count_where(
                        "d.is_applied and d.status_code <> 'active' and d.furthest_stage_order >= t."
                        ~ column
                        ~ "_order"
                    )
                }} as {{ name }}_count,
            {% endfor -%}
            {{ count_where("d.is_applied and d.status_code = 'hired'") }} as ended_hires_count,
            {{ count_where("d.is_hired") }} as hires_count,
            0 as extended_count,
            0 as accepted_count
        from dated as d
        cross join thresholds as t
        where d.is_applied or d.is_hired
        group by d.job_key, d.origin_code, d.job_family, d.department_key
    ),

    offer_counts as (
        select
            o.job_key,
            o.origin_code,
            o.job_family,
            o.department_key,
            {% for count in counts[:-2] -%} 0 as {{ count }}, {% endfor -%}
            count(*) as extended_count,
            {{ count_where("o.status_code = 'accepted'") }} as accepted_count
        from {{ ref("fct_offers") }} as o
        cross join {{ ref("run_clock") }} as clock
        where {{ period.replace("{column}", "o.cohort_at") }}
        group by o.job_key, o.origin_code, o.job_family, o.department_key
    ),

    parts as (
        select p.*, d.department_name
        from
            (
                select *
                from application_counts
                union all
                select *
                from offer_counts
            ) as p
        left join {{ ref("dim_departments") }} as d on p.department_key = d.department_key
    ),

    summed as (
        {% for type, column in segments %}
            select
                '{{ type }}' as segment_type_code,
                coalesce({{ column }}, 'none') as segment_name,
                count(distinct case when applications_count > 0 then job_key end) as jobs_count
                {%- for count in counts %}, cast(sum({{ count }}) as double) as {{ count }} {%- endfor %}
            from parts
            group by coalesce({{ column }}, 'none')
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}
    ),

    totals as (select max(hires_count) as all_hires_count from summed where segment_type_code = 'company'),

    fills as (
        select
            {{ median("o.gross_days_to_fill") }} as median_days,
            cast(count(o.gross_days_to_fill) as double) as seats_count
        from {{ ref("fct_openings") }} as o
        cross join {{ ref("run_clock") }} as clock
        where {{ period.replace("{column}", "o.filled_at") }}
    )

{% for definition, numerator, denominator, floor in [
        ("applications_per_hire", "applications_count", "hires_count", "hires_count"),
        ("applications_per_job", "applications_count", "jobs_count", "jobs_count"),
        ("offers_accepted_of_extended", "accepted_count", "extended_count", "extended_count"),
        ("offers_per_hire", "extended_count", "hires_count", "hires_count"),
        ("applied_to_screen", "screened_count", "ended_count", "ended_count"),
        ("applied_to_interview", "interviewed_count", "ended_count", "ended_count"),
        ("applied_to_offer", "offered_count", "ended_count", "ended_count"),
        ("screen_to_onsite", "onsite_count", "screened_count", "screened_count"),
        ("onsite_to_offer", "offered_count", "onsite_count", "onsite_count"),
        ("onsites_per_hire", "onsite_count", "ended_hires_count", "ended_hires_count"),
        ("interview_to_offer", "offered_count", "interviewed_count", "interviewed_count"),
        ("interview_to_hire", "ended_hires_count", "interviewed_count", "interviewed_count"),
        ("hire_share_by_origin", "hires_count", "all_hires_count", "all_hires_count"),
    ] %}
    select
        '{{ definition }}' as definition_code,
        segment_type_code,
        segment_name,
        {{ rate(numerator, denominator) }} as own_value,
        cast({{ floor }} as bigint) as own_count
    from summed
    cross join totals
    {% if definition == "hire_share_by_origin" -%} where segment_type_code = 'origin' {%- endif %}
    union all
{% endfor %}
select
    'days_opening_to_acceptance_median' as definition_code,
    'company' as segment_type_code,
    'Company' as segment_name,
    median_days as own_value,
    cast(seats_count as bigint) as own_count
from fills
