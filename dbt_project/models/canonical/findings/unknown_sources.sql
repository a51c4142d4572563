-- One row per source system that a file states in source_system and that no source is called, with the name nearest to
-- it, if one is near: at most a third of its letters differ.
-- Such rows are taken as stated: the file may be of a system that is loaded in no other way. A near name is rather a
-- typing mistake.
with
    known as (
        select source_system
        from {{ ref("stg_config__source_settings") }}
        union
        select source_system
        from quality.load_counts
    ),
    stated as (
        select distinct c.source_system
        from {{ ref("table_counts") }} as c
        left join known as k on k.source_system = c.source_system
        where k.source_system is null
    ),
    names as (
        select source_system as name, 1 as name_rank
        from known
        union
        select '{{ var("source_kinds") | join("', 2
        union
        select '") }}', 2
    ),
    ranked as (
        select
            s.source_system,
            n.name,
            row_number() over (
                partition by s.source_system
                order by levenshtein(lower(s.source_system), lower(n.name)), n.name_rank, n.name
            ) as nearness
        from stated as s
        inner join names as n on levenshtein(lower(s.source_system), lower(n.name)) * 3 <= length(s.source_system)
    )

select s.source_system, r.name as near_name
from stated as s
left join ranked as r on r.source_system = s.source_system and r.nearness = 1
