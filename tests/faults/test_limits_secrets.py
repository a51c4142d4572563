"""T14: a secret appears nowhere: not in a log, a sentence, the ledger or Dagster's events; by its value, its name and its shape."""

from __future__ import annotations

import base64
import json
import logging
import string
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest
from dagster import EventLogEntry
from hypothesis import given, settings
from hypothesis import strategies as st

from base import redaction
from base.errors import FunnelcastError
from base.home import Home
from base.redaction import REDACTED, redact, remember_secrets
from orchestration.instance.event_storage import OpenEventLogStorage
from orchestration.run.logs import start_logging

SECRET = "s3cr3t/+value=42"
#: Vendors' and libraries' own names for what nobody else may read.
NAMES = (
    "token", "access_token", "refresh_token", "id_token", "accessToken", "X-Auth-Token", "secret", "client_secret", "clientSecret", "password",
    "passwd", "db.password", "pwd", "api_key", "apikey", "apiKey", "X-API-Key", "access_key", "AWS_SECRET_ACCESS_KEY", "private_key",
    "X-Amz-Signature", "signature", "sig", "X-Amz-Security-Token", "session_id", "credential", "webhook_secret", "SMTP_PASSWORD",
)  # fmt: skip


@pytest.fixture(autouse=True)
def nothing_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redaction, "_known", set())


@pytest.mark.parametrize("name", NAMES)
def test_T14_what_stands_behind_a_name_of_a_secret_is_replaced_however_it_is_written(name: str) -> None:
    for text in (
        f"GET https://host/path?page=2&{name}={SECRET}&x=1",
        f"GET https://host/path%3F{name}%3D{quote(SECRET)}",
        f"{name}={SECRET}",
        json.dumps({"page": 1, name: SECRET, "x": "kept"}),
        json.dumps(json.dumps({name: SECRET, "x": "kept"})),
        repr({name: SECRET, "x": "kept"}),
        f"{name} = '{SECRET}'",
        f"headers: {name}: {SECRET}",
    ):
        cleaned = redact(text)
        assert "s3cr3t" not in cleaned, text
        assert "value" not in cleaned, text
        assert REDACTED in cleaned
        assert "kept" in cleaned or "kept" not in text
        assert redact(cleaned) == cleaned


@pytest.mark.parametrize(
    "text",
    [
        "Authorization: Bearer abc.def-s3cr3t",
        "'authorization': 'Token s3cr3t'",
        '{"Authorization": "AWS4-HMAC-SHA256 s3cr3t"}',
        "refused: bearer s3cr3t-42 is expired",
        "Cookie: session=s3cr3t; other=s3cr3t",
        "{'set-cookie': 'sid=s3cr3t; Path=/'}",
        "postgresql://user:s3cr3t@host/db",
        "https://user:p@s3cr3t@host/path",
        "https://x:s3cr3t%40@host",
        "https://ghp0s3cr3ts3cr3ts3cr3t@host/repo",
        "xoxb-1-s3cr3t",
        "SG.s3cr3ts3cr3ts3cr3t.s3cr3ts3cr3ts3cr3t",
        "eyJhbGciOiJIUzI1NiJ9.eyJzM2NyM3QiOjF9.s3cr3ts3cr3t",
        "-----BEGIN " + "PRIVATE KEY-----\ns3cr3t\n-----END PRIVATE KEY-----",
        "-----BEGIN " + "RSA PRIVATE KEY-----\ns3cr3t cut off",
    ],
)
def test_T14_what_has_the_shape_of_a_secret_is_replaced(text: str) -> None:
    assert "s3cr3t" not in redact(text)
    assert "s3cr3t" not in redact(json.dumps({"message": text}))


@pytest.mark.parametrize(
    "sentence",
    [
        "config/sources.yml:3: credentials.api_key: must be the NAME of an environment variable",
        "Add 'credentials: {api_key: NAME_OF_AN_ENVIRONMENT_VARIABLE}'.",
        "sources.yml: source 'gem' has no credentials.api_key",
        "Set GEM_API_KEY and run again.",
        "crm: the token endpoint returned no access_token. Check token_url in sources.yml.",
        "the vendor expired the page cursor 3 times",
        "Kinds with a vendor-specific signature: greenhouse, lever",
        "the secrets must be set where `funnelcast webhooks serve` runs",
        "https://host.example.com/path?page=2&per_page=500",
        "mail to ann@example.com at 10:30",
    ],
)
def test_T14_our_own_sentences_stay_whole(sentence: str) -> None:
    assert redact(sentence) == sentence
    assert FunnelcastError(sentence).message == sentence


SECRETS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zs", "Zl", "Zp"]), min_size=10, max_size=40).filter(
    lambda text: len(text.strip()) >= 10
)


@settings(max_examples=60, deadline=None)
@given(secret=SECRETS, before=st.text(string.printable, max_size=20), after=st.text(string.printable, max_size=20))
def test_T14_a_secret_that_was_read_appears_in_no_spelling(secret: str, before: str, after: str) -> None:
    redaction._known.clear()
    remember_secrets([secret])
    basic = base64.b64encode(f"someone:{secret}".encode()).decode()
    spelled = [secret, quote(secret, safe=""), quote_plus(secret), json.dumps(secret)[1:-1], repr(secret)[1:-1]]
    spelled.append(base64.b64encode(f"{secret}:".encode()).decode().rstrip("="))
    for text in spelled:
        assert text not in redact(f"{before} {text} {after}").replace(REDACTED, "\0")
    assert basic not in redact(f"{before} Basic {basic} {after}").replace(REDACTED, "\0")
    document = {"a": f"{before} {secret}", "b": [secret, {"c": after}], "token": secret}
    assert json.loads(redact(json.dumps(document))).keys() == document.keys(), "JSON stays JSON"
    assert secret not in str(FunnelcastError(f"refused {secret}", remedy=f"ask for another than {secret}")).replace(REDACTED, "\0")


def test_T14_a_short_value_is_replaced_where_it_stands_alone_and_not_inside_a_number() -> None:
    remember_secrets(["4711", "abc"])
    assert redact("user 4711 of 147110 rows abc") == f"user {REDACTED} of 147110 rows abc"


def test_T14_a_variable_that_is_named_like_a_secret_is_one_without_any_configuration(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_VENDOR_TOKEN", "plainwordsonly")
    assert redact("asked with plainwordsonly") == f"asked with {REDACTED}"


def test_T14_a_libraries_traceback_in_the_log_file_holds_no_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = start_logging(Home(tmp_path / "home").prepare())
    remember_secrets([SECRET])
    try:
        try:
            raise ValueError(f"GET https://u:{SECRET}@host/?refresh_token={SECRET}")
        except ValueError as error:
            raise RuntimeError(f"Bearer {SECRET}") from error
    except RuntimeError:
        logging.getLogger("any.library").exception("asked with %s", {"api_key": SECRET})
    text = path.read_text(encoding="utf-8")
    assert "s3cr3t" not in text
    assert "RuntimeError" in text


def test_T14_what_dagster_keeps_of_an_event_holds_no_secret_and_can_be_read(tmp_path: Path) -> None:
    remember_secrets([SECRET])
    storage = OpenEventLogStorage(str(tmp_path))
    text = f'GET https://u:{SECRET}@host/?refresh_token={SECRET} {{"api_key": "{SECRET}"}}'
    storage.store_event(EventLogEntry(None, logging.ERROR, text, "run", 0.0))
    [kept] = storage.get_logs_for_run("run")
    storage.dispose()
    assert kept.user_message.startswith("GET https://u:[redacted]@host/")
    assert not any(b"s3cr3t" in path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())


def test_T14_a_long_text_without_a_blank_is_read_once() -> None:
    """A pattern that begins with "any word" would read it anew from every character."""
    for piece in ("a.", "token", "://", "=", "bearer "):
        text = f"token {piece * 30_000}"
        assert len(redact(text)) <= len(text) * 3
