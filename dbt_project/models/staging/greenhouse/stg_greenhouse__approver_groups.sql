-- One row per version of a group of approvers as Greenhouse served it, parsed once.
{{
    stage_stream(
        "greenhouse",
        "approver_groups",
        [
            "approval_flow_id",
            "approvals_required:integer",
            "sort_order:integer",
            "required_for_exception:boolean",
            "resolved_at:timestamp",
            "created_at:timestamp",
            "updated_at:timestamp",
        ],
    )
}}
