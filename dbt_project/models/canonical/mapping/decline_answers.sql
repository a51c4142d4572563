-- One row per offer that a line of config/mappings/decline_answers.csv answers: the specific reason of the decline, who
-- found out and when.
-- The latest line before as_of speaks; one that names the source before one that does not. A line that says "unknown"
-- is no answer. answered_by may be a user's id or email.
with
    lines as (
        select a.source_system, a.offer_id, r.decline_reason_code, a.answered_on, a.answered_by
        from {{ ref("stg_config__decline_answers") }} as a
        inner join
            {{ ref("decline_reasons") }} as r
            on r.decline_reason_code = {{ code_key("a.decline_reason_code") }}
            and r.is_specific
        cross join {{ ref("run_clock") }} as clock
        where {{ first_instant("a.answered_on") }} < clock.as_of
    ),
    offered as (select distinct source_system, offer_id from {{ ref("offers") }}),
    ranked as (
        select
            o.source_system,
            o.offer_id,
            l.decline_reason_code,
            l.answered_on,
            l.answered_by,
            row_number() over (
                partition by o.source_system, o.offer_id
                order by case when l.source_system is null then 1 else 0 end, l.answered_on desc, l.decline_reason_code
            ) as line_rank
        from lines as l
        inner join
            offered as o on o.offer_id = l.offer_id and (l.source_system is null or l.source_system = o.source_system)
    ),
    people as (
        select r.source_system, r.offer_id, min(u.user_id) as answered_by_id
        from ranked as r
        inner join
            {{ ref("users") }} as u
            on u.source_system = r.source_system
            and (u.user_id = r.answered_by or {{ code_key("u.user_email") }} = {{ code_key("r.answered_by") }})
        where r.line_rank = 1
        group by r.source_system, r.offer_id
    )

select r.source_system, r.offer_id, r.decline_reason_code, r.answered_on, p.answered_by_id
from ranked as r
left join people as p on p.source_system = r.source_system and p.offer_id = r.offer_id
where r.line_rank = 1
