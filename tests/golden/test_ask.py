"""`funnelcast ask` over the simulated company's published state: every question is answered, and the seven answer what docs/questions.md does."""

from __future__ import annotations

import re

import pytest

from base.errors import ConfigError
from exports.marts import Marts
from exports.questions.members import members
from exports.questions.question import answer
from exports.questions.registry import QUESTIONS, question_named
from tests.golden.test_marts_questions import QUERIES

pytestmark = [pytest.mark.xdist_group("company"), pytest.mark.slow]


@pytest.fixture(scope="module")
def names(marts: Marts) -> dict[str, str]:
    """A value for every parameter: those of the decided offers' most frequent recruiter, and what else is published."""
    (recruiter, quarter), *_ = marts.table(
        "select slice_name, quarter from marts.offer_acceptance where slice_type = 'recruiter' "
        "order by accepted_in_period_count desc, slice_name, quarter"
    )[1]
    (family, office), *_ = marts.table(
        "select job_family, office_name from core.fct_application_stages join core.dim_offices using (office_key) "
        "group by all order by count(*) desc, job_family, office_name"
    )[1]
    return {
        "recruiter": recruiter,
        "quarter": f"{quarter.year}-Q{(quarter.month + 2) // 3}",
        "from": "phone_interview",
        "to": "onsite",
        "hires": "7",
        "job-family": family,
        "office": office,
        "since": "2026-01",
    }


@pytest.mark.parametrize("name", [name for name, question in QUESTIONS.items() if not question.is_restricted])
def test_every_question_is_answered_in_words_with_a_query_that_gives_its_table(marts: Marts, names: dict[str, str], name: str) -> None:
    question = QUESTIONS[name]
    given = {parameter.name: names[parameter.name] for parameter in question.parameters if parameter.is_required}
    found = answer(marts, question, given)
    assert found.rows and found.words and not re.search(r"None|nan|_", found.words)
    assert marts.table(found.sql) == (found.columns, found.rows)
    assert set(re.findall(r"(?:from|join)\s+(\w+)\.", found.sql)) <= {"core", "marts"}


@pytest.mark.parametrize(
    "name", [name for name, q in QUESTIONS.items() if not q.is_restricted and any(p.is_optional for p in q.parameters)]
)
def test_a_narrowed_question_asks_about_fewer(marts: Marts, names: dict[str, str], name: str) -> None:
    question = QUESTIONS[name]
    given = {parameter.name: names[parameter.name] for parameter in question.parameters if parameter.name in names}
    if question.is_cut_once:
        given = {name: value for name, value in given.items() if name not in ("recruiter", "office")}
    answer(marts, question, given)  # every condition it can write is one the tables understand
    for parameter in question.parameters:
        if parameter.is_optional and parameter.name in ("department", "job", "hiring-manager"):
            (value,), *_ = marts.table(
                {
                    "department": "select min(department_name) from core.dim_departments",
                    "job": "select min(job_name) from core.dim_jobs",
                    "hiring-manager": "select min(user_name) from core.dim_users where user_key in (select hiring_manager_key from core.dim_jobs)",
                }[parameter.name]
            )[1]
            required = {p.name: names[p.name] for p in question.parameters if p.is_required}
            key = members(marts, parameter.kind)[0].key if parameter.name == "job" else value
            assert answer(marts, question, {**required, parameter.name: key}).sql != answer(marts, question, required).sql


def test_the_seven_say_what_the_documented_queries_say(marts: Marts, names: dict[str, str]) -> None:
    quarter = answer(marts, question_named("offers-accepted"), {name: names[name] for name in ("recruiter", "quarter")})
    query = QUERIES[0].replace("Rosa Recruiter", names["recruiter"]).replace("2025-10-01", str(quarter.values["quarter"]))
    assert marts.table(query)[1][0][1] == quarter.rows[0][1] > 0
    passed = answer(marts, question_named("passthrough"), names | {"recruiter": None})  # type: ignore[dict-item]
    query = QUERIES[1].replace("Software Engineer", names["job-family"]).replace("Austin", names["office"])
    assert marts.table(query)[1][0][:2] == passed.rows[0][:2]
    needed = answer(marts, question_named("candidates-needed"), {"hires": "7", "job-family": names["job-family"]})
    query = QUERIES[3].replace("Product Manager", names["job-family"])
    assert [row[1] for row in marts.table(query)[1]] == [row[1] for row in needed.rows]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"recruiter": ""}, "needs --quarter"),
        ({"recruiter": "Nobody Atall", "quarter": "Q1"}, "no recruiter is called 'Nobody Atall'"),
        ({"quarter": "Q5"}, "is not a quarter"),
        ({"quarter": "2025-Q1 2026"}, "is not a quarter"),
        ({"quarter": "0000-Q1"}, "is not a quarter"),
    ],
)
def test_a_wrong_parameter_is_refused_with_the_remedy(marts: Marts, given: dict[str, str], message: str) -> None:
    with pytest.raises(ConfigError, match=message) as error:
        answer(marts, question_named("offers-accepted"), given)
    assert error.value.remedy


@pytest.mark.parametrize("hires", ["0", "21", "-1", "two", "1.5"])
def test_hires_that_the_mart_does_not_hold_are_told_and_what_to_ask_instead(marts: Marts, hires: str) -> None:
    with pytest.raises(ConfigError, match="from 1 to 20") as error:
        answer(marts, question_named("candidates-needed"), {"hires": hires})
    assert "proportion" in str(error.value.remedy)


def test_a_quarter_without_a_year_is_the_newest_that_had_begun(marts: Marts, names: dict[str, str]) -> None:
    as_of = marts.state.as_of
    for number in (1, 2, 3, 4):
        start = answer(marts, question_named("source-of-hire"), {"quarter": f"Q{number}"}).values["quarter"]
        assert start <= as_of.date() < start.replace(year=start.year + 1) and start.month == 3 * number - 2
