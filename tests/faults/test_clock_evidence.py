"""T1: the clock is evidence. One wrong clock, here or in a header, moves no window, skips nothing in silence and loses nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from sqlalchemy.engine import RootTransaction

from base.config import ClockLimits, Source
from base.errors import ConfigError, FunnelcastError
from base.home import Home
from base.ops import engine
from exports.channels.channel import Key
from exports.delivery import delivery_ledger as ledger
from ingestion.extract.run import extract
from ingestion.http.limits import retry_after, server_time
from ingestion.log.closing import close_windows, plan_closings
from ingestion.log.loads import FAILED, Ledger, Load, newest_window_end
from ingestion.log.recovery import recover
from ingestion.preflight.check import server_now
from ingestion.preflight.clocks import Evidence, judge
from orchestration.checked_config import load_config
from orchestration.cli import run_cli
from orchestration.run import runs
from orchestration.run.request import RunRequest
from orchestration.run.session import open_session
from tests.support.ingestion import Place, config_of, folder_source, lake_rows
from tests.support.scripted_http import ScriptedServer, cut, reply

NOW = datetime(2026, 6, 29, 6, tzinfo=UTC)
IN_2031 = datetime(2031, 5, 1, tzinfo=UTC)
LIMITS = ClockLimits()
LIMIT = timedelta(minutes=15)
HEADER = "application_id,candidate_id,job_id,applied_at,status_code\n"


def loaded_up_to(end: datetime) -> Load:
    return Load("ats", "greenhouse", "jobs", None, end)


@pytest.mark.parametrize("days", [-7, 365 * 5, 1 / 24])
def test_T1_a_clock_that_its_only_server_contradicts_stops_the_run_naming_both_times(days: float) -> None:
    """An hour is what a wrong summer time makes."""
    local = NOW + timedelta(days=days)
    with pytest.raises(ConfigError) as caught:
        judge(Evidence(local, {"ats": NOW}), LIMITS)
    assert f"{local:%Y-%m-%dT%H:%M:%SZ}" in caught.value.message
    assert "2026-06-29T06:00:00Z" in caught.value.message
    assert "ats" in caught.value.message
    assert "timedatectl" in str(caught.value)


@pytest.mark.parametrize("wrong", [IN_2031, NOW - timedelta(days=7), datetime(1970, 1, 1, tzinfo=UTC)])
def test_T1_one_wrong_server_among_several_is_named_and_moves_no_window_forward(wrong: datetime) -> None:
    clocks = judge(Evidence(NOW, {"crm": wrong, "ats": NOW + timedelta(seconds=30)}), LIMITS)
    assert clocks.now == NOW
    assert clocks.window_end(wrong) == min(wrong, NOW)
    assert clocks.window_end(NOW + timedelta(seconds=30)) == NOW + timedelta(seconds=30), "vendors filter by their own clocks"
    assert len(clocks.warnings) == 1
    assert "crm" in clocks.warnings[0]


def test_T1_servers_that_agree_against_this_machine_and_one_other_are_believed() -> None:
    with pytest.raises(ConfigError, match="a says"):
        judge(Evidence(IN_2031, {"a": NOW, "b": NOW, "c": IN_2031}), LIMITS)
    assert judge(Evidence(NOW, {"a": IN_2031, "b": NOW}), LIMITS).now == NOW


def test_T1_a_ledger_ahead_of_a_confirmed_clock_names_the_wrong_window_and_its_repair() -> None:
    with pytest.raises(ConfigError, match=r"ats jobs was loaded up to 2031-05-01.*repair clock"):
        judge(Evidence(NOW, {"ats": NOW}, newest=loaded_up_to(IN_2031)), LIMITS)
    with pytest.raises(ConfigError, match=r"If the clock is behind, correct it; if it is right.*repair clock"):
        judge(Evidence(NOW - timedelta(days=7), newest=loaded_up_to(NOW)), LIMITS)
    assert judge(Evidence(NOW, newest=loaded_up_to(NOW + LIMIT)), LIMITS).now == NOW, "within the limit"


def test_T1_without_any_server_files_and_the_ledger_bound_the_clock() -> None:
    with pytest.raises(ConfigError, match=r"most files of acme were written later"):
        judge(Evidence(NOW - timedelta(days=7), files={"acme": NOW}), LIMITS)
    with pytest.raises(ConfigError, match=r"5 years after the last load.*longest_gap_days"):
        judge(Evidence(IN_2031, newest=loaded_up_to(NOW)), LIMITS)
    assert judge(Evidence(IN_2031, files={"acme": IN_2031}, newest=loaded_up_to(NOW)), LIMITS).now == IN_2031, "a file of today confirms it"
    assert judge(Evidence(IN_2031, newest=loaded_up_to(NOW)), ClockLimits(longest_gap_days=0)).now == IN_2031
    assert judge(Evidence(NOW, files={"acme": datetime(2024, 1, 1, tzinfo=UTC)}), LIMITS).now == NOW, "an old export is no clock"


def date(moment: datetime) -> Mapping[str, str]:
    return {"Date": format_datetime(moment, usegmt=True)}


def test_T1_one_wrong_date_header_among_the_answers_of_a_server_counts_for_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GEM_KEY", "k")
    for order in ((IN_2031, NOW, NOW), (NOW, IN_2031, NOW), (NOW, datetime(1999, 1, 1, tzinfo=UTC), NOW)):
        with ScriptedServer([reply([], headers=date(moment)) for moment in order]) as server:
            source = Source(name="crm", kind="gem", base_url=server.url, credentials={"api_key": "GEM_KEY"})
            assert server_now(source) == NOW


def test_T1_an_answer_that_is_lost_costs_neither_the_clock_nor_the_load(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GEM_KEY", "k")
    with ScriptedServer([cut([1] * 99), reply([], headers=date(NOW)), reply([], headers=date(NOW))]) as server:
        source = Source(name="crm", kind="gem", base_url=server.url, credentials={"api_key": "GEM_KEY"})
        assert server_now(source) == NOW


@pytest.mark.parametrize("text", ["", "yesterday", "Fri, 31 Dec 9999 23:00:00 -1400", "Mon, 32 Foo 2026 99:99:99 GMT", "0"])
def test_T1_a_date_header_that_is_none_is_no_evidence(text: str) -> None:
    assert server_time({"date": text}) is None
    assert retry_after({"retry-after": text}) is None


def test_T1_a_date_header_without_a_zone_is_utc() -> None:
    assert server_time({"date": "Mon, 29 Jun 2026 06:00:00 -0000"}) == NOW


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "files").mkdir()
    return tmp_path / "files"


def load(place: Place, folder: Path, end: datetime) -> None:
    source = folder_source(folder)
    extract(config_of(source), place.home, place.ops, source, window_end=end)


def test_T1_a_load_under_a_clock_behind_the_ledger_fails_in_words_instead_of_doing_nothing(place: Place, folder: Path) -> None:
    (folder / "applications.csv").write_text(HEADER + "1,c1,j1,2026-01-01,active\n")
    load(place, folder, NOW)
    (folder / "applications.csv").write_text(HEADER + "1,c1,j1,2026-01-01,hired\n")
    with pytest.raises(FunnelcastError, match=r"loaded up to 2026-06-29.*window ends 2026-06-22.*repair clock"):
        load(place, folder, NOW - timedelta(days=7))
    load(place, folder, NOW + timedelta(days=1))
    assert len(lake_rows(place.home)) == 2


def closed(place: Place, now: datetime) -> int:
    recover(place.home, place.ops)
    closings = plan_closings(place.ops, now=now, limit=LIMIT)
    close_windows(place.home, place.ops, closings)
    return len(closings)


COLUMNS = "stream, record_id, payload"


def test_T1_closing_a_window_of_2031_keeps_its_rows_and_the_next_load_goes_on_from_the_last_trusted_end(place: Place, folder: Path) -> None:
    (folder / "applications.csv").write_text(HEADER + "1,c1,j1,2026-01-01,active\n2,c2,j1,2026-01-02,active\n")
    load(place, folder, NOW)
    for year, status in ((2031, "onsite"), (2032, "offer")):
        (folder / "applications.csv").write_text(
            HEADER + f"1,c1,j1,2026-01-01,{status}\n2,c2,j1,2026-01-02,active\n3,c3,j1,2026-01-03,{status}\n"
        )
        load(place, folder, IN_2031.replace(year=year))
    before = sorted(lake_rows(place.home, COLUMNS))
    later = NOW + timedelta(days=2)

    assert closed(place, later) == 2

    assert sorted(lake_rows(place.home, COLUMNS)) == before, "nothing is lost"
    assert max(row[0] for row in lake_rows(place.home, "observed_at")) < later.replace(tzinfo=None)
    assert newest_window_end(place.ops) == NOW
    assert closed(place, later) == 0, "done once"
    recover(place.home, place.ops)
    (folder / "applications.csv").write_text(HEADER + "1,c1,j1,2026-01-01,hired\n2,c2,j1,2026-01-02,active\n3,c3,j1,2026-01-03,offer\n")
    load(place, folder, later)
    states = lake_rows(place.home, "json_extract_string(payload, '$.status_code')", "observed_at, record_id")
    assert [state for (state,) in states] == ["active", "active", "onsite", "onsite", "offer", "offer", "hired"], (
        "versions keep their order"
    )
    newest = Ledger(place.ops).newest_complete("acme", "applications")
    assert newest is not None
    assert newest.load.window_end == later


def test_T1_an_interrupted_window_of_2031_is_closed_too_and_not_taken_up(place: Place, folder: Path) -> None:
    (folder / "applications.csv").write_text(HEADER + "1,c1,j1,2026-01-01,active\n")
    load(place, folder, NOW)
    ledger = Ledger(place.ops)
    broken = Load("acme", "canonical_files", "applications", None, IN_2031)
    ledger.begin(broken)
    ledger.finish(broken, FAILED, "stopped")
    with pytest.raises(FunnelcastError, match="repair clock"):
        load(place, folder, NOW + timedelta(days=1))
    assert closed(place, NOW + timedelta(days=1)) == 1
    load(place, folder, NOW + timedelta(days=1))
    assert newest_window_end(place.ops) == NOW + timedelta(days=1)


@pytest.mark.parametrize("step", range(1, 7))
def test_T1_a_closing_that_dies_at_any_write_is_done_again_to_the_same_end(
    place: Place, folder: Path, tmp_path: Path, step: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "applications.csv").write_text(HEADER + "1,c1,j1,2026-01-01,active\n")
    load(place, folder, NOW)
    (folder / "jobs.csv").write_text("job_id,job_name\nj1,Engineer\n")
    load(place, folder, IN_2031)
    before = sorted(lake_rows(place.home, COLUMNS))
    writes = _dies_at(step, monkeypatch)
    with pytest.raises(KeyboardInterrupt):
        closed(place, NOW + timedelta(days=1))
    writes.clear()
    monkeypatch.undo()
    closed(place, NOW + timedelta(days=2))
    assert sorted(lake_rows(place.home, COLUMNS)) == before
    assert closed(place, NOW + timedelta(days=2)) == 0
    found = recover(place.home, place.ops)
    assert (found.adopted, found.foreign, found.removed) == ([], [], [])
    load(place, folder, NOW + timedelta(days=3))
    assert sorted(lake_rows(place.home, COLUMNS)) == before


def _dies_at(step: int, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Every rename, removal and commit of the closing counts; the process "dies" before the given one."""
    passed: list[int] = []

    def counting(owner: type, name: str) -> None:
        real = getattr(owner, name)

        def wrapped(*arguments: object, **named: object) -> object:
            passed.append(1)
            if len(passed) == step:
                raise KeyboardInterrupt
            return real(*arguments, **named)

        monkeypatch.setattr(owner, name, wrapped)

    counting(Path, "replace")
    counting(Path, "unlink")
    counting(RootTransaction, "commit")
    return passed


def test_T1_an_abandoned_run_of_2031_is_not_taken_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its start lies in the future for years; with it would come its windows."""
    home, config = Home.at(tmp_path / "home").prepare(), config_of()
    ops = engine(home)
    first = runs.begin(ops, home, config, RunRequest(), at=IN_2031)
    runs._update(ops, first, status=runs.ABANDONED)
    assert runs.begin(ops, home, config, RunRequest(), at=NOW).run_id != first.run_id
    ops.dispose()


def test_T1_a_run_whose_clock_is_wrong_asks_the_source_for_the_time_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GEM_KEY", "k")
    monkeypatch.setenv("FUNNELCAST_NOW", "2031-05-01T00:00:00Z")
    with ScriptedServer([reply([], headers=date(NOW))]) as server:
        (tmp_path / "config").mkdir()
        crm = f"{{name: crm, kind: gem, base_url: {server.url}/v0, credentials: {{api_key: GEM_KEY}}}}"
        (tmp_path / "config" / "sources.yml").write_text(f"sources: [{crm}]\n")
        config = load_config(tmp_path / "config")
        with (
            pytest.raises(ConfigError, match=r"2031-05-01.*crm says 2026-06-29") as caught,
            open_session(Home.at(tmp_path / "home"), config, RunRequest()),
        ):
            pass
        assert caught.value.exit_code == 2
        assert {line for line, _ in server.requests} == {"GET /v0 HTTP/1.1"}
        assert run_cli(["--home", str(tmp_path / "home"), "--config", str(tmp_path / "config"), "check"]) == 2
        assert "crm says 2026-06-29" in capsys.readouterr().err


def test_T1_repair_clock_closes_by_the_command_line_and_a_second_time_has_nothing_to_do(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "sources.yml").write_text(f"sources: [{{name: acme, kind: canonical_files, path: {folder}}}]\n")
    (folder / "applications.csv").write_text(HEADER + "1,c1,j1,2026-01-01,active\n")
    home = Home.at(tmp_path / "home").prepare()
    ops = engine(home)
    source = folder_source(folder)
    extract(config_of(source), home, ops, source, window_end=IN_2031)
    ops.dispose()
    home.warehouse.write_bytes(b"parsed under the old window")
    monkeypatch.setenv("FUNNELCAST_NOW", "2026-06-29T06:00:00Z")
    command = ["--home", str(home.root), "--config", str(tmp_path / "config"), "repair", "clock"]

    assert run_cli(command) == 0

    assert "acme applications: the window up to 2031-05-01T00:00:00Z is closed; its 1 rows stay" in capsys.readouterr().out
    assert not home.warehouse.exists()
    assert run_cli(command) == 0
    assert "nothing to close" in capsys.readouterr().out


def test_T8_data_of_2031_that_was_sent_keeps_no_report_of_today_back_once_the_clock_is_repaired(tmp_path: Path) -> None:
    ops = engine(Home.at(tmp_path / "home").prepare())
    for period, tick in (("2031-W18", IN_2031), ("2026-W27", NOW)):
        ledger.plan(ops, Key("weekly", 1, "lead", "email", period), tick_at=tick, window_ends_at=tick, now=NOW)
    wrong, today = ledger.get(ops, 1), ledger.get(ops, 2)
    assert ledger.move(ops, wrong, "sent", now=IN_2031, note="sent", data_as_of=IN_2031)
    assert ledger.newer_period(ops, today) == "2031-W18"
    assert ledger.put_back_ticks(ops, NOW) == 1
    assert ledger.newer_period(ops, today) is None
    assert ledger.newest_sent_as_of(ops, today.key) == NOW
    assert ledger.put_back_ticks(ops, NOW) == 0
    ops.dispose()
