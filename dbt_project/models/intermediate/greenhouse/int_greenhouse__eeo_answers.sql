-- One row per application x attribute that was answered in Greenhouse (restricted): the four of the EEOC form, and the
-- company's own demographic questions under the question's words.
with
    eeoc as (select * from {{ latest_version(ref("stg_greenhouse__eeoc"), "eeoc", "updated_at") }}),
    questions as (
        select source_system, record_id, coalesce({{ code_key("name") }}, 'question ' || record_id) as attribute_code
        from {{ latest_version(ref("stg_greenhouse__demographic_questions"), "demographic_questions", "updated_at") }}
    ),
    options as (
        select
            source_system,
            record_id,
            coalesce(
                trim(name), case when decline_to_answer then 'Declined to answer' else 'option ' || record_id end
            ) as group_code
        from
            {{
                latest_version(
                    ref("stg_greenhouse__demographic_answer_options"), "demographic_answer_options", "updated_at"
                )
            }}
    ),
    answers as (
        {% for attribute in ["gender", "race", "veteran_status", "disability_status"] -%}
            select
                source_system,
                application_id,
                '{{ attribute }}' as attribute_code,
                {{ attribute }} as group_code,
                coalesce(submitted_at, created_at) as answered_at,
                observed_at,
                1 as form
            from eeoc
            where {{ attribute }} is not null
            union all
        {% endfor -%}
        select
            a.source_system,
            a.application_id,
            coalesce(q.attribute_code, 'question ' || a.demographic_question_id),
            coalesce(o.group_code, 'option ' || a.demographic_answer_option_id),
            a.created_at,
            a.observed_at,
            2
        from {{ latest_version(ref("stg_greenhouse__demographic_answers"), "demographic_answers", "updated_at") }} as a
        left join questions as q on q.source_system = a.source_system and q.record_id = a.demographic_question_id
        left join options as o on o.source_system = a.source_system and o.record_id = a.demographic_answer_option_id
        where a.demographic_answer_option_id is not null
    ),
    ranked as (
        -- a question of the company's that has the name of one of the form's does not answer it twice
        select *, min(form) over (partition by source_system, application_id, attribute_code) as best_form from answers
    ),
    joined as (
        select
            source_system,
            application_id,
            attribute_code,
            string_agg(distinct group_code, '; ' order by group_code) as group_code,
            max(answered_at) as answered_at,
            max(observed_at) as observed_at
        from ranked
        where form = best_form
        group by source_system, application_id, attribute_code
    ),

    mapped as (
        select j.source_system, j.application_id, j.attribute_code, j.group_code, j.answered_at, j.observed_at
        from joined as j
    )

select *
from {{ canonical_rows("eeo_answers", "mapped") }} as r
