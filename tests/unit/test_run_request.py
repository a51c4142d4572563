"""What a run can be asked for is one definition: the command line, Dagster's launchpad and the ledger of runs have the same fields."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import click
import pytest

from base.config import Company, Source
from base.errors import ConfigError
from orchestration.commands.run import command, request_options
from orchestration.run.request import RunRequest, option_of
from tests.support.ingestion import config_of

NOW = datetime(2026, 8, 1, tzinfo=UTC)


def by_command(*arguments: str) -> RunRequest:
    """What these arguments of `funnelcast run` ask for."""
    asked: dict[str, Any] = {}
    click.Command("run", callback=asked.update, params=request_options(lambda: None).__click_params__[::-1]).main(
        list(arguments), standalone_mode=False
    )
    return RunRequest(**asked)


def test_every_field_is_an_option_of_the_command_and_described_in_the_launchpad() -> None:
    from orchestration.resources import SessionResource

    fields = RunRequest.model_fields
    options = {parameter.name: parameter for parameter in command.params if isinstance(parameter, click.Option)}
    assert set(options) == {*fields, "as_json", "config", "home"}
    assert set(SessionResource.model_fields) == {*fields, "config", "home"}
    for name, field in fields.items():
        assert options[name].opts == [option_of(name).flag]
        assert (options[name].help or "").startswith(field.description)
        assert SessionResource.model_fields[name].description == field.description


def test_the_command_and_the_launchpad_ask_for_the_same() -> None:
    from orchestration.resources import SessionResource

    typed = by_command("--as-of", "2026-06-30", "--known-at", "2026-07-03", "--source", "crm", "--source", "ats", "--sweep")
    launched = SessionResource(as_of="2026-06-30", known_at="2026-07-03", sources=["ats", "crm"], sweep=True)
    config = config_of(Source(name="ats", kind="gem"), Source(name="crm", kind="gem"))
    assert typed.resolve(config, now=NOW) == launched.resolve(config, now=NOW)
    assert by_command().resolve(config, now=NOW) == SessionResource().resolve(config, now=NOW) == RunRequest()


def test_a_date_means_its_first_instant_in_the_companys_zone() -> None:
    config = config_of().model_copy(update={"company": Company(time_zone="America/New_York")})
    resolved = RunRequest(as_of="2026-07-01", known_at="2026-07-01T00:00:00Z").resolve(config, now=NOW)
    assert (resolved.as_of, resolved.known_at) == ("2026-07-01T04:00:00Z", "2026-07-01T00:00:00Z")
    assert resolved.resolve(config, now=NOW) == resolved


def test_an_empty_text_is_the_default() -> None:
    assert RunRequest(as_of="", known_at="").resolve(config_of(), now=NOW) == RunRequest()


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (RunRequest(as_of="next week"), "--as-of: 'next week' is not an ISO date or time"),
        (RunRequest(known_at="2026-13-01"), "--known-at: '2026-13-01' is not"),
        (RunRequest(sources=["ats"]), "ats"),
        (RunRequest(as_of="2026-08-02"), "--as-of: 2026-08-02T00:00:00Z is in the future"),
        (RunRequest(known_at="2126-01-01"), "--known-at: 2126-01-01T00:00:00Z is in the future"),
        (RunRequest(as_of="0001-01-01T00:00:00+14:00"), "--as-of: '0001-01-01T00:00:00.14:00' is not"),
    ],
)
def test_what_cannot_be_answered_names_what_was_asked(asked: RunRequest, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        asked.resolve(config_of(Source(name="crm", kind="gem")), now=NOW)
