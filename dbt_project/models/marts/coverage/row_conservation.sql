-- One row per source x canonical table: where its rows are in core, and why those that are not there are left out.
-- Rows of the table = rows of core + those left out for a stated reason; unexplained_count is 0, or a join loses rows
-- (a test of every build). A table without rows of its own in core says in `kept_as` what its rows become.
{%- set own_rows = {
    "applications": "fct_applications",
    "interviews": "fct_interviews",
    "reviews": "fct_reviews",
    "openings": "fct_openings",
    "outreach_messages": "fct_outreach_messages",
    "jobs": "dim_jobs",
    "users": "dim_users",
    "departments": "dim_departments",
    "offices": "dim_offices",
    "sources": "dim_sources",
    "sequences": "dim_sequences",
} %}
with
    core_rows as (
        {% for table, model in own_rows.items() -%}
            select source_system, '{{ table }}' as table_name, count(*) as core_count
            from {{ ref(model) }}
            group by source_system
            union all
        {% endfor -%}
        select a.source_system, 'stage_visits' as table_name, count(*) as core_count
        from {{ ref("fct_stage_visits") }} as v
        inner join {{ ref("fct_applications") }} as a on v.application_key = a.application_key
        group by a.source_system
        union all
        select source_system, 'offers' as table_name, count(*) as core_count
        from {{ ref("fct_offers") }}
        group by source_system
        union all
        select c.source_system, 'candidates' as table_name, count(*) as core_count
        from {{ ref("candidates") }} as c
        inner join {{ ref("person_map") }} as m on m.source_system = c.source_system and m.candidate_id = c.candidate_id
        inner join {{ ref("dim_candidates") }} as p on p.candidate_key = m.candidate_key
        group by c.source_system
    ),

    parentless as (
        select source_system, table_name, sum(use_count) as parentless_count
        from {{ ref("unknown_ids") }}
        where table_name in ('stage_visits', 'offers') and column_name = 'application_id'
        group by source_system, table_name
    ),

    -- of applications that there are: visits that are a plan, offers that are a draft or that another version speaks
    -- for
    set_aside as (
        select v.source_system, 'stage_visits' as table_name, count(*) as set_aside_count
        from {{ ref("stage_visits") }} as v
        inner join
            {{ ref("applications") }} as a on a.source_system = v.source_system and a.application_id = v.application_id
        where v.entered_at is null
        group by v.source_system
        union all
        select o.source_system, 'offers' as table_name, count(*) as set_aside_count
        from {{ ref("offers") }} as o
        inner join
            {{ ref("applications") }} as a on a.source_system = o.source_system and a.application_id = o.application_id
        left join {{ ref("fct_offers") }} as f on f.source_system = o.source_system and f.offer_id = o.offer_id
        where o.status_code in ('draft', 'superseded') or f.offer_id is null
        group by o.source_system
    )

select
    t.source_system,
    t.table_name,
    t.row_count,
    case when w.is_row then coalesce(c.core_count, 0) end as core_count,
    case when w.is_row then cast(coalesce(p.parentless_count, 0) as bigint) end as parentless_count,
    case when w.is_row then coalesce(s.set_aside_count, 0) end as set_aside_count,
    case
        when w.is_row
        then
            cast(
                t.row_count
                - coalesce(c.core_count, 0)
                - coalesce(p.parentless_count, 0)
                - coalesce(s.set_aside_count, 0) as bigint
            )
    end as unexplained_count,
    w.kept_as,
    clock.as_of
from {{ ref("table_counts") }} as t
cross join {{ ref("run_clock") }} as clock
inner join {{ ref("core_rows") }} as w on w.table_name = t.table_name
left join core_rows as c on c.source_system = t.source_system and c.table_name = t.table_name
left join parentless as p on p.source_system = t.source_system and p.table_name = t.table_name
left join set_aside as s on s.source_system = t.source_system and s.table_name = t.table_name
where t.column_name is null
