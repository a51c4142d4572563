-- One row per close reason of a source: its place in the decline taxonomy, its direction and whether it is about
-- conduct, at as_of. decline_reason_code speaks of candidates' reasons only: the tenant's mapping, else a reason name
-- that is a taxonomy code, else 'unknown' for a bare "Other", else 'unmapped'; null for the company's own reasons.
-- A reason that rows name and no list has is there too; it is mapped by its id, as is one without a name.
with
    reasons as (
        select source_system, close_reason_id, reason_name, direction_code
        from {{ ref("close_reasons") }}
        union all
        select distinct source_system, unknown_id, null, null
        from {{ ref("unknown_ids") }}
        where references_name = 'close_reasons'
    ),
    mapping as (
        select
            source_system,
            {{ name_key("close_reason_name") }} as name_key,
            {{ code_key("decline_reason_code") }} as mapped_code,
            {{ code_key("direction_code") }} as mapped_direction,
            {{ code_key("is_conduct") }} in ('true', 'yes', '1') as is_conduct,
            {{ mapping_period() }}
        from {{ ref("stg_config__reasons") }}
    ),
    things as (
        select
            source_system,
            close_reason_id as thing_id,
            {{ name_key("coalesce(reason_name, close_reason_id)") }} as name_key
        from reasons
    ),
    mapped as ({{ codes_at_as_of("things", "mapping", ["mapped_code", "mapped_direction", "is_conduct"]) }}),
    directed as (
        select
            r.source_system,
            r.close_reason_id,
            r.reason_name,
            coalesce(m.mapped_direction, {{ code_key("r.direction_code") }}) as direction_code,
            coalesce(m.mapped_code, n.decline_reason_code) as decline_reason_code,
            coalesce(m.is_conduct, false) as is_conduct,
            case
                when m.mapped_code is not null
                then 'mapping'
                when n.decline_reason_code is not null
                then 'name'
                when m.is_mapped
                then 'mapping'
                else 'none'
            end as matched_by
        from reasons as r
        inner join mapped as m on m.source_system = r.source_system and m.thing_id = r.close_reason_id
        left join
            {{ ref("decline_reasons") }} as n
            on n.decline_reason_code = replace({{ name_key("r.reason_name") }}, ' ', '_')
    )

select
    source_system,
    close_reason_id,
    reason_name,
    direction_code,
    case
        when decline_reason_code is not null
        then decline_reason_code
        when coalesce(direction_code, 'candidate') = 'candidate' and {{ name_key("reason_name") }} = 'other'
        then 'unknown'
        when direction_code = 'candidate'
        then 'unmapped'
    end as decline_reason_code,
    is_conduct,
    matched_by
from directed
