"""Every mistake around a configuration (a variable, a secret, an argument) is one sentence with its name and the remedy, exit code 2."""

from __future__ import annotations

from pathlib import Path

import pytest

from base.home import Home
from tests.support.mistakes import GEM, OWN, TO, funnelcast, write_folder


@pytest.mark.parametrize(
    ("variable", "value", "words"),
    [
        ("FUNNELCAST_THREADS", "100000", "Give 1 to 64"),
        ("FUNNELCAST_THREADS", "-1", "not a number of threads"),
        ("FUNNELCAST_THREADS", "٣", "not a number of threads"),
        ("FUNNELCAST_MEMORY", "lots", "Write it like 5GB"),
        ("FUNNELCAST_MEMORY", "1MB", "at least 200MB"),
        ("FUNNELCAST_NOW", "yesterday", "not an ISO date or time"),
        ("FUNNELCAST_NOW", "9999-12-31T23:59:59-14:00", "not an ISO date or time"),
        ("FUNNELCAST_NOW", "0001-01-01", "not between 1970 and 2200"),
        ("FUNNELCAST_FAULT", "publish.befor_flip", "Did you mean 'publish.before_flip'?"),
        ("FUNNELCAST_FAULT", "publish.before_flip:soon", "names no point"),
    ],
)
def test_a_variable_that_cannot_be_is_named_before_anything_begins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str, value: str, words: str
) -> None:
    monkeypatch.setenv(variable, value)
    done = funnelcast("--config", str(write_folder(tmp_path / "config")), "--home", str(tmp_path / "home"), "run")
    assert (done.code, variable in done.err, words in done.err) == (2, True, True), done.err
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize(
    "url", ["nonsense", "sqlite://", "sqlite:///:memory:", "postgresql://h:port/d", "nodialect://h/d", "mysql+pymysql://h/d"]
)
def test_an_operations_database_that_cannot_be_is_wrong_usage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("FUNNELCAST_OPS_URL", url)
    done = funnelcast("--config", str(write_folder(tmp_path / "config")), "--home", str(tmp_path / "home"), "reports", "plan")
    assert (done.code, "FUNNELCAST_OPS_URL" in done.err) == (2, True), done.err


def test_a_secret_with_a_line_break_at_its_end_is_named_and_not_repeated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GEM_KEY", "hunter2\n")
    config = write_folder(tmp_path / "config", sources_yml=GEM.format(""))
    done = funnelcast("--config", str(config), "--home", str(tmp_path / "home"), "run")
    assert done.code == 2
    assert "sources.yml:4: the environment variable GEM_KEY begins or ends with a blank or a line break" in done.err
    assert "hunter2" not in done.err


def test_a_secret_of_a_channel_that_is_not_set_is_found_by_a_check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SLACK_BOT_TOKEN", raising=False)
    company = "delivery:\n  enabled: true\n  slack:\n    token_env: SLACK_BOT_TOKEN\n"
    config = write_folder(tmp_path / "config", company_yml=company, reports_yml=TO.format("channel: slack, address: C0123456"))
    done = funnelcast("--config", str(config), "--home", str(tmp_path / "home"), "check")
    assert done.code == 2
    assert "company.yml:4: channel slack reads the environment variable SLACK_BOT_TOKEN, which is not set" in done.err


def test_a_slice_that_is_not_published_is_found_by_a_check(tmp_path: Path, published: Home) -> None:
    report = OWN.format("options: {slice_type: department, slice_name: Saless}")
    done = funnelcast("--config", str(write_folder(tmp_path / "config", reports_yml=report)), "--home", str(published.root), "check")
    assert done.code == 2
    assert "reports.yml:5: options.slice_name: no department 'Saless' is published" in done.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("reports", "preview", "weekly", "--out", "/dev/null/x"), "--out: /dev/null/x cannot be created"),
        (("reports", "preview", "weekyl"), "Did you mean 'weekly'?"),
        (("reports", "send", "weekyl"), "Did you mean 'weekly'?"),
        (("reports", "pause", "weekly", "--until", "2020-01-01"), "--until: 2020-01-01 is over"),
        (("reports", "pause", "weekly", "--until", "soon"), "--until: 'soon' is not an ISO date or time"),
        (("run", "--as-of", "2026-13-01"), "--as-of: '2026-13-01' is not an ISO date or time"),
        (("run", "--as-of", "2199-01-01"), "--as-of: 2199-01-01T00:00:00Z is in the future"),
        (("run", "--known-at", "2199-01-01"), "--known-at: 2199-01-01T00:00:00Z is in the future"),
        (("run", "--known-at", "2020-01-01"), "--known-at: nothing has been loaded yet"),
        (("run", "--source", "acne"), "Did you mean 'acme'?"),
        (("run",), "sources.yml:4: source 'acme' reads the folder"),
        (("quarantine", "--source", "acne"), "--source: nothing was loaded under the name 'acne'"),
        (("rediscover", "--stage", "onsit"), "Did you mean 'onsite'?"),
        (("rediscover", "--quiet-days", "99999999999"), "not in the range"),
        (("identity", "conflicts", "--limit", "-1"), "not in the range"),
        (("demo", "--years", "nan"), "not a number"),
        (("demo", "--years", "1e9"), "not in the range"),
        (("demo", "--ats", "greenhuose"), "Did you mean 'greenhouse'?"),
        (("sandbox", "serve", "--folder", "/dev/null/x"), "--folder: /dev/null/x cannot be created"),
        (("dev", "--port", "99999"), "not in the range"),
        (("--home", "x" * 5000, "sources"), "cannot be a home folder"),
        (("--config", "x" * 5000, "sources"), "cannot be a configuration folder"),
        (("demoo",), "Did you mean 'demo'?"),
    ],
)
def test_a_wrong_argument_is_wrong_usage_with_the_near_name(
    tmp_path: Path, published: Home, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], words: str
) -> None:
    monkeypatch.chdir(tmp_path)
    config = write_folder(tmp_path / "config", reports_yml=TO.format("channel: files, address: share"))
    done = funnelcast("--config", str(config), "--home", str(published.root), *arguments)
    assert (done.code, words in done.err) == (2, True), done.err
