"""The benchmark company as SQL: each application is a function of its number and of the time until which it is told.

So a million applications need no state: the same number gives the same life, and a later time adds what happened since. Rates and times
are rough (the point is volume and shape); sandbox/company.py is the company whose numbers mean something.
"""

from __future__ import annotations

from dataclasses import dataclass

#: Applications per requisition, and the plan of every requisition.
PER_JOB = 130
STAGES = ("Application Review", "Phone Screen", "Hiring Manager Interview", "Onsite", "Offer")
#: Share of those in a stage that goes on to the next (of the last: accepts).
ADVANCE = (0.22, 0.5, 0.4, 0.35, 0.8)
FAMILIES = ("Software Engineer", "Product Manager", "Account Executive", "Data Engineer", "Support Specialist", "Designer")
DEPARTMENTS = ("Engineering", "Product", "Sales", "Customer Success", "Platform Engineering")
OFFICES = ("Austin", "New York", "Berlin")
SOURCES = (
    "Company Careers Page",
    "LinkedIn (Ad Posting)",
    "Indeed",
    "Glassdoor",
    "Gem (Prospecting)",
    "Referral",
    "Bright Search Partners",
)
USERS = 400
YEARS = 3

#: Reasons: id, name, type key.
REASONS = (
    (1, "Lacking skill(s)/qualification(s)", "WE_REJECTED_THEM"),
    (2, "Lacking technical expertise", "WE_REJECTED_THEM"),
    (3, "Overqualified", "WE_REJECTED_THEM"),
    (5, "Accepted another position", "THEY_REJECTED_US"),
    (401, "Position filled", "NONE_SPECIFIED"),
    (411, "Compensation - base salary", "THEY_REJECTED_US"),
    (417, "Process too slow", "THEY_REJECTED_US"),
    (422, "Other", "THEY_REJECTED_US"),
)


@dataclass(frozen=True)
class Batch:
    """A stretch of the company: applications [low, high) as known at `end`; only what changed at or after `since`, if given.

    `total` applications arrive in the first three years up to `base_end`; more arrive after it at the same pace.
    """

    low: int
    high: int
    total: int
    base_end: str
    end: str
    since: str | None
    seed: int

    def changed(self, column: str) -> str:
        return f"{column} >= timestamp '{self.since}'" if self.since else "true"


def lives(batch: Batch) -> str:
    """One row per application: i, job, applied, entry times e1..e4 (null: not reached), closed, outcome, touched (last event)."""
    span = YEARS * 365 * 86_400
    draws = ", ".join(f"u(i, {k}) as r{k}" for k in range(12))
    entries = ", ".join(
        f"case when depth >= {k} then applied + to_seconds(cast({'+'.join(f'd{j}' for j in range(k))} as bigint)) end as f{k}"
        for k in range(1, 5)
    )
    waits = ", ".join(f"(0.2 + 24 * r{k + 5} * r{k + 5}) * 86400 as d{k}" for k in range(5))
    goes = " ".join(f"when r{k} >= {share} then {k}" for k, share in enumerate(ADVANCE))
    known = ", ".join(f"case when f{k} < timestamp '{batch.end}' then f{k} end as e{k}" for k in range(1, 5))
    return f"""
        select *, greatest(applied, e1, e2, e3, e4, closed) as touched
        from (
            select i, job, candidate, applied, r11, {known},
                case when over < timestamp '{batch.end}' then over end as closed,
                case when over >= timestamp '{batch.end}' then 'active' when depth = 5 then 'hired' when r10 < 0.12 then 'withdrawn' else 'rejected' end
                    as outcome
            from (
                select *, {entries},
                    applied + to_seconds(cast((d0 + d1 * (depth > 0)::int + d2 * (depth > 1)::int + d3 * (depth > 2)::int + d4 * (depth > 3)::int) as bigint)) as over
                from (
                    select *, case {goes} else 5 end as depth, {waits},
                        timestamp '{batch.base_end}' + to_seconds(cast(floor((i - {batch.total}) * {span}.0 / {batch.total}) as bigint)) as applied,
                        cast(floor(i / {PER_JOB}) as bigint) as job,
                        case when i % 10 = 9 then i - 4 else i end as candidate
                    from (select i, {draws} from range({batch.low}, {batch.high}) t(i))
                )
            )
        )
    """  # fmt: skip


def uniform(seed: int) -> str:
    """The macro u(k, salt): a number in [0, 1) from a key, a salt and the seed."""
    return f"create or replace macro u(k, salt) as (hash(k * 64 + salt + {seed * 1_000_000_007}) >> 12) / 4503599627370496.0"


def streams(batch: Batch) -> dict[str, str]:
    """Stream -> select of (id, updated, payload) over the applications of `told`."""
    a = f"({lives(batch)})"
    touched, closed = batch.changed("touched"), batch.changed("closed")
    return {
        "applications": f"select {900_000_000} + i as id, touched as updated, {_application()} as payload from {a} where {touched}",
        "application_stages": f"select {5_000_000_000} + i * 8 + k as id, updated, {_stage()} as payload from ({_stages(a)}) where {batch.changed('updated')}",
        "candidates": f"select {700_000_000} + i as id, touched as updated, {_candidate()} as payload from {a} where i % 10 <> 9 and {touched}",
        "rejection_details": f"select {200_000_000} + i as id, closed as updated, {_rejection()} as payload from {a}"
        f" where outcome in ('rejected', 'withdrawn') and {closed}",
        "offers": f"select {400_000_000} + i as id, touched as updated, {_offer()} as payload from {a} where e4 is not null and {touched}",
        "interviews": f"select {500_000_000} + i as id, e3 as updated, {_interview()} as payload from {a} where e3 is not null and {batch.changed('e3')}",
        "interviewers": f"select {510_000_000} + i as id, e3 as updated, {_interviewer()} as payload from {a} where e3 is not null and {batch.changed('e3')}",
        "scorecards": f"select {560_000_000} + i as id, e3 as updated, {_scorecard()} as payload from {a} where e3 is not null and {batch.changed('e3')}",
    }


def instant(column: str) -> str:
    """The instant as JSON text, null where it is null (the concatenation would swallow the record)."""
    return f"""coalesce('"' || strftime({column}, '%Y-%m-%dT%H:%M:%SZ') || '"', 'null')"""


def stamps(number: str, created: str, updated: str) -> str:
    return f"""'{{"id":' || {number} || ',"created_at":' || {instant(created)} || ',"updated_at":' || {instant(updated)}"""


def _application() -> str:
    """About 1.6 KB: custom fields of the size that tenants have."""
    number = "case when e4 is not null then 4 when e3 is not null then 3 when e2 is not null then 2 when e1 is not null then 1 else 0 end"
    names = "['" + "','".join(STAGES) + "']"
    status = "case outcome when 'hired' then 'hired' when 'active' then 'in_process' else 'rejected' end"
    rejected = "case when outcome in ('rejected', 'withdrawn') then closed end"
    fields = ",".join(
        f'"field_{n}":{{"name":"Question number {n} of the application form","type":"short_text","value":"An answer of ordinary length"}}'
        for n in range(9)
    )
    return (
        f"{stamps('(900000000 + i)', 'applied', 'touched')} || ',\"candidate_id\":' || (700000000 + candidate) || ',\"job_id\":' || (50000 + job)"
        f' || \',"source_id":\' || (301 + i % {len(SOURCES)}) || \',"recruiter_id":\' || (4001 + job % {USERS}) || \',"coordinator_id":null,'
        f'"referrer_id":null,"agency_note_id":null,"job_post_id":null,"needs_decision":null,"location_address":null,"answers":[],'
        f'"prospective_job_ids":[],"prospect":false,"stage_id":\' || (5000000000 + i * 8 + {number}) || \',"stage_name":"\' || {names}[1 + {number}]'
        f' || \'","status":"\' || {status} || \'","rejected_at":\' || {instant(rejected)} || \',"last_activity_at":\' || {instant("touched")}'
        f" || ',\"custom_fields\":{{{fields}}}}}'"
    )


def _stages(lives_sql: str) -> str:
    """Five rows per application, those never entered too."""
    return f"""
        select i, job, k, applied, entered, exited, greatest(applied, entered, exited) as updated,
            entered is not null and following is null as is_current
        from (
            select i, job, applied, k, entered, following, coalesce(following, case when entered is not null then closed end) as exited
            from (
                select i, job, applied, closed, unnest([0, 1, 2, 3, 4]) as k, unnest([applied, e1, e2, e3, e4]) as entered,
                    unnest([e1, e2, e3, e4, null]) as following
                from {lives_sql}
            )
        )
    """


def _stage() -> str:
    return (
        f"{stamps('(5000000000 + i * 8 + k)', 'applied', 'updated')} || ',\"application_id\":' || (900000000 + i)"
        f" || ',\"job_interview_stage_id\":' || (600000000 + job * 8 + k) || ',\"entered_at\":' || {instant('entered')} || ',\"exited_at\":'"
        f" || {instant('exited')} || ',\"days_in_stage\":' || coalesce(date_diff('hour', entered, exited) // 24, 0) || ',\"current\":'"
        " || case when is_current then 'true' else 'false' end || '}'"
    )


def _candidate() -> str:
    return (
        f'{stamps("(700000000 + i)", "applied", "touched")} || \',"first_name":"First\' || (i % 5000) || \'","last_name":"Last\' || (i % 30011)'
        ' || \'","preferred_name":null,"company":"Company \' || (i % 20000) || \'","title":"Title \' || (i % 900)'
        f' || \'","last_activity_at":\' || {instant("touched")} || \',"private":false,"can_email":true,"time_zone":null,"tags":[],'
        '"linked_user_ids":[],"phone_numbers":[],"addresses":[],"email_addresses":[{"value":"person\' || i || \'@mail.example.com","type":"personal"}],'
        '"website_addresses":[],"social_media_addresses":[],"custom_fields":{}}\''
    )


def _rejection() -> str:
    reason = "case when outcome = 'withdrawn' then [5, 411, 417, 422][1 + i % 4] else [1, 2, 3, 401][1 + i % 4] end"
    return (
        f"{stamps('(200000000 + i)', 'closed', 'closed')} || ',\"application_id\":' || (900000000 + i) || ',\"rejected_by_id\":' || (4001 + job % {USERS})"
        f' || \',"rejection_note_id":null,"rejection_reason_id":\' || {reason} || \',"rejected_at":\' || {instant("closed")} || \',"question_custom_fields":{{}}}}\''
    )


def _offer() -> str:
    status = "case outcome when 'active' then 'Created' when 'hired' then 'Accepted' else 'Rejected' end"
    return (
        f'{stamps("(400000000 + i)", "e4", "touched")} || \',"version":1,"application_id":\' || (900000000 + i) || \',"job_id":\' || (50000 + job)'
        f' || \',"candidate_id":\' || (700000000 + candidate) || \',"opening_id":null,"status":"\' || {status} || \'","sent_on":"\''
        f" || strftime(e4, '%Y-%m-%d') || '\",\"starts_on\":\"' || strftime(e4 + interval 40 day, '%Y-%m-%d') || '\",\"resolved_at\":'"
        f" || {instant('closed')} || ',\"custom_fields\":{{}}}}'"
    )


def _interview() -> str:
    return (
        f"{stamps('(500000000 + i)', 'e3', 'e3')} || ',\"job_id\":' || (50000 + job) || ',\"application_id\":' || (900000000 + i)"
        f" || ',\"job_interview_id\":' || (800000000 + job) || ',\"starts_at\":' || {instant('e3')} || ',\"ends_at\":' || {instant('e3 + interval 1 hour')}"
        f' || \',"location":null,"status":"complete","organizer_id":\' || (4001 + job % {USERS}) || \',"scheduled_at":\' || {instant("e3")}'
        ' || \',"all_day_start_on":null,"all_day_end_on":null,"external_event_id":null,"video_conferencing_url":null,"availability_received_at":null}\''
    )


def _interviewer() -> str:
    return (
        f"{stamps('(510000000 + i)', 'e3', 'e3')} || ',\"interview_id\":' || (500000000 + i) || ',\"user_id\":' || (4001 + i % {USERS})"
        ' || \',"scorecard_id":\' || (560000000 + i) || \',"email":null,"response_status":"accepted"}\''
    )


def _scorecard() -> str:
    return (
        f"{stamps('(560000000 + i)', 'e3', 'e3')} || ',\"interview_kit_id\":' || (800000000 + job) || ',\"interviewer_id\":' || (4001 + i % {USERS})"
        f' || \',"interviewed_at":\' || {instant("e3")} || \',"submitter_id":\' || (4001 + i % {USERS}) || \',"candidate_rating":"\''
        f" || ['no','yes','strong_yes','strong_no'][1 + i % 4] || '\",\"status\":\"complete\",\"application_id\":' || (900000000 + i)"
        f" || ',\"submitted_at\":' || {instant('e3 + interval 3 hour')} || '}}'"
    )
