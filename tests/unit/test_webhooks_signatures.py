"""The configuration of webhooks."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from base.config import Mistake, Source, Webhooks
from base.errors import ConfigError
from ingestion.sources.registry import check_source
from ingestion.webhooks.handlers import webhook_handlers
from tests.support.ingestion import config_of


def source(name: str, **webhooks: object) -> Source:
    credentials = {"client_id": "GH_ID", "client_secret": "GH_SECRET"}
    settings = Webhooks.model_validate({"secrets": ["HOOK"]} | webhooks)
    return Source(name=name, kind="greenhouse", credentials=credentials, webhooks=settings)


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
    unsigned = Source(name="files", kind="canonical_files", path=".", webhooks=Webhooks(secrets=("HOOK",)))
    with pytest.raises(Mistake, match="need 'scheme'"):
        check_source(unsigned, now=datetime(2026, 1, 1, tzinfo=UTC))
    with pytest.raises(Mistake, match="no signature scheme 'greenhous'"):
        check_source(source("ats", scheme="greenhous"), now=datetime(2026, 1, 1, tzinfo=UTC))
