-- One row per source x canonical table x column that names a row of another table.
-- Nothing is lost where an id joins nothing: its rows count wherever they do not need what they name, and are counted
-- here. Orphans name a row that is not in a table which is loaded; dangling ids name a table that is not. The cause is
-- that of most rows.
with
    joined as (
        select source_system, table_name, column_name, count(*) as ids_count
        from {{ ref("integer_ids") }}
        group by source_system, table_name, column_name
    ),

    causes as (
        select
            source_system,
            table_name,
            column_name,
            cause_code,
            row_number() over (
                partition by source_system, table_name, column_name order by sum(use_count) desc, cause_code
            ) as cause_rank
        from {{ ref("unknown_ids") }}
        group by source_system, table_name, column_name, cause_code
    ),

    unknown as (
        select
            source_system,
            table_name,
            column_name,
            sum(case when not is_dangling then use_count else 0 end) as orphan_count,
            sum(case when is_dangling then use_count else 0 end) as dangling_count,
            sum(case when not is_dangling and cause_code = 'deleted' then use_count else 0 end) as deleted_count,
            count(*) as unknown_ids_count
        from {{ ref("unknown_ids") }}
        group by source_system, table_name, column_name
    )

select
    t.source_system,
    t.table_name,
    t.column_name,
    t.references_name,
    t.row_count,
    t.filled_count,
    cast(coalesce(u.orphan_count, 0) as bigint) as orphan_count,
    cast(coalesce(u.dangling_count, 0) as bigint) as dangling_count,
    cast(coalesce(u.deleted_count, 0) as bigint) as deleted_count,
    coalesce(u.unknown_ids_count, 0) as unknown_ids_count,
    coalesce(j.ids_count, 0) as integer_ids_count,
    c.cause_code,
    w.cause_text as cause,
    clock.as_of
from {{ ref("table_counts") }} as t
cross join {{ ref("run_clock") }} as clock
left join
    unknown as u on u.source_system = t.source_system and u.table_name = t.table_name and u.column_name = t.column_name
left join
    causes as c
    on c.source_system = t.source_system
    and c.table_name = t.table_name
    and c.column_name = t.column_name
    and c.cause_rank = 1
left join {{ ref("unknown_id_causes") }} as w on w.cause_code = c.cause_code
left join
    joined as j on j.source_system = t.source_system and j.table_name = t.table_name and j.column_name = t.column_name
where t.column_name is not null
