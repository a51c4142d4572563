-- One row per version of an approver as Greenhouse served it, parsed once.
{{
    stage_stream(
        "greenhouse",
        "approvers",
        [
            "approver_group_id",
            "user_id",
            "status",
            "resolved_by_id",
            "request_sent_at:timestamp",
            "resolved_at:timestamp",
            "sort_order:integer",
            "created_at:timestamp",
            "updated_at:timestamp",
        ],
    )
}}
