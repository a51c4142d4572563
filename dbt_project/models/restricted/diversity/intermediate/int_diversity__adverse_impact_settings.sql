-- One row: the thresholds of this run (dbt vars diversity_*), for the Python model, which cannot read vars.
select
    cast({{ var("diversity_least_people") }} as integer) as least_people,
    cast({{ var("diversity_few_outcomes") }} as integer) as few_outcomes,
    cast({{ var("diversity_ratio")[0] }} as integer) as ratio_numerator,
    cast({{ var("diversity_ratio")[1] }} as integer) as ratio_denominator,
    cast({{ var("diversity_reference_share") }} as double) as reference_share,
    cast({{ var("diversity_level") }} as double) as level,
    cast({{ var("diversity_few_people") }} as integer) as few_people
