"""Configuration mistakes are named by file, line and key, with a remedy; a secret's value is never repeated."""

from pathlib import Path

import pytest

from base.clock import iso, parse_instant
from base.errors import ConfigError
from exports.channels.email import Smtp
from exports.channels.registry import CHANNELS
from exports.channels.slack import Slack
from exports.editions.registry import EDITIONS
from orchestration.checked_config import load_config

MINIMAL = "sources:\n  - name: acme\n    kind: canonical_files\n    path: exports/acme\n"


def config_folder(tmp_path: Path, **files: str) -> Path:
    for name, text in {"sources": MINIMAL, **files}.items():
        (tmp_path / f"{name}.yml").write_text(text)
    return tmp_path


def message(folder: Path) -> str:
    with pytest.raises(ConfigError) as raised:
        load_config(folder)
    assert raised.value.exit_code == 2
    return str(raised.value)


def test_a_sources_file_alone_is_a_whole_configuration(tmp_path: Path) -> None:
    config = load_config(config_folder(tmp_path))
    assert [source.name for source in config.sources] == ["acme"]
    assert config.company.time_zone == "UTC"
    assert config.company.delivery.enabled is False
    assert config.reports == ()


def test_a_misspelt_key_is_named_with_its_line_and_the_key_that_was_meant(tmp_path: Path) -> None:
    text = message(config_folder(tmp_path, sources="sources:\n  - name: acme\n    knd: canonical_files\n    path: x\n"))
    assert "sources.yml:3" in text
    assert "unknown key 'sources.0.knd'" in text
    assert "Did you mean 'kind'?" in text


def test_an_unknown_kind_of_source_is_refused_with_its_line_and_the_kind_that_was_meant(tmp_path: Path) -> None:
    text = message(config_folder(tmp_path, sources="sources:\n  - name: acme\n    kind: canonical_file\n    path: x\n"))
    assert "sources.yml:3" in text
    assert "there is no source kind 'canonical_file'" in text
    assert "Did you mean 'canonical_files'?" in text


def test_what_a_source_of_its_kind_needs_is_asked_for_with_its_line(tmp_path: Path) -> None:
    text = message(config_folder(tmp_path, sources="sources:\n  - name: acme\n    kind: canonical_files\n"))
    assert "sources.yml:2" in text
    assert "needs 'path'" in text


def test_broken_yaml_names_the_line(tmp_path: Path) -> None:
    assert "sources.yml:2: not valid YAML" in message(config_folder(tmp_path, sources="sources: [\n"))


def test_an_unknown_time_zone_offers_near_names(tmp_path: Path) -> None:
    text = message(config_folder(tmp_path, company="time_zone: Europe/Londn\n"))
    assert "company.yml:1" in text
    assert "Europe/London" in text


@pytest.mark.parametrize(
    ("file", "line", "text"),
    [
        ("sources", 2, "sources:\n  - {name: gh, kind: greenhouse, credentials: {client_id: GH_ID, client_secret: hunter2-very-secret}}\n"),
        ("sources", 2, "sources:\n  - {name: gh, kind: greenhouse, webhooks: {secrets: [hunter2-very-secret]}}\n"),
        ("company", 3, "delivery:\n  slack:\n    token_env: xoxb-hunter2\n"),
        ("company", 2, "delivery:\n  smtp: {host: mail, from_address: a@example.com, username_env: bob, password_env: hunter2!}\n"),
    ],
)
def test_a_secret_written_in_place_of_a_variable_name_is_refused_and_not_repeated(tmp_path: Path, file: str, line: int, text: str) -> None:
    found = message(config_folder(tmp_path, **{file: text}))
    assert f"{file}.yml:{line}: " in found
    assert "NAME of an environment variable" in found
    assert "hunter2" not in found


def test_a_missing_environment_variable_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GH_ID", raising=False)
    config = load_config(config_folder(tmp_path, sources="sources:\n  - {name: gem, kind: gem, credentials: {api_key: GH_ID}}\n"))
    with pytest.raises(ConfigError, match=r"sources.yml:2: source 'gem' .* GH_ID, which is not set"):
        config.source("gem").secret("api_key")


def test_a_report_with_a_broken_cron_is_refused(tmp_path: Path) -> None:
    text = message(config_folder(tmp_path, reports="reports:\n  - {id: r, edition: weekly_funnel, cron: every monday}\n"))
    assert "reports.yml:2" in text
    assert "not a cron expression" in text


@pytest.mark.parametrize(
    ("report", "sentence"),
    [
        ("{id: r, edition: weekly_funel, cron: 0 8 * * 1}", "reports.0.edition: there is no edition 'weekly_funel'"),
        (
            "{id: r, edition: weekly_funnel, cron: 0 8 * * 1, subscribers: [{id: a, channel: slak, address: C1}]}",
            "reports.0.subscribers.0.channel: there is no channel 'slak'",
        ),
    ],
    ids=["edition", "channel"],
)
def test_an_unknown_name_is_refused_with_its_line_the_near_name_and_all_that_are_known(tmp_path: Path, report: str, sentence: str) -> None:
    text = message(config_folder(tmp_path, reports=f"reports:\n  - {report}\n"))
    assert f"reports.yml:2: {sentence}" in text
    what = "channel" if "channel:" in report else "edition"
    near, registry = {"edition": ("weekly_funnel", EDITIONS), "channel": ("slack", CHANNELS)}[what]
    assert f"Did you mean '{near}'? Known: {', '.join(sorted(registry))}." in text


def test_a_channel_has_its_own_section_with_its_own_keys(tmp_path: Path) -> None:
    config = load_config(config_folder(tmp_path, company="delivery: {slack: {token_env: OUR_TOKEN}}\n"))
    assert config.company.delivery.section(Slack) == Slack(token_env="OUR_TOKEN")
    assert config.company.delivery.section(Smtp) is None
    assert config.company.delivery.variables == ("OUR_TOKEN",)
    wrong = message(config_folder(tmp_path, company="delivery:\n  slack:\n    tokn_env: X\n"))
    assert "company.yml:3: unknown key 'delivery.slack.tokn_env'" in wrong
    assert "Did you mean 'token_env'?" in wrong
    assert "Did you mean 'smtp'?" in message(config_folder(tmp_path, company="delivery:\n  smpt: {host: a}\n"))


def test_the_digest_changes_when_a_mapping_does(tmp_path: Path) -> None:
    folder = config_folder(tmp_path)
    before = load_config(folder)
    (folder / "mappings").mkdir()
    (folder / "mappings" / "stages.csv").write_text("source_system,stage_name,job_id,stage_code,valid_from,valid_to\n")
    after = load_config(folder)
    assert before.digest != after.digest
    assert before.mappings_digest != after.mappings_digest


def test_a_date_means_its_first_instant_in_the_companys_zone() -> None:
    assert iso(parse_instant("2026-06-30", zone="America/New_York")) == "2026-06-30T04:00:00Z"
    assert iso(parse_instant("2026-06-30T08:00:00+02:00")) == "2026-06-30T06:00:00Z"
    with pytest.raises(ConfigError, match="--as-of: 'tomorrow'"):
        parse_instant("tomorrow", what="--as-of")
