-- One row per period (quarter or year of application) x slice x attribute x group x stage.
-- Of those the company decided on at a stage, how many passed, beside the group with the highest rate among those with
-- at least diversity_reference_share of the people (29 CFR 1607.4 D). A ratio under four fifths and a test both say
-- "difference seen"; neither says why. Hidden cells are null in every figure and cannot be worked out from the others.
-- not_answered stands beside the groups and is compared with none. Stage `all` is the whole process. This is no audit
-- under New York City's Local Law 144.
select
    {{ "'" ~ var("diversity_period") ~ "'" }} as period_type,
    case
        when {{ "'" ~ var("diversity_period") ~ "'" }} = 'quarter'
        then
            substr(cast(c.period_start_on as {{ text_type() }}), 1, 4)
            || '-Q'
            || cast((cast(substr(cast(c.period_start_on as {{ text_type() }}), 6, 2) as integer) + 2) / 3 as integer)
        else substr(cast(c.period_start_on as {{ text_type() }}), 1, 4)
    end as period_code,
    cast(c.period_start_on as date) as period_start_on,
    c.slice_type,
    c.slice_key,
    case
        when c.slice_type = 'company'
        then 'Company'
        when c.slice_key = 'none'
        then 'Not recorded'
        when c.slice_key = 'unknown'
        then 'Unknown (ids not found)'
        else coalesce(d.department_name, c.slice_key)
    end as slice_name,
    c.attribute_code,
    c.group_code,
    c.stage_code,
    cast(c.stage_order as integer) as stage_order,
    cast(c.n_count as bigint) as n_count,
    cast(c.selected_count as bigint) as selected_count,
    c.selection_rate,
    c.reference_group_code,
    c.impact_ratio,
    c.impact_ratio_low,
    c.impact_ratio_high,
    c.largest_group_ratio,
    c.rate_difference,
    c.p_value,
    c.p_value_adjusted,
    c.test_code,
    c.job_odds_ratio,
    c.job_odds_ratio_low,
    c.job_odds_ratio_high,
    c.job_p_value,
    c.job_homogeneity_p_value,
    c.is_suppressed,
    c.finding_code,
    {% if var("diversity_wording") %}
        case
            c.finding_code
            {% for code, words in var("diversity_wording").items() -%}
                when '{{ code }}' then {{ sql_text(words) }}
            {% endfor -%}
            else f.wording
        end
    {%- else -%} f.wording
    {%- endif %} as finding,
    clock.as_of
from {{ ref("int_diversity__adverse_impact_cells") }} as c
left join {{ ref("adverse_impact_findings") }} as f on f.finding_code = c.finding_code
left join {{ ref("dim_departments") }} as d on c.slice_type = 'department' and d.department_key = c.slice_key
cross join {{ ref("run_clock") }} as clock
