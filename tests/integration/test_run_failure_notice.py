"""Dagster's failure sensor tells the owner whom the failed run's own configuration names, wherever the daemon's environment points."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
import pytest

from base.home import CONFIG_VARIABLE, HOME_VARIABLE, Home
from base.ops import engine
from orchestration.checked_config import load_config
from orchestration.run import runs
from orchestration.run.configurations import keep
from orchestration.run.request import RunRequest
from orchestration.sensors import tell_owner_of_failed_run
from tests.support.inboxes import mailbox

NOW = datetime(2026, 6, 29, 6, tzinfo=UTC)


def configured(folder: Path, owner: str, port: int) -> Path:
    folder.mkdir(parents=True)
    smtp = {"host": "127.0.0.1", "port": port, "security": "none", "from_address": "reports@example.com"}
    company = {"name": "N", "owner": {"email": owner}, "delivery": {"enabled": True, "smtp": smtp}}
    for name, content in {"sources": {"sources": []}, "company": company}.items():
        (folder / f"{name}.yml").write_text(json.dumps(content))
    return folder


@dg.op
def fails() -> None:
    raise dg.Failure("it broke")


@dg.job(resource_defs={"session": dg.ResourceDefinition.hardcoded_resource(None)})
def broken() -> None:
    fails()


def failed(instance: dg.DagsterInstance, run_config: dict[str, object]) -> dg.RunFailureSensorContext:
    ended = broken.execute_in_process(instance=instance, raise_on_error=False)
    run = instance.get_run_by_id(ended.run_id)
    assert run is not None
    [event] = [event for event in ended.all_events if event.event_type is dg.DagsterEventType.RUN_FAILURE]
    context = dg.build_run_status_sensor_context(
        sensor_name="tell_owner_of_failed_run",
        dagster_event=event,
        dagster_instance=instance,
        dagster_run=run._replace(run_config=run_config),
    )
    return context.for_run_failure()


def test_the_failed_run_s_own_home_and_configuration_name_the_owner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with mailbox() as (box, port), dg.DagsterInstance.ephemeral() as instance:
        monkeypatch.setenv(HOME_VARIABLE, str(tmp_path / "other_home"))
        monkeypatch.setenv(CONFIG_VARIABLE, str(configured(tmp_path / "other", "wrong@example.com", port)))
        own = configured(tmp_path / "own", "right@example.com", port)
        home = Home(tmp_path / "home").prepare()

        given = {"resources": {"session": {"config": {"home": str(home.root), "config": str(own)}}}}
        tell_owner_of_failed_run(failed(instance, given))
        assert [mail["To"] for mail in box.messages] == ["right@example.com"]

        # A run of the command line: only the ledger knows what it read, and its files have been edited since.
        context = failed(instance, {"resources": {"session": {"config": {"home": str(home.root)}}}})
        config = load_config(own)
        ops = engine(home)
        keep(home, config)
        run = runs.begin(ops, home, config, RunRequest(), at=NOW)
        runs.remember_dagster_run(ops, run, context.dagster_run.run_id)
        runs.finish(ops, run, at=NOW, error="gem refused the credential.")
        ops.dispose()
        (own / "company.yml").write_text("broken: [")
        for _ in range(2):
            tell_owner_of_failed_run(context)
        assert [mail["To"] for mail in box.messages] == ["right@example.com"] * 2
        assert "gem refused the credential." in box.messages[1].get_content()

        # The configuration is what failed: the last one that a run read names the owner.
        tell_owner_of_failed_run(failed(instance, {"resources": {"session": {"config": {"home": str(home.root), "config": str(own)}}}}))
        assert [mail["To"] for mail in box.messages] == ["right@example.com"] * 3
