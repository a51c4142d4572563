"""The vendor's own public vector, and the configuration of webhooks."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from base.config import Mistake, Source, Webhooks
from base.errors import ConfigError
from ingestion.sources.base import check_source
from ingestion.webhooks.handlers import webhook_handlers
from ingestion.webhooks.signatures import SENDGRID_SIGNATURE, SENDGRID_TIMESTAMP, Delivery, Refused, verifier_of
from tests.support.ingestion import config_of

VECTOR = json.loads((Path(__file__).parent / "sendgrid_signature.json").read_text(encoding="utf-8"))
SETTINGS = Webhooks(secrets=("KEY",))


def verified(body: bytes, now: datetime, key: str = VECTOR["public_key"]) -> bool:
    headers = {SENDGRID_SIGNATURE: VECTOR["signature"], SENDGRID_TIMESTAMP: VECTOR["timestamp"]}
    try:
        verifier_of("sendgrid")(Delivery(headers, body), [key], SETTINGS, now)
    except Refused:
        return False
    return True


def test_sendgrids_public_vector_verifies_with_its_trailing_crlf_and_not_without() -> None:
    sent = datetime.fromtimestamp(int(VECTOR["timestamp"]), UTC)
    body = VECTOR["body_utf8"].encode()
    assert body.endswith(b"\r\n")
    assert verified(body, sent)
    assert not verified(body[:-2], sent)
    assert not verified(body[:-2] + b"\n", sent)
    assert not verified(json.dumps(json.loads(body)).encode(), sent)
    assert not verified(body, sent + timedelta(days=2))


def source(name: str, **webhooks: object) -> Source:
    return Source(name=name, kind="greenhouse", webhooks=Webhooks.model_validate({"secrets": ["HOOK"]} | webhooks))


def test_mistakes_of_the_configuration_are_said_before_anything_is_served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ConfigError, match="no source has 'webhooks'"):
        webhook_handlers(config_of(), tmp_path)
    with pytest.raises(ConfigError, match="environment variable HOOK, which is not set"):
        webhook_handlers(config_of(source("ats")), tmp_path)
    monkeypatch.setenv("HOOK", "value-of-the-secret")
    with pytest.raises(ConfigError, match="'a' and 'b' both receive webhooks at /x"):
        webhook_handlers(config_of(source("a", path="/x"), source("b", path="/x")), tmp_path)
    with pytest.raises(ConfigError, match="does not contain a verification key") as error:
        webhook_handlers(config_of(source("ats", scheme="sendgrid")), tmp_path)
    assert "value-of-the-secret" not in str(error.value)
    with pytest.raises(ValueError, match="needs 'header'"):
        source("ats", scheme="hmac")
    with pytest.raises(ValueError, match="NAME of an environment variable") as invalid:
        source("ats", secrets=["my-secret-value"])
    assert "my-secret-value" not in str(invalid.value.errors(include_input=False))
    with pytest.raises(Mistake, match="need 'scheme'"):
        check_source(Source(name="files", kind="canonical_files", path=".", webhooks=Webhooks(secrets=("HOOK",))))
