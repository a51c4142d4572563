-- One row per source x table or stream of which the reading found something that a person should look at, over all
-- kinds of source; data_coverage repeats it.
-- An optional stream that the source refuses is not read. What else a kind finds is its own
-- int_<kind>__source_findings.
select source_system, stream as table_name, 'The credential may not read this stream (it is optional)' as note
from quality.load_counts as l
where
    status = 'refused'
    and window_end = (
        select max(n.window_end)
        from quality.load_counts as n
        where n.source_system = l.source_system and n.stream = l.stream
    )
union all
select
    u.source_system,
    c.table_name,
    'No source is called '
    || u.source_system
    || ', as a file says in source_system'
    || coalesce(
        '; did you mean ' || u.near_name || '? Correct the file', ': these rows count as a source of that name'
    ) as note
from {{ ref("unknown_sources") }} as u
inner join {{ ref("table_counts") }} as c on c.source_system = u.source_system and c.column_name is null
where u.near_name is distinct from u.source_system  -- a kind's own name is no typing mistake
{% for kind, query in queries_of_kinds("source_findings", ["source_system", "table_name", "note"]).items() if has_source(kind) -%}
    union all
    {{ query }}
{% endfor -%}
