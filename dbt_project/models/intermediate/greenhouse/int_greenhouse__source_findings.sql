-- One row per source of Greenhouse whose sweeps began to miss ids in too great a number: rather a right was lost.
select
    source_system,
    'deletions' as table_name,
    'A sweep missed '
    || cast(count(*) as {{ text_type() }})
    || ' records more at once than sweep_limit allows: none of them counts as deleted (check the rights of the credential)'
    as note
from {{ ref("int_greenhouse__absences") }}
where is_lasting and is_doubtful
group by source_system
