-- One row per department, and per team under its department, that a posting of Lever names.
with
    postings as (select * from {{ latest_version(ref("stg_lever__postings"), "postings", "updated_at") }}),
    named as (
        select
            source_system,
            {{ lever_department("department_name", "team_name") }} as department_id,
            coalesce(team_name, department_name) as department_name,
            case when team_name is not null then department_name end as parent_id,
            observed_at
        from postings
        union all
        select source_system, department_name, department_name, null, observed_at
        from postings
    ),

    mapped as (
        select d.source_system, d.department_id, d.department_name, d.parent_id, d.observed_at
        from
            (
                select source_system, department_id, department_name, parent_id, max(observed_at) as observed_at
                from named
                where department_id is not null
                group by all
            ) as d
    )

select *
from {{ canonical_rows("departments", "mapped") }} as r
