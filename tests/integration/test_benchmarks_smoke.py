"""The benchmark runs and produces figures; how large they are is no test's business (docs/benchmarks.md has them)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.__main__ import main
from benchmarks.measure import Cost, Place, StepFailed, run_step
from benchmarks.orchestration import Orchestration
from benchmarks.report import Results, as_data, as_text
from benchmarks.sources import measure_sources
from benchmarks.transform import MAPPINGS, PHASES, Build, Transform


def test_extraction_is_measured_over_real_http_and_loses_no_record(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    figures = tmp_path / "figures.json"
    assert main(["--only", "extraction", "--records", "700", "--work", str(tmp_path), "--json", str(figures)]) == 0
    found = json.loads(figures.read_text(encoding="utf-8"))["extraction"]
    assert found["records"] == 700
    assert found["records_per_cpu_second"] > 0
    assert found["floor_records_per_cpu_second"] > found["records_per_cpu_second"]
    assert found["cost"]["peak_bytes"] > 0
    assert "12,000 within 1 GB" in capsys.readouterr().out
    assert [path.name for path in tmp_path.iterdir()] == ["figures.json"], "the work folder stays behind"


def test_a_source_is_measured_from_its_double_in_another_process(tmp_path: Path) -> None:
    (found,) = measure_sources(tmp_path, requisitions=1, served={"greenhouse": ("outreach_drop",)})
    assert (found.kind, found.records > 100, found.per_cpu_second > 0) == ("canonical_files", True, True)
    assert "canonical_files" in as_text(Results(sources=[found]))


def test_each_kind_of_step_is_a_process_that_reports_work_apart_from_start_up(tmp_path: Path) -> None:
    place = Place.below(tmp_path / "home", MAPPINGS)
    log = run_step("write_log", place, applications=200)
    assert log.facts["rows"]["applications"] == 200
    floor = run_step("floor", place, database=str(tmp_path / "floor.duckdb"))
    assert floor.facts["application_facts"] == 200
    delta = run_step("write_delta", place, applications=200, fraction=0.05)
    assert delta.facts["rows"]["applications"] >= 10
    assert run_step("floor", place, database=str(tmp_path / "floor.duckdb")).facts["application_facts"] == 210
    dbt = run_step("dbt_build", place, select=["run_clock"], exclude=[])
    assert dbt.facts["nodes"] >= 1
    for cost in (log, floor, delta, dbt):
        assert cost.work > 0
        assert cost.start_up > 0
        assert cost.peak_bytes > 10_000_000


def test_a_step_that_fails_says_how(tmp_path: Path) -> None:
    with pytest.raises(StepFailed, match="no instant at all"):
        run_step("publish", Place.below(tmp_path / "home", MAPPINGS), as_of="no instant at all")


def test_the_report_puts_every_figure_beside_its_target_and_its_peers() -> None:
    build = Build({phase: Cost(cpu=12.0, work=10.0, peak_bytes=2_000_000_000, clock=6.0, facts={"nodes": 1}) for phase in PHASES})
    cost = Cost(cpu=5.0, work=4.0, peak_bytes=1_000_000_000, clock=4.0)
    transform = Transform(1_000_000, {"applications": 1_000_000}, {"applications": 1_000}, 10**9, build, build, cost, cost)
    results = Results(transforms=[transform], orchestration=Orchestration(400, 20.0, 40.0, 10**9))
    text = as_text(results)
    assert "first at most 120: reached; daily at most 45: MISSED; within 6 GB: reached" in text
    assert "target at most 12 over: MISSED" in text
    assert text.count("dbt_greenhouse on DuckDB") == 2
    assert as_data(results)["transform"][0]["first"]["work"] == pytest.approx(80.0)


def test_core_and_marts_have_targets_of_their_own_at_one_and_at_five_million() -> None:
    def build(seconds: float) -> Build:
        return Build({phase: Cost(cpu=seconds, work=seconds, peak_bytes=3_000_000_000, clock=seconds) for phase in PHASES})

    cost = Cost(cpu=5.0, work=4.0, peak_bytes=1_000_000_000, clock=4.0)
    million = Transform(1_000_000, {"applications": 1_000_000}, {}, 10**9, build(29), build(31), cost, cost)
    text = as_text(Results(transforms=[million], large={5_000_000: build(151)}))
    [first, five] = [line.split() for line in text.splitlines() if "of which core and marts" in line]
    assert first[5:8] == ["58.0", "62.0", "3.00"]
    assert " ".join(first[8:]) == "first at most 60 within 6 GB: reached"
    assert (five[5], " ".join(five[7:])) == ("302.0", "first at most 300 within 12 GB: MISSED")
    assert as_data(Results(large={5_000_000: build(1)}))["large"][0]["phases"]["core"]["work"] == 1


def test_a_large_part_that_the_disk_has_no_room_for_is_left_out_and_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--only", "large", "--large", str(10**12), "--work", str(tmp_path)]) == 0
    assert "left out" in capsys.readouterr().err
