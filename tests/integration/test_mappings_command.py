"""`funnelcast mappings` over a published sample: the row to add with the rule that proposes it, and the declines to ask about."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from base.home import Home
from orchestration.cli import run_cli
from tests.support.published_sample import publish_sample, sample_rows


def test_each_row_to_add_says_which_rule_proposes_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home, config = Home(tmp_path / "home"), tmp_path / "config"
    rows = sample_rows()
    declined = rows["marts.offer_decline_followups"][0]["offer_key"]
    for offer in rows["core.fct_offers"]:
        if offer["offer_key"] == declined:
            offer.update(source_system="acme", offer_id="400208")
    named = {"source_system": "acme", "kind_code": "reason", "ids_count": 1}
    rows["marts.unmapped_names"] = [
        {**named, "unmapped_name": "Wanted more equity", "direction_code": "candidate", "use_count": 5},
        {**named, "unmapped_name": "Did not pass the tech screen", "direction_code": None, "use_count": 4},
        {**named, "unmapped_name": "Dog-friendly office elsewhere", "direction_code": "candidate", "use_count": 3},
    ]
    publish_sample(home, rows=rows)
    config.mkdir()
    (config / "sources.yml").write_text("sources: [{name: acme, kind: canonical_files, path: .}]", encoding="utf-8")
    where = ["--home", str(home.root), "--config", str(config)]

    assert run_cli(["mappings", *where]) == 0
    lines = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    assert "Wanted more equity (acme): used 5 times; proposed by rule reason-equity" in lines
    assert "Did not pass the tech screen (acme): used 4 times; proposed by rule direction-failed" in lines
    assert "Dog-friendly office elsewhere (acme): used 3 times; no rule knows it: fill in the code" in lines
    assert "direction_code is one of company, candidate, neither." in lines
    assert lines[lines.index("Rows to paste:") + 1 :][:2] == [
        "acme,Wanted more equity,comp_equity_bonus,candidate,,,",
        "acme,Did not pass the tech screen,,company,,,",
    ]
    assert "acme,Dog-friendly office elsewhere,,candidate,,," in lines
    assert "acme,400208,,," in lines
    (asked,) = [line for line in lines if line.startswith("400208 (acme): declined 2026-")]
    assert asked.endswith("ask Rosa Recruiter")

    assert run_cli(["mappings", "--json", *where]) == 0
    output = json.loads(capsys.readouterr().out)
    assert [(row["kind"], row["row"]) for row in output if row["kind"] == "decline"] == [("decline", "acme,400208,,,")]
    assert not (config / "mappings").exists()
