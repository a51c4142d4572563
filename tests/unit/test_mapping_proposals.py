"""Proposals for unmapped names: ordered rules with ids, what the words deny, and abstaining. The names are labelled by hand."""

from __future__ import annotations

import pytest

from orchestration.answers.mapping_proposals import Proposal, rule


@pytest.mark.parametrize(
    ("name", "code", "rule_id"),
    [
        ("Base salary too low", "comp_base", "reason-base"),
        ("Not enough equity", "comp_equity_bonus", "reason-equity"),
        ("No career growth", "growth", "reason-growth"),
        ("Salary not the issue - relocation", "location_relocation", "reason-location"),
        ("Left for another offer, not because of pay", "competing_offer", "reason-competing"),
        ("Pay was fine, did not want to relocate", "location_relocation", "reason-location"),
        ("Nothing to do with the team", None, None),
        ("Got a dog", None, None),
        ("Other", "unknown", "reason-other"),
        ("No response", "unresponsive", "reason-unresponsive"),
    ],
)
def test_a_candidate_s_reason_gets_the_code_of_the_first_rule_that_its_words_do_not_deny(
    name: str, code: str | None, rule_id: str | None
) -> None:
    found = rule("reason", name, "candidate")
    assert (found.code, found.rule_id, found.direction) == (code, rule_id, "candidate")


@pytest.mark.parametrize(
    ("name", "direction", "rule_id"),
    [
        ("Did not pass the technical interview", "company", "direction-failed"),
        ("Another candidate preferred", "company", "direction-other-candidate"),
        ("Lacks experience with Go", "company", "direction-skills"),
        ("Position was filled", "neither", "direction-neither"),
        ("Hiring freeze", "neither", "direction-neither"),
    ],
)
def test_a_reason_of_the_company_or_of_nobody_is_no_decline_reason(name: str, direction: str, rule_id: str) -> None:
    found = rule("reason", name)
    assert (found.code, found.direction, found.rule_id) == (None, direction, rule_id)
    row = Proposal("acme", "reason", name, 3, found.code, found.direction, found.rule_id)
    assert row.is_complete
    assert row.row.startswith(f"acme,{name},,{direction},")


def test_what_the_source_says_of_the_direction_stands() -> None:
    assert rule("reason", "Rejected our offer: salary", "candidate").code == "comp_base"


@pytest.mark.parametrize(
    ("kind", "name", "code"),
    [("stage", "Hiring Manager Screen", "phone_interview"), ("stage", "Vibe check", None), ("source", "Employee referral", "referral")],
)
def test_stages_and_sources_are_proposed_by_the_same_rules_and_abstain_alike(kind: str, name: str, code: str | None) -> None:
    assert rule(kind, name).code == code
