"""Greenhouse Harvest v3 records of what stands beside the funnel: approvals, the EEOC form, demographic questions and their answers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sandbox import self_identification as forms
from sandbox import state
from sandbox.model import DAY, User, iso
from sandbox.world import World

Row = dict[str, Any]

#: (flow id, created and asked, resolved, approver, fields of the flow): one approval as the vendor's three lists tell it.
_Approval = tuple[int, int, int | None, User, Row]


def stamp(number: int, created: int, updated: int | None = None) -> Row:
    return {"id": number, "created_at": iso(created), "updated_at": iso(created if updated is None else updated)}


def eeoc(world: World) -> Iterator[Row]:
    for application in world.seen_applications:
        form = forms.eeoc_form(world, application)
        if form is None:
            continue
        assert application.person is not None
        answers = {
            attribute: {"id": _place(attribute, answer) if answer else None, "description": answer} for attribute, answer in form.items()
        }
        yield stamp(600_000_000 + application.id, application.applied_at) | {
            "application_id": application.id,
            "candidate_id": application.person.id,
            "submitted_at": iso(application.applied_at),
            **answers,
        }


def _place(attribute: str, answer: str) -> int:
    return [known for known, _ in forms.EEOC[attribute]].index(answer) + 1


def demographic_questions(world: World) -> Iterator[Row]:
    for place, question in enumerate(forms.QUESTIONS):
        yield _founding(world, question.id) | {
            "sort_order": place,
            "active": True,
            "name": question.name,
            "demographic_question_set_id": 959_001,
            "required": None if question.name is None else False,
            "answer_type": "multi_value_multi_select" if question.is_multiple else "multi_value_single_select",
        }


def demographic_answer_options(world: World) -> Iterator[Row]:
    for question in forms.QUESTIONS:
        for place, (option, _) in enumerate(question.options):
            yield _founding(world, option.id) | {
                "demographic_question_id": question.id,
                "sort_order": place,
                "active": True,
                "free_form": option.is_free_form,
                "name": option.name,
                "decline_to_answer": True if option.is_declined else None,
            }


def demographic_answers(world: World) -> Iterator[Row]:
    for application in world.seen_applications:
        for place, (question, option) in enumerate(forms.demographic_answers(world, application)):
            yield stamp(700_000_000 + application.id * 10 + place, application.applied_at) | {
                "application_id": application.id,
                "demographic_question_id": question.id,
                "demographic_answer_option_id": option.id,
                "free_form_text": "in their own words" if option.is_free_form else None,
            }


def approval_flows(world: World) -> Iterator[Row]:
    for number, created, resolved, user, fields in _approvals(world):
        yield stamp(number, created, resolved) | {
            "sequential": True,
            "version": 1,
            "requested_by_id": user.id,
            "approval_status": "approved" if resolved is not None else "pending",
            **fields,
        }


def approver_groups(world: World) -> Iterator[Row]:
    for number, created, resolved, _, _ in _approvals(world):
        yield stamp(10_000_000 + number, created, resolved) | {
            "approval_flow_id": number,
            "approvals_required": 1,
            "sort_order": 0,
            "required_for_exception": False,
            "resolved_at": iso(resolved),
        }


def approvers(world: World) -> Iterator[Row]:
    for number, created, resolved, user, _ in _approvals(world):
        yield stamp(20_000_000 + number, created, resolved) | {
            "sort_order": 0,
            "user_id": user.id,
            "status": "approved" if resolved is not None else "due",
            "resolved_by_id": user.id if resolved is not None else None,
            "resolved_at": iso(resolved),
            "request_sent_at": iso(created),
            "version_sent": 1,
            "reminder_sent_at": None,
            "reminder_sent_by_id": None,
            "reminders_sent": 0,
            "approver_group_id": 10_000_000 + number,
            "added_by_custom_field_id": None,
            "send_auto_reminder_at": None,
            "auto_reminders_sent": 0,
        }


def _approvals(world: World) -> Iterator[_Approval]:
    """A job is approved by its hiring manager before it opens, an offer before it is sent."""
    now = world.now_seconds
    for job in world.seen_jobs:
        fields = {"job_id": job.id, "offer_id": None, "approval_type": "open_job"}
        yield job.id, job.created_at, state.before(job.opened_at, now), job.hiring_manager, fields
    for application in world.seen_applications:
        for offer in application.offers:
            if offer.created_at < now:
                fields = {"job_id": application.job.id, "offer_id": offer.id, "approval_type": "offer_candidate"}
                yield offer.id, offer.created_at, state.before(offer.sent_at, now), application.job.hiring_manager, fields


def _founding(world: World, number: int) -> Row:
    return stamp(number, world.started - 300 * DAY)
