"""Mapping files are checked before a run: each mistake named by file, line and remedy."""

from __future__ import annotations

from pathlib import Path

import pytest

from base.errors import ConfigError
from orchestration.answers.mapping_files import check_mappings

STAGES = "source_system,stage_name,job_id,stage_code,valid_from,valid_to\n"
ANSWERS = "source_system,offer_id,decline_reason_code,answered_on,answered_by\n"
PAIR = "source_system,candidate_id,other_source_system,other_candidate_id,note,valid_from,valid_to\n"
REASONS = "source_system,close_reason_name,decline_reason_code,direction_code,is_conduct,valid_from,valid_to\n"


def write(folder: Path, name: str, text: str) -> Path:
    (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_good_files_are_counted(tmp_path: Path) -> None:
    write(tmp_path, "stages.csv", STAGES + ",Phone call,,recruiter_screen,,\nacme,On-site,42,onsite,2025-01-01,2026-01-01\n")
    assert check_mappings(tmp_path) == {"stages": 2}


def test_a_spreadsheet_s_byte_order_mark_is_no_mistake(tmp_path: Path) -> None:
    (tmp_path / "stages.csv").write_text(STAGES + ",Phone call,,recruiter_screen,,\n", encoding="utf-8-sig")
    assert check_mappings(tmp_path) == {"stages": 1}


def test_answers_and_the_company_s_own_benchmarks_are_counted_with_them(tmp_path: Path) -> None:
    write(tmp_path, "benchmarks.csv", "source_name,period,definition_code,benchmark_value\nNetwork,2026,applied_to_offer,0.012\n")
    (tmp_path / "mappings").mkdir()
    write(tmp_path / "mappings", "decline_answers.csv", ANSWERS + "greenhouse,400208,comp_base,2026-05-04,rosa@example.com\n")
    assert check_mappings(tmp_path / "mappings") == {"decline_answers": 1, "benchmarks": 1}
    write(tmp_path, "benchmarks.csv", "source_name,period,definition_code,benchmark_value\nNetwork,2026,applied_to_offer,1 %\n")
    with pytest.raises(ConfigError, match=r"benchmarks.csv:2: benchmark_value '1 %' is not a number"):
        check_mappings(tmp_path / "mappings")


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        (
            "stages.csv",
            STAGES + ",Call,,recruiter_screen,2026-02-30,\n",
            r"stages.csv:2: valid_from '2026-02-30' is not a date.*2026-06-30",
        ),
        ("stages.csv", STAGES + ",A,,onsite,,\n,B,,onsit,,\n", r"stages.csv:3: stage_code 'onsit' is not a known code.*'onsite'"),
        ("stages.csv", STAGES + ",,,onsite,,\n", r"stages.csv:2: stage_name is empty"),
        ("stages.csv", STAGES + ",A,,onsite,2026-02-01,2026-01-01\n", r"stages.csv:2: valid_from is after valid_to"),
        ("stages.csv", "stage_name,stagecode\nA,onsite\n", r"stages.csv:1: unknown column 'stagecode'.*'stage_code'"),
        ("stages.csv", "stage_name\nA\n", r"stages.csv:1: column 'stage_code' is missing"),
        ("reasons.csv", REASONS + ",Pay,comp_base,them,,,\n", r"reasons.csv:2: direction_code 'them' is not a known code.*company"),
        (
            "decline_answers.csv",
            ANSWERS + ",7,comp_bas,2026-05-04,r\n",
            r"decline_answers.csv:2: decline_reason_code 'comp_bas'.*'comp_base'",
        ),
        ("decline_answers.csv", ANSWERS + ",7,comp_base,4.5.2026,r\n", r"decline_answers.csv:2: answered_on '4.5.2026' is not a date"),
        ("decline_answers.csv", ANSWERS + ",7,comp_base,2026-05-04,\n", r"decline_answers.csv:2: answered_by is empty"),
        ("identity_links.csv", PAIR + "ats,1,crm,,twins,,\n", r"identity_links.csv:2: other_candidate_id is empty"),
        ("identity_splits.csv", PAIR + "ats,1,ats,1,,,\n", r"identity_splits.csv:2: both records are ats 1.*Name two records"),
        ("stage.csv", STAGES, r"stage.csv: unknown mapping file"),
    ],
)
def test_each_mistake_is_named_with_its_place_and_remedy(tmp_path: Path, name: str, text: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message) as caught:
        check_mappings(write(tmp_path, name, text))
    assert caught.value.exit_code == 2
