"""Common questions with their answers: `funnelcast ask`. One entry per question, grouped by subject; each is one query on published tables."""

from __future__ import annotations

import difflib

from base.errors import ConfigError
from exports.questions import data, diversity, forecast, funnel, offers, people, sourcing
from exports.questions.question import Answer, Parameter, Question, answer

QUESTIONS: dict[str, Question] = {
    question.name: question for subject in (offers, funnel, forecast, people, diversity, sourcing, data) for question in subject.QUESTIONS
}


def question_named(name: str) -> Question:
    """The question of that name. Raises ConfigError with near names."""
    if name not in QUESTIONS:
        near = difflib.get_close_matches(name, QUESTIONS, n=2)
        raise ConfigError(
            f"there is no question '{name}'",
            remedy=f"Did you mean {' or '.join(near)}?" if near else "funnelcast ask lists them all.",
        )
    return QUESTIONS[name]


__all__ = ["QUESTIONS", "Answer", "Parameter", "Question", "answer", "question_named"]
