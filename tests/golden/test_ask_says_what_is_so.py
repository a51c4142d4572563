"""A7, B8, C13 and the words of `funnelcast ask`: no crash on what is unknown, ties said, nothing said of what was not loaded."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from click.testing import CliRunner

from base.errors import ConfigError
from base.home import Home
from exports.marts import Marts
from exports.questions.members import members
from exports.questions.question import answer
from exports.questions.registry import QUESTIONS, question_named
from orchestration.cli import cli

pytestmark = [pytest.mark.xdist_group("company"), pytest.mark.slow]


class _Without(Marts):
    """The same published state, of which the canonical tables `absent` were never loaded."""

    absent: tuple[str, ...] = ()

    def is_loaded(self, table: str, source: str | None = None) -> bool:
        return table not in self.absent and super().is_loaded(table, source)


def _words(question: str, *rows: dict[str, Any], **values: Any) -> str:
    return question_named(question).words(rows, values)


def test_a7_requisitions_without_an_opening_date_are_at_risk_in_words() -> None:
    row = {"job": "Analyst", "days_open": None, "risk_reason": "Nobody is in process."}
    assert "is not known: the source gives no opening date" in _words("at-risk", row)


def test_hires_that_nothing_can_be_compared_with_are_not_known_and_not_0() -> None:
    row = {"accepted_not_marked_hired": 0, "unplaced_count": 2, "expected_hires": 0.0, "pooled_expected_hires": None}
    unknown = _words("expected-hires", row)
    assert unknown.startswith("How many hires the present pipeline of 1 requisition will give in the end is not known")
    assert "Unplaced, and in neither sum: 2." in unknown
    known = _words("expected-hires", row, {**row, "pooled_expected_hires": 1.5})
    assert known.startswith("The present pipeline of 2 requisitions is expected to give 1.5 hires in the end")


def test_a7_stages_in_the_wrong_order_are_refused_with_the_right_one(marts: Marts) -> None:
    with pytest.raises(ConfigError, match="Onsite comes after Phone interview") as error:
        answer(marts, question_named("passthrough"), {"from": "onsite", "to": "phone_interview"})
    assert "--from phone_interview --to onsite" in str(error.value.remedy)


def test_a7_one_stage_given_twice_is_refused(marts: Marts) -> None:
    with pytest.raises(ConfigError, match="are both Onsite"):
        answer(marts, question_named("passthrough"), {"from": "onsite", "to": "Onsite"})


@pytest.mark.parametrize("name", [name for name, question in QUESTIONS.items() if question.tables])
def test_b8_a_question_about_a_table_that_no_source_gives_says_so(published_company: Home, marts: Marts, name: str) -> None:
    question = QUESTIONS[name]
    given = {"quarter": "Q1"} if any(parameter.name == "quarter" for parameter in question.parameters) else {}
    with _Without(marts.state) as without:
        without.absent = question.tables[:1]
        found = answer(without, question, given)
    assert found.words.startswith(f"Not loaded: no source gives {question.tables[0]}")
    assert found.rows == ()


@pytest.mark.parametrize("name", [name for name, question in QUESTIONS.items() if not question.is_restricted])
def test_b8_every_question_that_reads_a_table_names_it_in_what_it_needs(name: str) -> None:
    """Facts that exist only where the table was loaded: a question over them must not answer with none."""
    needs = {
        "fct_offers": "offers",
        "offer_": "offers",
        "requisition_health": "jobs",
        "bottlenecks": "jobs",
        "outreach_link_stats": "message_links",
    }
    module = question_named(name).sql.__code__.co_consts
    text = " ".join(str(const) for const in module)
    for table, needed in needs.items():
        if re.search(rf"(?:core|marts)\.{table}", text):
            assert needed in question_named(name).tables


@pytest.mark.parametrize(
    ("question", "rows", "sentence"),
    [
        (
            "stuck",
            [{"stage": stage, "job": "Analyst", "stuck_count": 2, "waiting_count": 3, "reason": "x"} for stage in ("Onsite", "Offer")],
            "Worst are Onsite of Analyst and Offer of Analyst (a tie), with 2 candidates stuck each.",
        ),
        (
            "source-of-hire",
            [{"source": name, "hires_count": 1, "hires_per_100_applications": 1.0} for name in "ABCDE"],
            "The 5 hires came most often from A, B, C and 2 more (a tie), 1 each.",
        ),
        (
            "at-risk",
            [{"job": name, "days_open": 9.0, "risk_reason": "x"} for name in ("Analyst", "Clerk")],
            "Longest open are Analyst and Clerk (a tie), 9.0 days each.",
        ),
        (
            "time-in-stage",
            [{"stage": name, "median_days": days, "p90_days": 9.0} for name, days in (("Onsite", 4.01), ("Offer", 4.02))],
            "Slowest are Offer and Onsite (a tie)",
        ),
        (
            "decline-reasons",
            [{"reason": name, "declined_count": 2, "share_rate": 0.5, "prior_quarter_share_rate": None} for name in ("Pay", "Place")],
            "most often for Pay and Place (2 each).",
        ),
    ],
)
def test_c13_who_shares_the_first_place_is_named_with_it(question: str, rows: list[dict[str, Any]], sentence: str) -> None:
    assert sentence in _words(question, *rows, quarter=date(2026, 1, 1))


def test_c13_stuck_is_sorted_by_how_many_are_stuck(marts: Marts) -> None:
    found = answer(marts, question_named("stuck"), {})
    stuck = [row[found.columns.index("stuck_count")] for row in found.rows]
    assert stuck == sorted(stuck, reverse=True)


def test_a_name_may_be_given_by_a_beginning_that_only_one_has(marts: Marts) -> None:
    known = members(marts, "department")
    (department, start) = next(
        (m, m.name[:n]) for m in known for n in range(2, 9) if sum(o.name.casefold().startswith(m.name[:n].casefold()) for o in known) == 1
    )
    found = answer(marts, question_named("time-in-stage"), {"department": f"  {start.upper()} "})
    assert found.values["department"] == department


def test_a_beginning_that_several_have_is_refused_with_their_names(marts: Marts) -> None:
    known = [member.name for member in members(marts, "recruiter")]
    start = next(name[0] for name in known if sum(other.startswith(name[0]) for other in known) > 1)
    with pytest.raises(ConfigError, match="may be") as error:
        answer(marts, question_named("time-in-stage"), {"recruiter": start})
    assert error.value.remedy == "Give more of the name."


def test_a_title_that_several_requisitions_have_takes_the_id_of_one(marts: Marts) -> None:
    jobs = members(marts, "job")
    name = next(job.name for job in jobs if sum(other.name == job.name for other in jobs) > 1)
    with pytest.raises(ConfigError, match="of that name") as error:
        answer(marts, question_named("time-in-stage"), {"job": name})
    assert "Give --job-id" in str(error.value.remedy)
    job_id = re.findall(r"id (\S+?),", str(error.value.remedy))[0]
    found = answer(marts, question_named("time-in-stage"), {"job-id": job_id})
    assert found.values["job-id"].name == name
    assert f"/* {name} */" in found.sql


def test_figures_of_one_slice_at_a_time_refuse_two(marts: Marts) -> None:
    department, office = members(marts, "department")[0].key, members(marts, "office")[0].key
    with pytest.raises(ConfigError, match="takes one of --department and --office"):
        answer(marts, question_named("time-in-stage"), {"department": department, "office": office})


@pytest.mark.parametrize("name", [name for name, question in QUESTIONS.items() if any(p.kind == "office" for p in question.parameters)])
def test_every_question_answers_for_every_slice_that_it_takes(marts: Marts, name: str) -> None:
    """Also for the one with least in it: words, never a crash or a `None`."""
    question = QUESTIONS[name]
    samples = {"from": "phone_interview", "to": "onsite", "hires": "3", "quarter": "Q1"}
    required = {parameter.name: samples[parameter.name] for parameter in question.parameters if parameter.is_required}
    for parameter in question.parameters:
        if parameter.is_optional and parameter.kind not in ("job_id", "month"):
            for member in (members(marts, parameter.kind)[0], members(marts, parameter.kind)[-1]):
                found = answer(marts, question, required | {parameter.name: member.key})
                assert found.words and not re.search(r"None|\bnan\b", found.words)


@pytest.mark.parametrize("width", [60, 80, 120])
def test_tables_fit_the_terminal(published_company: Home, width: int) -> None:
    for name in ("at-risk", "stuck", "what-is-missing", "best-links"):
        done = CliRunner().invoke(cli, ["--home", str(published_company.root), "ask", name], env={"COLUMNS": str(width)})
        assert done.exit_code == 0, done.output
        _, _, table = done.output.partition(" UTC.\n")
        assert table and max(map(len, table.splitlines())) <= width


def test_the_query_is_printed_on_request_alone(published_company: Home) -> None:
    without = CliRunner().invoke(cli, ["--home", str(published_company.root), "ask", "last-week"]).output
    with_it = CliRunner().invoke(cli, ["--home", str(published_company.root), "ask", "last-week", "--sql"]).output
    assert "select" not in without
    assert with_it.startswith(without.rstrip("\n").split("\n")[0])
    assert "from marts.pipeline_movement" in with_it
