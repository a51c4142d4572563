-- One row per version of a requisition as Lever served it, parsed once. headcountTotal is a number or the text
-- 'unlimited'.
{{
    stage_stream(
        "lever",
        "requisitions",
        [
            "code=requisitionCode",
            "name",
            "status",
            "posting_ids:list=postings",
            "headcount_total=headcountTotal",
            "headcount_infinite:boolean=headcountInfinite",
            "headcount_hired:integer=headcountHired",
            "owner_id=owner",
            "hiring_manager_id=hiringManager",
            "job_family=customFields.job_family",
            "job_level=customFields.job_level",
            "fill_started_at:unix_millis=timeToFillStartAt",
            "closed_at:unix_millis=closedAt",
            "created_at:unix_millis=createdAt",
            "updated_at:unix_millis=updatedAt",
        ],
    )
}}
