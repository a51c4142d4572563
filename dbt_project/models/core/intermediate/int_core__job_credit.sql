-- One row per job and stretch of time: who holds each role of its team then (concepts.md "Credit").
-- A role with dates goes to its latest assigned member, half-open [assigned, unassigned); a role without any dates
-- goes to the job's current one. The stretches of a job follow each other without gap from the beginning of time, so
-- an instant meets exactly one.
{%- set roles = ["recruiter", "hiring_manager", "sourcer", "coordinator"] %}
with
    team as (
        select
            source_system,
            job_id,
            role_code,
            user_id,
            assigned_at is not null or unassigned_at is not null as is_dated,
            coalesce(assigned_at, cast('0001-01-01' as timestamp)) as from_at,
            coalesce(unassigned_at, cast('9999-12-31' as timestamp)) as to_at
        from {{ ref("job_team") }}
    ),
    points as (
        select source_system, job_id, cast('0001-01-01' as timestamp) as from_at
        from {{ ref("jobs") }}
        union
        select source_system, job_id, from_at
        from team
        where is_dated
        union
        select source_system, job_id, to_at
        from team
        where is_dated and to_at < cast('9999-12-31' as timestamp)
    ),
    stretches as (
        select
            source_system,
            job_id,
            from_at,
            lead(from_at, 1, cast('9999-12-31' as timestamp)) over (
                partition by source_system, job_id order by from_at
            ) as to_at
        from points
    ),
    holders as (
        select
            s.source_system,
            s.job_id,
            s.from_at,
            t.role_code,
            t.user_id,
            row_number() over (
                partition by s.source_system, s.job_id, s.from_at, t.role_code order by t.from_at desc, t.user_id
            ) as holder_rank
        from stretches as s
        inner join
            team as t
            on t.is_dated
            and t.source_system = s.source_system
            and t.job_id = s.job_id
            and t.from_at <= s.from_at
            and s.from_at < t.to_at
    ),
    dated as (
        select
            source_system,
            job_id,
            from_at
            {%- for role in roles %}
                , max(case when role_code = '{{ role }}' then user_id end) as {{ role }}_id
            {%- endfor %}
        from holders
        where holder_rank = 1
        group by source_system, job_id, from_at
    ),
    team_roles as (
        select
            source_system,
            job_id
            {%- for role in roles %}
                ,
                max(case when role_code = '{{ role }}' and is_dated then 1 else 0 end) as has_dated_{{ role }},
                min(case when role_code = '{{ role }}' and not is_dated then user_id end) as undated_{{ role }}_id
            {%- endfor %}
        from team
        group by source_system, job_id
    ),
    credited as (
        select
            s.source_system,
            s.job_id,
            s.from_at,
            s.to_at
            {%- for role in roles %}
                ,
                case
                    when r.has_dated_{{ role }} = 1
                    then d.{{ role }}_id
                    {%- if role in ["recruiter", "hiring_manager"] %}
                        else coalesce(j.{{ role }}_id, r.undated_{{ role }}_id)
                    {%- else %} else r.undated_{{ role }}_id
                    {%- endif %}
                end as {{ role }}_id
            {%- endfor %}
        from stretches as s
        left join {{ ref("jobs") }} as j on j.source_system = s.source_system and j.job_id = s.job_id
        left join dated as d on d.source_system = s.source_system and d.job_id = s.job_id and d.from_at = s.from_at
        left join team_roles as r on r.source_system = s.source_system and r.job_id = s.job_id
    )

select
    {{ key("job", ["source_system", "job_id"]) }} as job_key,
    from_at,
    to_at
    {%- for role in roles %}
        , {{ optional_key("user", ["source_system", role ~ "_id"]) }} as {{ role }}_key
    {%- endfor %}
from credited
