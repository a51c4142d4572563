-- One row per event of a message, over all sources. It is a machine's if its source says so, else if a rule does
-- (event_verdicts); which rule it was stands beside it. A machine's reply is an automatic one, unless a person has
-- classed it.
{{ config(materialized="stored_table") }}

with
    judged as (
        select
            e.*,
            coalesce(e.is_machine, v.verdict_code = 'machine', false) as is_judged_machine,
            v.rule_id,
            v.rule_version
        from {{ ref("reported_events") }} as e
        left join {{ ref("event_verdicts") }} as v on v.source_system = e.source_system and v.event_id = e.event_id
    )

select
    source_system,
    event_id,
    message_id,
    event_code,
    occurred_at,
    link_url,
    is_judged_machine as is_machine,
    rule_id as machine_rule_id,
    rule_version as machine_rule_version,
    case
        when event_code = 'replied' and is_judged_machine and coalesce(reply_origin_code, '') <> 'human'
        then 'auto'
        else reply_class_code
    end as reply_class_code,
    reply_origin_code,
    observed_at
from judged
