-- One row per application and attribute that its candidate answered about themselves (restricted).
-- A declined answer is none (seeds/terminology/nonanswers.csv). Of several answers the last one counts.
with
    answers as (
        select
            {{ key("application", ["e.source_system", "e.application_id"]) }} as application_key,
            {{ code_key("e.attribute_code") }} as attribute_code,
            trim(e.group_code) as group_code,
            row_number() over (
                partition by e.source_system, e.application_id, {{ code_key("e.attribute_code") }}
                order by e.answered_at desc nulls last, e.observed_at desc, e.group_code
            ) as answer_rank
        from {{ ref("eeo_answers") }} as e
        where trim(e.group_code) <> ''
    )

select application_key, attribute_code, group_code
from answers
where
    answer_rank = 1
    and not exists (select 1 from {{ ref("nonanswers") }} as n where {{ code_key("group_code") }} like n.like_pattern)
