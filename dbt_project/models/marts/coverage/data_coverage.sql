-- One row per source x canonical table (or lake stream with rows in quarantine, or that may not be read,
-- and that feeds no table of its name).
-- Says what came in, how fresh it is and what cannot be computed, instead of guessing. A table that no source has is
-- a row per source with status missing; one that another source has is not missed. A table that was read and held
-- nothing is loaded and empty: that there is none of it is a fact. One whose rows all belong to another source (holds
-- of the ATS's requisitions in a file, events of the CRM's messages) is not: they count there. A source is stale when
-- nothing of it was seen for stale_after_hours, because a table whose records did not change has nothing new to show;
-- and at once when the newest run could not read it (quality.stopped_sources).
with
    loaded as (
        select source_system, table_name, row_count, loaded_at from {{ ref("table_counts") }} where column_name is null
    ),

    -- rows that name something unknown, and the column with most of them; what a source has deleted is no fault
    references_counted as (
        select
            source_system,
            table_name,
            column_name,
            orphan_count,
            dangling_count,
            deleted_count,
            cause,
            row_number() over (
                partition by source_system, table_name order by orphan_count - deleted_count desc, column_name
            ) as column_rank
        from {{ ref("reference_coverage") }}
    ),

    unjoined as (
        select
            source_system,
            table_name,
            cast(sum(orphan_count) as bigint) as orphan_count,
            cast(sum(dangling_count) as bigint) as dangling_count,
            cast(sum(orphan_count - deleted_count) as bigint) as lost_count,
            max(case when column_rank = 1 then column_name end) as worst_column,
            max(case when column_rank = 1 then cause end) as worst_cause
        from references_counted
        group by source_system, table_name
    ),

    {#- Given whole, with or without a row. -#}
    given as ({{ loaded_tables() }}),

    own_sources as (select source_system, max(loaded_at) as seen_at from loaded group by source_system),

    -- Of a source that keeps no row under its own name, the loads say when it was seen.
    sources as (
        select source_system, seen_at
        from own_sources
        union all
        select source_system, max(read_at)
        from given
        where source_system not in (select o.source_system from own_sources as o)
        group by source_system
    ),

    given_away as (
        select g.source_system, g.table_name, g.read_at
        from given as g
        left join loaded as l on l.source_system = g.source_system and l.table_name = g.table_name
        left join own_sources as o on o.source_system = g.source_system
        where
            l.source_system is null
            and g.written_count > 0
            and (g.is_own_stream or o.source_system is null)
            and g.table_name in (select e.table_name from loaded as e)
    ),

    quarantined as (
        select source_system, stream as table_name, count(*) as quarantined_count
        from quality.quarantine
        where cleared_code is null
        group by source_system, stream
    ),

    places as (
        select source_system, table_name
        from loaded
        union
        select source_system, table_name
        from given
        where table_name in (select n.table_name from {{ ref("coverage_notes") }} as n)
        union
        select source_system, table_name
        from quarantined
        union
        select source_system, table_name
        from {{ ref("source_findings") }}
        union
        select s.source_system, n.table_name
        from own_sources as s
        left join {{ ref("unknown_sources") }} as o on s.source_system = o.source_system
        cross join {{ ref("coverage_notes") }} as n
        where n.table_name not in (select l.table_name from loaded as l) and o.source_system is null
    ),

    applications as (
        select
            source_system,
            {{ count_where("status_code = 'active' and current_stage_code = 'unmapped'") }} as unmapped_count,
            {{
                rate(
                    count_where("status_code = 'hired' and days_to_hire is null"),
                    count_where("status_code = 'hired'"),
                )
            }} as unknown_duration_rate,
            {{ count_where("has_stage_disagreement") }} as disagreement_count
        from {{ ref("fct_applications") }}
        group by source_system
    ),

    visits as (
        select
            a.source_system,
            {{ count_where("v.stage_code = 'unmapped'") }} as unmapped_count,
            {{ rate(count_where("v.duration_quality_code = 'unknown'"), "count(*)") }} as unknown_duration_rate
        from {{ ref("fct_stage_visits") }} as v
        inner join {{ ref("fct_applications") }} as a on v.application_key = a.application_key
        group by a.source_system
    ),

    unmapped as (
        select source_system, 'stages' as table_name, {{ count_where("stage_code = 'unmapped'") }} as unmapped_count
        from {{ ref("stage_codes") }}
        group by source_system
        union all
        select source_system, 'close_reasons', {{ count_where("decline_reason_code = 'unmapped'") }}
        from {{ ref("reason_codes") }}
        group by source_system
        union all
        select source_system, 'sources', {{ count_where("channel_code = 'unmapped'") }}
        from {{ ref("source_codes") }}
        group by source_system
        union all
        select source_system, 'offers', {{ count_where("decline_reason_code = 'unmapped'") }}
        from {{ ref("fct_offers") }}
        group by source_system
        union all
        select source_system, 'applications', unmapped_count
        from applications
        union all
        select source_system, 'stage_visits', unmapped_count
        from visits
    ),

    durations as (
        select source_system, 'stage_visits' as table_name, unknown_duration_rate
        from visits
        union all
        select source_system, 'applications', unknown_duration_rate
        from applications
        union all
        select
            source_system,
            'offers',
            {{
                rate(
                    count_where("days_to_resolve is null and resolved_at is not null"),
                    count_where("resolved_at is not null"),
                )
            }}
        from {{ ref("fct_offers") }}
        where not is_resolution_inferred
        group by source_system
        union all
        select
            source_system,
            'openings',
            {{
                rate(
                    count_where("days_to_fill is null and filled_at is not null"),
                    count_where("filled_at is not null"),
                )
            }}
        from {{ ref("fct_openings") }}
        group by source_system
    ),

    joined as (
        select
            p.source_system,
            p.table_name,
            coalesce(l.row_count, 0) as row_count,
            coalesce(l.loaded_at, y.read_at) as loaded_at,
            y.table_name is not null as is_given_away,
            greatest({{ days_so_far("s.seen_at") }} * 24, 0) as freshness_hours,
            u.unmapped_count,
            d.unknown_duration_rate,
            g.disagreement_count,
            t.unplaced_count,
            t.start_date_count,
            t.hire_pending_count,
            t.plan_count,
            t.contradicted_exit_count,
            t.undated_count,
            t.inferred_count,
            t.out_of_order_count,
            coalesce(q.quarantined_count, 0) as quarantined_count,
            l.row_count is not null or (w.table_name is not null and coalesce(q.quarantined_count, 0) = 0) as is_loaded,
            h.table_name is not null as is_elsewhere,
            coalesce(r.orphan_count, 0) as orphan_count,
            coalesce(r.dangling_count, 0) as dangling_count,
            coalesce(r.lost_count, 0) as lost_count,
            r.worst_column,
            r.worst_cause,
            f.note as finding_note,
            n.note_when_missing,
            x.stale_since,
            m.limit_text as source_limit,
            case when x.source_system is not null then 1 else 0 end as is_stopped,
            clock.as_of
        from places as p
        cross join {{ ref("run_clock") }} as clock
        left join loaded as l on p.source_system = l.source_system and p.table_name = l.table_name
        left join unjoined as r on p.source_system = r.source_system and p.table_name = r.table_name
        left join given as w on p.source_system = w.source_system and p.table_name = w.table_name
        left join given_away as y on p.source_system = y.source_system and p.table_name = y.table_name
        left join (select distinct table_name from loaded) as h on p.table_name = h.table_name
        left join sources as s on p.source_system = s.source_system
        left join quarantined as q on p.source_system = q.source_system and p.table_name = q.table_name
        left join unmapped as u on p.source_system = u.source_system and p.table_name = u.table_name
        left join durations as d on p.source_system = d.source_system and p.table_name = d.table_name
        left join applications as g on p.source_system = g.source_system and p.table_name = 'applications'
        left join
            {{ ref("int_marts__settled_counts") }} as t
            on p.source_system = t.source_system
            and p.table_name = t.table_name
        left join {{ ref("source_findings") }} as f on p.source_system = f.source_system and p.table_name = f.table_name
        left join {{ ref("coverage_notes") }} as n on p.table_name = n.table_name
        left join quality.stopped_sources as x on p.source_system = x.source_system
        left join
            {{ ref("source_limitations") }} as m on p.source_system = m.source_system and p.table_name = m.table_name
    ),

    judged as (
        select
            *,
            case
                when row_count = 0 and quarantined_count = 0 and not is_given_away
                then case when is_loaded then 'empty' else 'missing' end
                when is_stopped = 1 or freshness_hours > {{ var("stale_after_hours") }}
                then 'stale'
                when
                    finding_note is not null
                    or quarantined_count > 0
                    or coalesce(unmapped_count, 0) > 0
                    or coalesce(unknown_duration_rate, 0) > 0
                    or coalesce(disagreement_count, 0) > 0
                    or lost_count > 0
                    or coalesce(unplaced_count, 0) > 0
                    or coalesce(contradicted_exit_count, 0) > 0
                    or coalesce(undated_count, 0) > 0
                    or coalesce(out_of_order_count, 0) > 0
                    or coalesce(plan_count, 0) * 2 > row_count
                then 'partial'
                else 'ok'
            end as status_code
        from joined
    )

select
    source_system,
    table_name,
    row_count,
    loaded_at,
    freshness_hours,
    unmapped_count,
    unknown_duration_rate,
    disagreement_count,
    unplaced_count,
    start_date_count,
    hire_pending_count,
    plan_count,
    contradicted_exit_count,
    undated_count,
    inferred_count,
    out_of_order_count,
    quarantined_count,
    orphan_count,
    dangling_count,
    is_loaded,
    status_code,
    case
        status_code
        when 'missing'
        then coalesce(finding_note, note_when_missing)
        when 'empty'
        then coalesce(finding_note, case when not is_elsewhere then note_when_missing end)
        when 'ok'
        then
            case
                when is_given_away
                then 'None of its rows is its own: they belong to another source, were deleted or came after as_of'
            end
        when 'stale'
        then
            case
                when is_stopped = 1
                then 'The newest run could not read this source: its rows are as of stale_since'
                else 'Nothing new was seen of this source for longer than agreed'
            end
        when 'partial'
        then
            case
                when finding_note is not null
                then finding_note
                when quarantined_count > 0
                then 'Some records are in quarantine'
                when lost_count > 0
                then 'Some ids in ' || worst_column || ' name no row (reference_coverage). ' || worst_cause
                when unmapped_count > 0
                then 'Some names are not mapped to a canonical code (unmapped_names)'
                when out_of_order_count > 0
                then 'Some things end before they start: counted, without a duration'
                when coalesce(plan_count, 0) * 2 > row_count
                then 'More than half of the rows have no entry time: they are plans, and no visits'
                when undated_count > 0
                then 'Some offers have no date of extension: they are in the cohort of their resolution'
                when unknown_duration_rate > 0
                then 'Some durations cannot be known'
                when contradicted_exit_count > 0
                then 'Some visits have an exit although the source shows the application in their stage: they are open'
                when unplaced_count > 0
                then 'Some active applications have left their last stage, and nothing says where they are'
                else 'Some current stages disagree with the visits'
            end
    end as note,
    source_limit,
    stale_since,
    as_of
from judged
