-- One row per URL as sources wrote it, with its folded spelling and host, so that variants of a link count together.
-- Each host and each path is folded once, however many messages carry it: the rules of the seed link_folding_rules in
-- their order, each on what the one before left.
with recursive
    written as (
        select link_url
        from {{ ref("message_links") }}
        union
        select link_url
        from {{ ref("email_events") }}
        where link_url is not null
    ),
    parsed as (
        select link_url, {{ url_host("link_url") }} as host_text, {{ url_path("link_url") }} as path_text from written
    ),
    parts as (
        select distinct 'host' as part_code, host_text as part_text
        from parsed
        where host_text is not null
        union all
        select distinct 'path' as part_code, path_text as part_text
        from parsed
        where host_text is not null
    ),
    rules as (
        select
            part_code,
            pattern,
            coalesce(replacement, '') as replacement,
            row_number() over (partition by part_code order by rule_order, rule_id) as rule_number
        from {{ ref("link_folding_rules") }}
    ),
    counts as (select part_code, max(rule_number) as rules_count from rules group by part_code),
    steps as (
        select part_code, part_text, part_text as folded_text, cast(0 as bigint) as rule_number
        from parts
        union all
        select
            s.part_code,
            s.part_text,
            {{ replace_by_rule("s.folded_text", "r.pattern", "r.replacement") }} as folded_text,
            r.rule_number
        from steps as s
        inner join rules as r on r.part_code = s.part_code and r.rule_number = s.rule_number + 1
    ),
    folded as (
        select s.part_code, s.part_text, s.folded_text
        from steps as s
        left join counts as c on c.part_code = s.part_code
        where s.rule_number = coalesce(c.rules_count, 0)
    )

select p.link_url as written_url, h.folded_text || w.folded_text as link_url, h.folded_text as link_host
from parsed as p
inner join folded as h on h.part_code = 'host' and h.part_text = p.host_text
inner join folded as w on w.part_code = 'path' and w.part_text = p.path_text
where h.folded_text <> ''
