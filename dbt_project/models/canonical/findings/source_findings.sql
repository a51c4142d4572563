-- One row per source x table or stream of which the reading found something that a person should look at, over all
-- kinds of source; data_coverage repeats it.
-- An optional stream that the source refuses is not read. Ids that a sweep began to miss in too great a number are not
-- taken for deleted: rather a right was lost.
select source_system, stream as table_name, 'The credential may not read this stream (it is optional)' as note
from quality.load_counts as l
where
    status = 'refused'
    and window_end = (
        select max(n.window_end)
        from quality.load_counts as n
        where n.source_system = l.source_system and n.stream = l.stream
    )
{% if has_source("greenhouse") -%}
    union all
    select distinct
        source_system,
        'deletions',
        'A sweep missed '
        || cast(count(*) as {{ text_type() }})
        || ' records more at once than sweep_limit allows: none of them counts as deleted (check the rights of the credential)'
    from {{ ref("int_greenhouse__absences") }}
    where is_lasting and is_doubtful
    group by source_system
{%- endif %}
