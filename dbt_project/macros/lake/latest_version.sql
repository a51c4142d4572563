{#-
    The latest version of each record of a staging model, as known at the run's known_at and without what the gate put in quarantine:
    by (observed_at, source's own update time, payload_hash). Only records with more than one version are sorted: nearly all have one.
    `id_columns` name a record where the log's record_id does not (canonical files name rows by their own key columns); those of them that
    may be null are `nullable`.
    Portable: plain joins. Measured (duckdb 1.5.5, 1.25 M rows): the repeated scan costs half of one materialised CTE, and a join with the
    quarantine a tenth of a correlated EXISTS.
-#}
{% macro latest_version(relation, stream, updated_column=none, id_columns=["record_id"], nullable=[]) -%}
    {%- set ids = ["source_system"] + id_columns -%}
    {%- set same_record -%}
        {%- for id in ids -%}
            {{ "and " if not loop.first }}r.{{ id }} {{ "is not distinct from" if id in nullable else "=" }} k.{{ id }}
        {% endfor -%}
    {%- endset -%}
    {%- set order = (
        ["k.observed_at desc"]
        + (["k." ~ updated_column ~ " desc nulls last"] if updated_column else [])
        + ["k.payload_hash desc"]
    ) -%}
    {%- set known -%}
        (
            select v.*
            from {{ relation }} as v
            left join
                (
                    select distinct record_id, payload_hash, load_file
                    from quality.quarantine
                    where stream = '{{ stream }}'
                ) as q
                on q.record_id = v.record_id
                and q.payload_hash = v.payload_hash
                and q.load_file = v.load_file
            where q.record_id is null and v.observed_at < (select known_at from {{ ref("run_clock") }})
        )
    {%- endset -%}
    (
        with
            repeated as {{ materialized() }} (
                select {{ ids | join(", ") }}, count(*) as version_count
                from {{ known }} as k
                group by {{ ids | join(", ") }}
                having count(*) > 1
            ),
            ranked as (
                select
                    k.*,
                    row_number() over (
                        partition by k.{{ ids | join(", k.") }} order by {{ order | join(", ") }}
                    ) as version_rank
                from {{ known }} as k
                inner join repeated as r on {{ same_record }}
            )
        select k.*, 1 as version_rank
        from {{ known }} as k
        left join repeated as r on {{ same_record }}
        where r.version_count is null
        union all
        select *
        from ranked
        where version_rank = 1
    )
{%- endmacro %}
