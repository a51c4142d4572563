"""The floor of the transform: one hand-written DuckDB script from the same log to stage visits, one row per application, and a funnel.

What the machine needs for the bare answer: no clocks, no quarantine, no mappings, no slices, no tests, no published copies. Not the same
output as the product's (which has ten times the tables), so the ratio to it is the price of the design and not of a query.
"""

from __future__ import annotations

from pathlib import Path

#: Fields taken from the payload of each stream, as DuckDB's json_transform wants them.
_FIELDS = {
    "applications": '{"candidate_id":"BIGINT","job_id":"BIGINT","source_id":"BIGINT","status":"VARCHAR","created_at":"TIMESTAMP"}',
    "application_stages": '{"application_id":"BIGINT","job_interview_stage_id":"BIGINT","entered_at":"TIMESTAMP","exited_at":"TIMESTAMP"}',
    "job_interview_stages": '{"name":"VARCHAR"}',
    "rejection_details": '{"application_id":"BIGINT","rejection_reason_id":"BIGINT","rejected_at":"TIMESTAMP"}',
    "offers": '{"application_id":"BIGINT","status":"VARCHAR","resolved_at":"TIMESTAMP"}',
    "interviews": '{"application_id":"BIGINT"}',
    "scorecards": '{"application_id":"BIGINT","candidate_rating":"VARCHAR"}',
}

_VISITS = """
create table stage_visits as
select
    application_id, job_interview_stage_id, entered_at, exited_at, date_diff('second', entered_at, exited_at) / 86400.0 as days,
    row_number() over (partition by application_id order by entered_at, job_interview_stage_id) as visit_number
from application_stages where entered_at is not null
"""
_APPLICATIONS = """
create table application_facts as
select a.*, v.visits, v.furthest, v.days, i.interviews, s.scorecards, s.yes, o.accepted_at, r.rejected_at, r.rejection_reason_id
from applications as a
left join (select application_id, count(*) as visits, max(job_interview_stage_id) as furthest, sum(days) as days from stage_visits group by all) v
    on v.application_id = a.id
left join (select application_id, count(*) as interviews from interviews group by all) i on i.application_id = a.id
left join (select application_id, count(*) as scorecards, count(*) filter (candidate_rating like '%yes') as yes from scorecards group by all) s
    on s.application_id = a.id
left join (select application_id, max(resolved_at) as accepted_at from offers where status = 'Accepted' group by all) o on o.application_id = a.id
left join rejection_details r on r.application_id = a.id
"""
_FUNNEL = """
create table funnel as
select
    a.job_id, n.name as stage, count(distinct v.application_id) as entered,
    count(distinct v.application_id) filter (v.job_interview_stage_id < a.furthest or a.accepted_at is not null) as advanced,
    advanced / entered as passthrough, quantile_cont(v.days, 0.5) as median_days, quantile_cont(v.days, 0.9) as p90_days
from stage_visits as v
join application_facts as a on a.id = v.application_id
join job_interview_stages as n on n.id = v.job_interview_stage_id
group by all
"""


def run_floor(lake: Path, database: Path) -> dict[str, int]:
    """Run the script over every source of the lake into a fresh `database`; returns rows per table."""
    import duckdb

    database.unlink(missing_ok=True)
    connection = duckdb.connect(str(database), config={"threads": 2, "memory_limit": "5GB", "autoinstall_known_extensions": False})
    connection.execute("set preserve_insertion_order = false")
    for stream, fields in _FIELDS.items():
        # The newest version of each record, where a record has more than one; a record's id is a number here.
        connection.execute(
            f"""
            create temp table {stream} as
            with log as (
                select record_id::bigint as id, observed_at, json_transform(payload, '{fields}') as p
                from read_parquet('{lake}/*/{stream}/*/*.parquet', hive_partitioning = false)
            ),
            repeated as (select id, max(observed_at) as newest from log group by id having count(*) > 1)
            select log.id, unnest(p) from log left join repeated using (id) where newest is null or observed_at = newest
            """
        )
    for script in (_VISITS, _APPLICATIONS, _FUNNEL):
        connection.execute(script)
    connection.execute("checkpoint")
    counts = {}
    for table in ("stage_visits", "application_facts", "funnel"):
        row = connection.execute(f"select count(*) from {table}").fetchone()
        counts[table] = int(row[0]) if row else 0
    connection.close()
    database.unlink()
    return counts
