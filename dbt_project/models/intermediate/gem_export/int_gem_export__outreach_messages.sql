-- One row per message in Gem's export (first outreach and follow-ups of any medium). The export names neither sequence,
-- step, subject nor the user on whose behalf it was sent; canonical.outreach_messages prefers the email service's row
-- of the same message.
with mapped as ({{ gem_messages(ref("int_gem_export__events"), "event_code", medium="medium_code") }})

select *
from {{ canonical_rows("outreach_messages", "mapped") }} as r
