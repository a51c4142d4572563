"""Laws that hold for any company, whatever happened in it: each a query over the built tables that finds what breaks it, and so finds nothing.

Counts of a slice type add up to the company; every application has one outcome per stage; what two marts count, they count alike.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

#: Mart with slices -> the columns beside the slice that name a row, and the counts that add up over the members of a slice type.
_OFFERS = ("extended", "open", "accepted", "declined", "expired", "rescinded", "reneged", "accepted_in_period", "declined_in_period")
_MOVES = ("active_start", "entered", "advanced", "rejected", "withdrawn", "closed", "hired", "moved_back", "active_end")
_LATE = ("manager_overdue", "review_overdue", "feedback_overdue", "decision_overdue")
ADDITIVE: Mapping[str, tuple[Sequence[str], Sequence[str]]] = {
    "funnel_passthrough": (
        ("cohort_code", "stage_code"),
        ("entered", "reached", "advanced", "rejected", "withdrawn", "closed", "waiting", "adjusted"),
    ),
    "funnel_by_age": (("cohort_month", "stage_code", "age_days"), ("reached", "advanced")),
    "pipeline_movement": (("week", "stage_code"), _MOVES),
    "full_funnel": (("month", "stage_code"), ("people", "from_outreach")),
    "time_in_stage": (("stage_code",), ("timed", "leaver", "waiting")),
    "time_to_hire": (("month",), ("n", "timed")),
    "time_to_fill": (("month",), ("n", "timed")),
    "offer_acceptance": (("quarter",), _OFFERS),
    "offer_decline_reasons": (("quarter", "decline_reason_code"), ("declined",)),
    "rejection_reasons": (("quarter", "stage_code", "close_reason_code"), ("rejected",)),
    "withdrawals": (("quarter", "close_reason_code"), ("withdrawn", "slow_process", *_LATE, "at_offer")),
    "source_of_hire": (("quarter", "source_key"), ("applications", "hires", "hired_in_period")),
    "forecast_required_pipeline": (("hires_wanted", "stage_code"), ("entrants", "hired")),
    "forecast_expected_hires": (("stage_code",), ("active",)),
}


def not_adding_up(mart: str) -> str:
    """What is not the same summed over the members of each slice type. Department trees overlap, so they are left out."""
    keys, counts = (", ".join(names) for names in ADDITIVE[mart])
    sums = ", ".join(f"sum({count}_count) as {count}" for count in ADDITIVE[mart][1])
    return f"""
        with summed as (select {keys}, slice_type, {sums} from marts.{mart} where slice_type <> 'department_tree' group by {keys}, slice_type)
        select {keys} from summed group by {keys}
        having count(*) <> (select count(distinct slice_type) from summed) or count(distinct row({counts})) > 1"""


_OUTCOMES = "advanced_count + rejected_count + withdrawn_count + closed_count + waiting_count"
_LEAVING = "advanced_count - rejected_count - withdrawn_count - closed_count - hired_count"
_SLICE = "slice_type, slice_key"
_COMPANY = "slice_type = 'company'"


def _is_within(rate: str) -> str:
    return f"coalesce({rate} between {rate}_low - 1e-12 and {rate}_high + 1e-12 and {rate}_low >= 0 and {rate}_high <= 1, {rate} is null)"


def _ends(mart: str, status: str) -> str:
    """Ends of a kind with a time: in the company's quarters as in core, and in no slice more than the funnel knows."""
    return f"""
        select 'company', '' from (select coalesce(sum({status}_count), 0) as found from marts.{mart} where {_COMPANY})
        where found <> (select count(*) from core.fct_applications where status_code = '{status}' and not is_prospect and closed_at is not null)
        union all
        select {_SLICE} from (select {_SLICE}, sum({status}_count) as found from marts.{mart} group by all)
        left join (select {_SLICE}, sum({status}_count) as known from marts.funnel_passthrough where cohort_month is not null group by all)
            using ({_SLICE})
        where found > coalesce(known, 0)"""


def _outreach(table: str) -> str:
    """Messages of each sequence, however they are grouped; people who did the lesser thing did the greater."""
    return f"""
        select sequence_key from (select sequence_key, sum(messages_count) as found from marts.{table} group by sequence_key)
        full join (select sequence_key, count(*) as sent from core.fct_outreach_messages where sequence_key is not null group by sequence_key)
            using (sequence_key)
        where found is distinct from sent
        union all
        select sequence_key from marts.{table}
        where not (opened_count <= opened_all_count and clicked_count <= clicked_all_count and interested_count <= replied_count
            and converted_30d_count <= converted_60d_count and converted_60d_count <= converted_90d_count
            and greatest(opened_all_count, clicked_all_count, replied_count, converted_90d_count) <= recipients_count
            and recipients_count <= messages_count)"""


#: Law -> a query of what breaks it.
LAWS: Mapping[str, str] = {
    "below hired, reached is the sum of the outcomes": f"""
        select * from marts.funnel_passthrough where stage_code <> 'hired' and reached_count <> {_OUTCOMES}""",
    "at hired there is no other outcome": f"""
        select * from marts.funnel_passthrough where stage_code = 'hired' and ({_OUTCOMES} <> 0 or entered_count <> reached_count)""",
    "who is in process has one outcome at each stage reached, a prospect has no stage": """
        select application_key, s.stage_code from core.fct_applications as a left join core.fct_application_stages as s using (application_key)
        group by application_key, s.stage_code
        having count(*) > 1 or bool_or(a.is_prospect <> (s.stage_code is null))
            or bool_or(s.outcome_code not in ('advanced', 'rejected', 'withdrawn', 'closed', 'waiting', 'hired'))""",
    "an application ends at one stage, as what it ended": """
        select application_key from core.fct_application_stages as s join core.fct_applications as a using (application_key)
        group by application_key, status_code
        having list(s.outcome_code) filter (s.outcome_code <> 'advanced') <> [case status_code when 'active' then 'waiting' else status_code end]""",
    "everybody in process applied in one month": f"""
        select * from (select sum(reached_count) as found from marts.funnel_passthrough
            where {_COMPANY} and stage_code = 'applied' and cohort_month is not null)
        where found <> (select count(*) from core.fct_applications where not is_prospect)""",
    "of a requisition, who advanced from a stage reached the next": """
        select * from marts.funnel_passthrough as s
        left join marts.funnel_passthrough as n
            on n.cohort_code = s.cohort_code and n.slice_type = 'job' and n.slice_key = s.slice_key and n.stage_code = s.next_stage_code
        where s.slice_type = 'job' and s.stage_code <> 'hired' and s.advanced_count <> coalesce(n.reached_count, 0)""",
    "a passthrough rate lies within its bounds, and they between 0 and 1": f"""
        select * from marts.funnel_passthrough
        where not ({_is_within("reached_rate")} and {_is_within("resolved_rate")} and {_is_within("adjusted_rate")})""",
    "an offer extended has one end": """
        select * from marts.offer_acceptance
        where extended_count <> open_count + accepted_count + declined_count + expired_count + rescinded_count or reneged_count > accepted_count""",
    "every offer is extended in one quarter and answered in one": f"""
        select * from (select sum(extended_count) as sent, sum(accepted_in_period_count + declined_in_period_count) as answered
            from marts.offer_acceptance where {_COMPANY})
        where sent <> (select count(cohort_at) from core.fct_offers)
            or answered <> (select count(resolved_at) from core.fct_offers
                where status_code in ('accepted', 'declined') and not is_resolution_inferred)""",
    "reasons of a quarter are those of its declines": f"""
        select quarter, {_SLICE} from marts.offer_acceptance
        left join (select quarter, {_SLICE}, sum(declined_count) as given, sum(share_rate) as shares, min(slice_declined_count) as least,
                       max(slice_declined_count) as most from marts.offer_decline_reasons group by all) using (quarter, {_SLICE})
        where declined_in_period_count <> coalesce(given, 0) or least <> given or most <> given or abs(shares - 1) > 1e-9""",
    "a decline is followed up, or had a reason": """
        select o.offer_key from core.fct_offers as o left join marts.offer_decline_followups as f using (offer_key)
        where (o.status_code = 'declined' and not o.is_resolution_inferred and not o.is_reason_specific) <> (f.offer_key is not null and not f.is_answered)""",
    "every rejection has one reason": _ends("rejection_reasons", "rejected"),
    "every withdrawal has one reason": _ends("withdrawals", "withdrawn"),
    "sources bring whom the funnel counts": f"""
        select quarter, {_SLICE} from
            (select quarter, {_SLICE}, sum(applications_count) as applied, sum(hires_count) as hired, sum(hire_share_rate) as shares
             from marts.source_of_hire group by all)
        full join (select cast(date_trunc('quarter', cohort_month) as date) as quarter, {_SLICE},
                       sum(reached_count) filter (stage_code = 'applied') as reached, coalesce(sum(reached_count) filter (stage_code = 'hired'), 0) as made
                   from marts.funnel_passthrough where cohort_month is not null group by all) using (quarter, {_SLICE})
        where applied <> coalesce(reached, 0) or hired <> coalesce(made, 0) or abs(shares - 1) > 1e-9 or applied is null""",
    "who is there at the end of a week was there, or came, and did not leave": f"""
        select {_SLICE} from marts.pipeline_movement where active_end_count <> active_start_count + entered_count - {_LEAVING}
        union all
        select w.slice_type, w.slice_key from marts.pipeline_movement as w
        left join marts.pipeline_movement as b
            on b.week = w.week - interval 7 day and b.slice_type = w.slice_type and b.slice_key = w.slice_key and b.stage_code = w.stage_code
        where w.active_start_count <> coalesce(b.active_end_count, 0)""",
    "who is there at the end of the last week waits": f"""
        select * from (select coalesce(sum(active_end_count), 0) as found from marts.pipeline_movement
            where {_COMPANY} and week = (select max(week) from marts.pipeline_movement))
        where found <> (select count(*) from core.fct_application_stages where outcome_code = 'waiting' and entered_at is not null)""",
    "by any age no more have reached a stage than the stage before it": f"""
        select {_SLICE} from marts.funnel_by_age as s join marts.funnel_by_age as n using (cohort_month, {_SLICE}, age_days)
        where slice_type = 'job' and n.stage_order > s.stage_order and n.reached_count > s.reached_count
        union all
        select {_SLICE} from marts.funnel_by_age where advanced_count > reached_count""",
    "messages of a sequence are those of its steps": _outreach("outreach_step_stats"),
    "messages of a sequence are all of them": _outreach("outreach_sequence_stats"),
    "messages of a sequence are those of its cohorts": _outreach("outreach_cohorts"),
    "messages of the company are those of its senders": """
        select * from (select sum(messages_count) filter (is_total) as total, sum(messages_count) filter (not is_total) as own
            from marts.outreach_sender_stats)
        where total <> own or total <> (select count(*) from core.fct_outreach_messages)""",
    "first messages and follow-ups are all messages": """
        select * from (select sum(first_messages_count + follow_ups_count) as found from marts.sourcing_activity)
        where found <> (select count(*) from core.fct_outreach_messages)""",
    "what outreach brought is in one week of its sender": """
        select * from (select sum(converted_count) as found from marts.sourcing_activity)
        where found <> (select count(*) from marts_work.int_marts__outreach_conversions)""",
    "a request to review is approved, refused, undecided or answered without a word": """
        select * from marts.review_calibration where approved_count + refused_count + undecided_count > requested_count
            or approved_then_rejected_count > approved_count""",
    "departments that were decided on pass as many as the company": """
        select stage_code from marts.department_selectivity group by stage_code having abs(sum(passed_count) - sum(expected_passed)) > 1e-9""",
    "every card is of an application in process, and its requisition counts it": """
        select application_key from core.fct_applications as a full join marts.pipeline_board as b using (application_key)
        where (b.application_key is not null) <> (a.status_code = 'active' and not a.is_prospect)
        union all
        select h.job_key from marts.requisition_health as h
        left join (select job_key, count(*) as cards, count(*) filter (is_overdue) as late from marts.pipeline_board group by job_key) using (job_key)
        where h.active_count <> coalesce(cards, 0) or h.overdue_count <> coalesce(late, 0) or h.open_count + h.filled_count > h.seats_count""",
    "who waits in a requisition waits at one stage of it": """
        select job_key from marts.requisition_health
        left join (select job_key, sum(waiting_count) as waiting from marts.bottlenecks group by job_key) using (job_key)
        where active_count <> coalesce(waiting, 0)""",
    "what is active is the forecast's": f"""
        select * from (select coalesce(sum(active_count), 0) as found from marts.forecast_expected_hires where {_COMPANY})
        where found <> (select count(*) from core.fct_applications where status_code = 'active' and not is_prospect)""",
    "recruiters' applications are those with a recruiter": """
        select * from (select sum(applications_count) as found from marts.recruiter_scorecard)
        where found <> (select count(*) from core.fct_applications where not is_prospect and recruiter_key is not null)""",
}
