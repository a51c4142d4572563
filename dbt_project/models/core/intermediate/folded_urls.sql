-- One row per URL as sources wrote it, with its folded spelling and host; each is folded once, however many messages
-- carry it.
with
    written as (
        select link_url
        from {{ ref("message_links") }}
        union
        select link_url
        from {{ ref("email_events") }}
        where link_url is not null
    )

select link_url as written_url, {{ fold_url("link_url") }} as link_url, {{ url_host("link_url") }} as link_host
from written
where {{ url_host("link_url") }} is not null
