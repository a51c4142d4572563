"""Sentences of questions over figures that are not known."""

from __future__ import annotations

from typing import Any

import pytest

from exports.questions.forecast import QUESTIONS

EXPECTED = next(question for question in QUESTIONS if question.name == "expected-hires")


def job(expected: float | None, pooled: float | None) -> dict[str, Any]:
    return {"expected_hires": expected, "pooled_expected_hires": pooled, "accepted_not_marked_hired": 0, "unplaced_count": 0}


@pytest.mark.parametrize(
    ("rows", "present", "absent"),
    [
        ([job(0.5, None), job(None, None)], "0.5 by the forecast's date", "in the end, at"),
        ([job(None, None)], "is not known", "0.0"),
        ([job(None, 1.2)], "1.2 hires in the end", "by the forecast's date"),
        ([job(0.0, 0.4), job(0.2, None)], "0.4 hires in the end", "not known"),
    ],
)
def test_hires_that_no_rate_tells_are_said_to_be_unknown_and_not_none(rows: list[dict[str, Any]], present: str, absent: str) -> None:
    words = EXPECTED.words(rows, {})
    assert present in words
    assert absent not in words
