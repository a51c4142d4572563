"""Bodies of Greenhouse webhooks about the simulated company, in the shape of the vendor's older API (its webhook reference)."""

from __future__ import annotations

from typing import Any

from sandbox.model import Application, Stage, iso

Body = dict[str, Any]


def stage_change(application: Application, stage: Stage, at: int) -> Body:
    """Only the new stage: no stage before, and no time but that of the last activity."""
    assert application.person is not None
    return {
        "action": "candidate_stage_change",
        "payload": {
            "application": {
                "id": application.id,
                "rejected_at": None,
                "prospect": False,
                "status": "active",
                "applied_at": iso(application.applied_at),
                "last_activity_at": iso(at),
                "current_stage": {"id": stage.id, "name": stage.name, "interviews": []},
                "candidate": {"id": application.person.id},
                "jobs": [{"id": application.job.id, "name": application.job.name}],
            }
        },
    }


def delete_candidate(candidate_id: int, application_ids: list[int]) -> Body:
    return {"action": "delete_candidate", "payload": {"person": {"id": candidate_id, "deleted_application_ids": application_ids}}}


def delete_application(application_id: int, candidate_id: int) -> Body:
    return {"action": "delete_application", "payload": {"application": {"id": application_id, "candidate_id": candidate_id}}}


def merge_candidate(candidate_id: int, survivor_id: int) -> Body:
    return {"action": "merge_candidate", "payload": {"person": {"id": candidate_id, "new_candidate_id": survivor_id}}}


def candidate_anonymized(candidate_id: int, fields: list[str]) -> Body:
    return {"action": "candidate_anonymized", "payload": {"candidate_id": candidate_id, "anonymized_fields": fields}}
