-- One row per event of a message that SendGrid reports, parsed once. Ids of sequence, step, candidate and sender ride
-- as unique arguments, which SendGrid writes among the event's own members.
{{
    stage_stream(
        "sendgrid",
        "events",
        [
            "event_type=event",
            "occurred_at:unix_seconds=timestamp",
            "recipient_address=email",
            "sendgrid_message_id=sg_message_id",
            "smtp_id=smtp-id",
            "bounce_type=type",
            "user_agent=useragent",
            "link_url=url",
            "is_machine_open:boolean=sg_machine_open",
            "sequence_id",
            "step_number",
            "candidate_ref",
            "sender_user_id",
            "on_behalf_of_user_id",
            "subject",
        ],
    )
}}
