"""When a run goes on without a source, and since when that source is stale."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import duckdb
import pytest

from base.config import Source
from base.errors import ConfigError, MissingFolderError, SourceError
from ingestion.gate.counts import write_stopped_sources
from ingestion.log.loads import COMPLETE, FAILED, Ledger, Load, has_loaded_whole, newest_window_end
from orchestration.readiness import check_ready
from orchestration.rehearsal import rehearse
from orchestration.run.request import RunRequest
from orchestration.run.session import RunSession
from tests.support.ingestion import Place, config_of, folder_source

END = datetime(2026, 6, 29, 6, tzinfo=UTC)
OUTAGE = SourceError("crm cannot be reached")


def loaded(place: Place, source: str, stream: str, day: int = 0, status: str = COMPLETE) -> None:
    ledger, load = Ledger(place.ops), Load(source, "gem", stream, None, END + timedelta(days=day))
    ledger.begin(load)
    ledger.finish(load, status)


@dataclass
class _Run:
    request: RunRequest
    known_at: datetime | None = None


def session(place: Place, **more: Any) -> RunSession:
    names = ("ats", "crm")
    sources = [Source(name=name, kind="gem", **more) for name in names]
    return RunSession(place.home, config_of(*sources), place.ops, cast(Any, _Run(RunRequest())))


def test_a_stream_that_was_never_loaded_stops_the_run_and_one_that_was_does_not(place: Place) -> None:
    run = session(place)
    crm = run.config.source("crm")
    assert not run.go_on_without(crm, OUTAGE), "a first load"
    loaded(place, "crm", "users")
    loaded(place, "crm", "events", status=FAILED)
    assert not has_loaded_whole(place.ops, "crm")
    assert not run.go_on_without(crm, OUTAGE), "one stream has never been complete"
    loaded(place, "crm", "events", 1)
    loaded(place, "crm", "users", 2, FAILED)
    assert run.go_on_without(crm, OUTAGE)
    run.check_sources()


def test_a_folder_that_was_loaded_and_is_gone_is_an_outage_and_one_that_was_never_there_a_mistake(place: Place, tmp_path: Path) -> None:
    config = config_of(folder_source(tmp_path / "unmounted", "crm"))
    with pytest.raises(ConfigError, match="unmounted, which does not exist"):
        check_ready(place.home, config, RunRequest())
    loaded(place, "crm", "users")
    check_ready(place.home, config, RunRequest())
    run = session(place)
    assert run.go_on_without(run.config.source("crm"), MissingFolderError("no folder"))


def test_a_check_calls_a_folder_that_is_gone_what_a_run_calls_it(place: Place, tmp_path: Path) -> None:
    """Exit 2, a mistake of the configuration, before the first load; exit 1, an outage, after it."""
    config = config_of(folder_source(tmp_path / "unmounted", "crm"))
    assert rehearse(place.home, config).exit_code == 2
    loaded(place, "crm", "users")
    done = rehearse(place.home, config)
    assert done.exit_code == 1
    assert "unmounted, which does not exist" in str(done.findings[0][1])


def test_a_mistake_of_the_configuration_and_on_failure_stop_always_stop(place: Place) -> None:
    loaded(place, "crm", "users")
    run = session(place)
    assert not run.go_on_without(run.config.source("crm"), ConfigError("no secret"))
    strict = session(place, on_failure="stop")
    assert not strict.go_on_without(strict.config.source("crm"), OUTAGE)


def test_with_no_source_left_there_is_nothing_to_publish(place: Place) -> None:
    run = session(place)
    for name in ("ats", "crm"):
        loaded(place, name, "users")
        assert run.go_on_without(run.config.source(name), OUTAGE)
    with pytest.raises(SourceError, match="cannot be reached"):
        run.check_sources()


def test_a_source_is_stale_since_its_own_newest_whole_window_and_the_clock_goes_on_with_the_others(place: Place) -> None:
    for name in ("ats", "crm"):
        for stream in ("users", "events"):
            loaded(place, name, stream)
    loaded(place, "crm", "users", 1)
    loaded(place, "crm", "events", 1, FAILED)
    loaded(place, "ats", "users", 1)
    loaded(place, "ats", "events", 1)
    assert newest_window_end(place.ops, "crm") == END
    assert newest_window_end(place.ops) == END + timedelta(days=1)
    run = session(place)
    run.go_on_without(run.config.source("crm"), OUTAGE)
    assert run.stopped_sentence() == "crm could not be read; its rows have been stale since 2026-06-29T06:00:00Z (crm cannot be reached)"

    with duckdb.connect() as warehouse:
        warehouse.execute("create schema quality")
        write_stopped_sources(warehouse, place.ops, {"ats": None, "crm": str(OUTAGE)})
        rows = "select source_system, stale_since from quality.stopped_sources"
        assert warehouse.execute(rows).fetchall() == [("crm", END.replace(tzinfo=None))]
        write_stopped_sources(warehouse, place.ops, {"ats": None})
        assert warehouse.execute(rows).fetchall() == [("crm", END.replace(tzinfo=None))], "a run that did not ask it says nothing of it"
        write_stopped_sources(warehouse, place.ops, {"crm": None})
        assert warehouse.execute(rows).fetchall() == []
