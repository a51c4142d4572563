"""The questions there are: name in `funnelcast ask` -> its definition.

A new question is one entry in the module of its subject; a new subject is one module in this folder and one word below.
"""

from __future__ import annotations

import difflib
from types import ModuleType

from base.errors import ConfigError
from exports.questions import data, diversity, forecast, funnel, offers, people, sourcing
from exports.questions.question import Question

SUBJECTS: tuple[ModuleType, ...] = (offers, funnel, forecast, people, diversity, sourcing, data)
QUESTIONS: dict[str, Question] = {question.name: question for subject in SUBJECTS for question in subject.QUESTIONS}


def question_named(name: str) -> Question:
    """The question of that name. Raises ConfigError with near names."""
    if name not in QUESTIONS:
        near = difflib.get_close_matches(name, QUESTIONS, n=2)
        raise ConfigError(
            f"there is no question '{name}'",
            remedy=f"Did you mean {' or '.join(near)}?" if near else "funnelcast ask lists them all.",
        )
    return QUESTIONS[name]
