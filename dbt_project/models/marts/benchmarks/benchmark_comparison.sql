-- One row per benchmark: a published figure (definition x segment x source x period), with this company's own beside
-- it.
-- Compared only where the definitions match (definition_code); the company as a whole stands beside figures of all
-- companies, a country, an industry or a size, because which of them are its peers is for the reader to say; its own
-- origin, job family or department beside one of the same name. status_code says why there is no own figure:
-- definition_differs, segment_differs, not_enough_data (fewer cases than the definition's floor_count).
with
    listed as (
        select
            benchmark_id,
            false as is_own_file,
            source_name,
            report_name,
            period,
            published_year,
            sample_size,
            segment_type_code,
            segment_name,
            definition_code,
            statistic_code,
            benchmark_value,
            url,
            confidence_code,
            source_definition,
            note
        from {{ ref("benchmarks") }}
        union all
        select
            'own_'
            || {{
                key(
                    "benchmark",
                    [
                        "source_name",
                        "report_name",
                        "period",
                        "segment_type_code",
                        "segment_name",
                        "definition_code",
                    ],
                )
            }},
            true,
            source_name,
            report_name,
            period,
            cast(published_year as integer),
            sample_size,
            coalesce({{ code_key("segment_type_code") }}, 'all'),
            coalesce(segment_name, 'All'),
            {{ code_key("definition_code") }},
            statistic_code,
            cast(benchmark_value as double),
            url,
            coalesce(confidence_code, 'own'),
            source_definition,
            note
        from {{ ref("stg_config__benchmarks") }}
    ),

    placed as (
        select
            b.*,
            case
                when b.segment_type_code in ('origin', 'job_family', 'department')
                then b.segment_type_code
                when b.segment_type_code in ('all', 'country', 'industry', 'size')
                then 'company'
            end as own_segment_type_code
        from listed as b
    ),

    compared as (
        select
            p.*,
            d.metric_code,
            d.metric_name,
            d.unit_code,
            d.definition,
            d.is_computed,
            d.floor_count,
            o.own_value,
            o.own_count,
            o.segment_name as own_segment_name
        from placed as p
        left join {{ ref("benchmark_definitions") }} as d on p.definition_code = d.definition_code
        left join
            {{ ref("int_marts__own_benchmark_values") }} as o
            on p.definition_code = o.definition_code
            and p.own_segment_type_code = o.segment_type_code
            and (o.segment_type_code = 'company' or {{ name_key("p.segment_name") }} = {{ name_key("o.segment_name") }})
    ),

    judged as (
        select
            *,
            case
                when not coalesce(is_computed, false)
                then 'definition_differs'
                when own_segment_name is null
                then 'segment_differs'
                when own_value is null or own_count < floor_count
                then 'not_enough_data'
                else 'compared'
            end as status_code
        from compared
    )

select
    j.benchmark_id,
    coalesce(j.metric_code, j.definition_code) as metric_code,
    j.metric_name,
    j.segment_type_code,
    j.segment_name,
    j.unit_code,
    case when j.status_code = 'compared' then j.own_value end as own_value,
    j.own_count,
    case when j.status_code = 'compared' then j.own_segment_name end as own_segment_name,
    j.benchmark_value,
    case when j.status_code = 'compared' then j.own_value - j.benchmark_value end as difference_value,
    j.status_code,
    case
        j.status_code
        when 'definition_differs'
        then 'No own figure under this definition'
        when 'segment_differs'
        then 'No part of the company has the name of this segment'
        when 'not_enough_data'
        then 'Not enough data'
        else 'Same definition; other companies, not your peers'
    end as status_name,
    j.statistic_code,
    j.source_name,
    j.report_name,
    j.period,
    j.published_year,
    j.sample_size,
    j.confidence_code,
    j.definition_code,
    j.source_definition,
    j.definition,
    j.url,
    j.note,
    j.is_own_file,
    clock.as_of
from judged as j
cross join {{ ref("run_clock") }} as clock
