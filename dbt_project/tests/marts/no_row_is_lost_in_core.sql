-- Every row of a canonical table is a row of core, or left out for a reason that is counted.
select * from {{ ref("row_conservation") }} where unexplained_count <> 0
