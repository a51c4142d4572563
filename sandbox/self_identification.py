"""What the simulated people answered when they were asked about themselves (voluntary, restricted): the EEOC form and demographic questions.

Answers depend on the person alone and on nothing that is decided about them, so that any difference between groups is chance. They come
from random numbers of their own: the rest of the simulation does not know of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from sandbox import catalogue
from sandbox.model import Application, iso
from sandbox.rng import Rng
from sandbox.world import World

DECLINED = "Decline To Self Identify"

#: Attribute -> (what the form offers, weight); None: the question was skipped. The order is that of the form's own answer ids.
EEOC: dict[str, tuple[tuple[str | None, float], ...]] = {
    "gender": (("Male", 52), ("Female", 38), (DECLINED, 7), (None, 3)),
    "race": (
        ("American Indian or Alaskan Native", 1),
        ("Asian", 24),
        ("Black or African American", 12),
        ("Hispanic or Latino", 13),
        ("White", 38),
        ("Native Hawaiian or Other Pacific Islander", 1),
        ("Two or More Races", 4),
        (DECLINED, 7),
    ),
    "veteran_status": (
        ("I am not a protected veteran", 86),
        ("I identify as one or more of the classifications of a protected veteran", 5),
        ("I don't wish to answer", 9),
    ),
    "disability_status": (
        ("Yes, I have a disability, or have had one in the past", 6),
        ("No, I do not have a disability and have not had one in the past", 80),
        ("I do not want to answer", 14),
    ),
}


class Option(NamedTuple):
    """`name` None: one of the vendor's own, whose label its lists do not have."""

    id: int
    name: str | None
    is_declined: bool = False
    is_free_form: bool = False


class Question(NamedTuple):
    id: int
    name: str | None
    is_multiple: bool
    options: tuple[tuple[Option, float], ...]


QUESTIONS = (
    Question(
        960_001,
        "How would you describe your gender identity?",
        False,
        (
            (Option(961_001, "Woman"), 40),
            (Option(961_002, "Man"), 48),
            (Option(961_003, "Non-binary"), 3),
            (Option(961_004, "I prefer to self-describe", is_free_form=True), 1),
            (Option(961_005, None, is_declined=True), 8),
        ),
    ),
    Question(
        960_002,
        "Which communities do you belong to?",
        True,
        (
            (Option(961_011, "First generation in higher education"), 35),
            (Option(961_012, "Parent or carer"), 35),
            (Option(961_013, "Refugee or displaced person"), 5),
            (Option(961_014, "None of these"), 25),
        ),
    ),
)


def eeoc_form(world: World, application: Application) -> dict[str, str | None] | None:
    """Attribute -> answer of an application for a requisition in the United States; None where the form was not sent in."""
    if application.job.office is catalogue.BERLIN or not _is_asked(world, application):
        return None
    rng = _person(world, application, "eeoc")
    return {attribute: rng.weighted(answers) for attribute, answers in EEOC.items()}


def demographic_answers(world: World, application: Application) -> list[tuple[Question, Option]]:
    """Chosen options of an application for a requisition elsewhere; none where nothing was answered."""
    if application.job.office is not catalogue.BERLIN or not _is_asked(world, application):
        return []
    rng = _person(world, application, "demographics")
    chosen: list[tuple[Question, Option]] = []
    for question in QUESTIONS:
        first = rng.weighted(question.options)
        chosen.append((question, first))
        second = rng.weighted(question.options)
        if question.is_multiple and second.id > first.id and question.options[-1][0] not in (first, second):
            chosen.append((question, second))
    return chosen


def eeo_answers(world: World) -> Iterator[dict[str, Any]]:
    """The truth in the shape of the canonical table eeo_answers, as known at the world's now."""
    for application in world.seen_applications:
        form = eeoc_form(world, application) or {}
        chosen: dict[str, list[str]] = {}
        for question, option in demographic_answers(world, application):
            chosen.setdefault(str(question.name).lower(), []).append(option.name or "Declined to answer")
        answers = {attribute: group for attribute, group in form.items() if group is not None}
        answers |= {attribute: "; ".join(sorted(groups)) for attribute, groups in chosen.items()}
        for attribute, group in answers.items():
            yield {
                "application_id": application.id,
                "attribute_code": attribute,
                "group_code": group,
                "answered_at": iso(application.applied_at),
            }


def _is_asked(world: World, application: Application) -> bool:
    """Who applied by themselves was asked, and about six in ten of them answered."""
    if application.is_prospect or application.source.origin_code != "applied":
        return False
    return Rng(world.seed, "self_identification", application.id).chance(0.6)


def _person(world: World, application: Application, form: str) -> Rng:
    """The same person answers alike each time."""
    assert application.person is not None
    return Rng(world.seed, form, application.person.id)
