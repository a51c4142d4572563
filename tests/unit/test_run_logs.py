"""No secret reaches a log: values of credential variables, and what looks like a token in a header, a URL or a traceback."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from base.home import Home
from base.redaction import REDACTED, redact, remember_secrets
from orchestration.checked_config import load_config
from orchestration.instance.dagster_internals import PLAN_LOGGER, silence_missing_results
from orchestration.run.logs import start_logging


@pytest.mark.parametrize(
    "text",
    [
        "Authorization: Bearer abc.def-secret",
        "{'x-api-key': 'abc.def-secret'}",
        "GET https://user:abc.def-secret@host/path",
        "https://host/path?access_token=abc.def-secret&page=2",
        "client_secret=abc.def-secret",
    ],
)
def test_what_looks_like_a_secret_is_replaced(text: str) -> None:
    cleaned = redact(text)
    assert "abc.def-secret" not in cleaned
    assert REDACTED in cleaned


def test_the_value_of_a_configured_credential_is_replaced_even_in_a_traceback(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "sources.yml").write_text("sources: [{name: crm, kind: gem, credentials: {api_key: TEST_KEY}}]\n")
    monkeypatch.setenv("TEST_KEY", "plain-looking-word-42")
    home = Home(tmp_path / "home").prepare()
    path = start_logging(home, load_config(tmp_path / "config"))
    try:
        raise ValueError("refused plain-looking-word-42")
    except ValueError:
        logging.getLogger("any.library").exception("asked with %s", "plain-looking-word-42")
    text = path.read_text(encoding="utf-8")
    assert "plain-looking-word-42" not in text
    assert text.count(REDACTED) == 3, "message, source line and exception"
    assert "ValueError" in text


def test_a_text_is_redacted_whatever_was_interrupted_for_it() -> None:
    """As the handler of a signal does: with a lock it would wait for what it interrupted."""
    found = []

    def interrupted() -> Iterator[str]:
        yield "hunter2hunter2"
        found.append(redact("a text with hunter2hunter2"))

    work = threading.Thread(target=remember_secrets, args=[interrupted()], daemon=True)
    work.start()
    work.join(timeout=30)
    assert found == [f"a text with {REDACTED}"]


def test_a_check_that_has_no_new_result_is_no_news_and_all_else_of_dagster_is(tmp_path: Path) -> None:
    """Of kinds without a source, and of staging that holds the log already, Dagster says it once per check and run."""
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "sources.yml").write_text("sources: []\n")
    path = start_logging(Home(tmp_path / "home").prepare(), load_config(tmp_path / "config"))
    silence_missing_results()
    dagster = logging.getLogger(PLAN_LOGGER)
    dagster.warning("Step dbt_models emitted no result for check primary_key_stg_gem__users")
    dagster.warning("Step dbt_models was retried")
    text = path.read_text(encoding="utf-8")
    assert "no result" not in text
    assert "was retried" in text
