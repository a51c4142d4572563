"""The benchmark company's requisitions and look-ups as SQL, beside the applications of sandbox/lake_sql.py."""

from __future__ import annotations

from sandbox.lake_sql import DEPARTMENTS, FAMILIES, OFFICES, PER_JOB, REASONS, SOURCES, STAGES, USERS, YEARS, Batch, instant, stamps


def requisitions(batch: Batch) -> dict[str, str]:
    """Stream -> select of (id, updated, payload) over the requisitions of the applications up to `told.high`."""
    span = YEARS * 365 * 86_400
    first = 0 if batch.since is None else max(0, batch.low // PER_JOB - 1)
    jobs = f"""(
        select job, opened, case when over < timestamp '{batch.end}' then over end as closed, greatest(opened, case when over < timestamp '{batch.end}' then over end) as touched
        from (
            select job, opened, opened + to_seconds(cast(45 * 86400 + {PER_JOB * span} // {batch.total} as bigint)) as over
            from (
                select job, timestamp '{batch.base_end}' + to_seconds(cast((job * {PER_JOB} - {batch.total}) * {span} // {batch.total} - 3600 as bigint)) as opened
                from range({first}, {-(-batch.high // PER_JOB)}) t(job)
            )
        )
    )"""  # fmt: skip
    names, families = _list(STAGES), _list(FAMILIES)
    touched, opened = batch.changed("touched"), batch.changed("opened")
    stages = f"(select job, opened, unnest([0, 1, 2, 3, 4]) as k from {jobs})"
    owners = f"(select job, opened, unnest([0, 1, 2]) as k from {jobs})"
    return {
        "jobs": f"""select 50000 + job as id, touched as updated, {stamps("(50000 + job)", "opened", "touched")} || ',"name":"' || {families}[1 + job % {len(FAMILIES)}]
            || '","requisition_id":"REQ-' || job || '","notes":null,"confidential":false,"status":"' || case when closed is null then 'open' else 'closed' end
            || '","opened_at":' || {instant("opened")} || ',"closed_at":' || {instant("closed")} || ',"is_template":false,"copied_from_id":null,"department_id":'
            || (101 + job % {len(DEPARTMENTS)}) || ',"office_ids":[' || (201 + job % {len(OFFICES)})
            || '],"custom_fields":{{"job_family":{{"name":"Job Family","type":"single_select","value":"' || {families}[1 + job % {len(FAMILIES)}]
            || '"}},"job_level":{{"name":"Job Level","type":"single_select","value":"mid"}}}}}}' as payload from {jobs} where {touched}""",
        "job_interview_stages": f"""select 600000000 + job * 8 + k as id, opened as updated, {stamps("(600000000 + job * 8 + k)", "opened", "opened")}
            || ',"job_id":' || (50000 + job) || ',"sort_order":' || k || ',"name":"' || {names}[1 + k] || '","active":true}}' as payload from {stages} where {opened}""",
        "job_interviews": f"""select 800000000 + job as id, opened as updated, {stamps("(800000000 + job)", "opened", "opened")} || ',"job_id":' || (50000 + job)
            || ',"job_interview_stage_id":' || (600000000 + job * 8 + 3) || ',"sort_order":0,"scheduling_type":"needs_scheduling","duration":60,"summary":null,'
            || '"instructions":null,"name":"Onsite","active":true,"require_scorecard":true}}' as payload from {jobs} where {opened}""",
        "openings": f"""select 300000000 + job as id, touched as updated, {stamps("(300000000 + job)", "opened", "touched")} || ',"job_id":' || (50000 + job)
            || ',"opened_at":' || {instant("opened")} || ',"closed_at":' || {instant("closed")} || ',"sort_order":0,"opening_id":"' || job
            || '-1","application_id":null,"close_reason_id":' || case when closed is null then 'null' else '1' end || ',"target_start_on":null,"open":'
            || case when closed is null then 'true' else 'false' end || ',"custom_fields":{{}}}}' as payload from {jobs} where {touched}""",
        "job_owners": f"""select (50000 + job) * 10 + k as id, opened as updated, {stamps("((50000 + job) * 10 + k)", "opened", "opened")} || ',"job_id":' || (50000 + job)
            || ',"user_id":' || (4001 + (job + k * 7) % {USERS}) || ',"type":"' || ['recruiter', 'coordinator', 'sourcer'][1 + k] || '","responsible":true}}' as payload
            from {owners} where {opened}""",
        "job_hiring_managers": f"""select (50000 + job) * 10 + 9 as id, opened as updated, {stamps("((50000 + job) * 10 + 9)", "opened", "opened")}
            || ',"user_id":' || (4001 + (job * 13) % {USERS}) || ',"job_id":' || (50000 + job) || '}}' as payload from {jobs} where {opened}""",
    }  # fmt: skip


def lookups(batch: Batch) -> dict[str, str]:
    """Stream -> select of (id, updated, payload) of what never changes."""
    old = "timestamp '2020-01-01'"
    rows: dict[str, list[tuple[int, str]]] = {
        "departments": [
            (101 + n, f'"name":"{name}","parent_id":{101 if n == 4 else "null"},"external_id":null') for n, name in enumerate(DEPARTMENTS)
        ],
        "offices": [
            (201 + n, f'"name":"{name}","parent_id":null,"external_id":null,"location":null,"primary_in_house_contact_user_id":null')
            for n, name in enumerate(OFFICES)
        ],
        "sources": [(301 + n, f'"name":"{name}","type":{{"id":1,"name":"All"}}') for n, name in enumerate(SOURCES)],
        "close_reasons": [(1, '"name":"Hire - New Headcount"'), (4, '"name":"Not Filling"')],
        "rejection_reasons": [(n, f'"name":"{name}","type":{{"id":1,"key":"{key}","name":"{key}"}}') for n, name, key in REASONS],
        "users": [
            (
                4001 + n,
                f'"first_name":"First{n}","last_name":"Last{n}","name":"First{n} Last{n}","primary_email":"user{n}@corp.example.com",'
                f'"emails":["user{n}@corp.example.com"],"job_title":null,"agency_id":null,"deactivated":false,"site_admin":{"true" if n == 0 else "false"},'
                f'"employee_id":null,"linked_candidate_ids":[],"office_ids":[],"department_ids":[],"interviewer_tags":[],"custom_fields":{{}}',
            )
            for n in range(USERS)
        ],
    }
    found = {}
    for stream, listed in rows.items():
        values = ", ".join(f"({number}, '{rest.replace(chr(39), chr(39) * 2)}')" for number, rest in listed)
        payload = f"{stamps('id', 'updated', 'updated')} || ',' || rest || '}}'"
        found[stream] = f"select id, updated, {payload} as payload from (select *, {old} as updated from (values {values}) t(id, rest))"
    return found


def _list(names: tuple[str, ...]) -> str:
    return "['" + "','".join(names) + "']"
