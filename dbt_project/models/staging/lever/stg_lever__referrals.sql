-- One row per version of a referral as Lever served it, parsed once.
{{
    stage_stream(
        "lever",
        "referrals",
        [
            "opportunity_id=opportunityId",
            "referrer_id=referrer",
            "completed_at:unix_millis=completedAt",
            "created_at:unix_millis=createdAt",
        ],
    )
}}
