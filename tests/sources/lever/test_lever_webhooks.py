"""Lever signs a token and a time, and leaves the body open."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from base.config import Source, Webhooks
from base.web import Request
from ingestion.webhooks.handlers import webhook_handlers
from tests.support.ingestion import config_of
from tests.support.webhooks import hex_mac

NOW = datetime(2026, 6, 29, 6, tzinfo=UTC)
SECONDS = int(NOW.timestamp())


def signed(secret: str, token: str, triggered_at: int, **more: Any) -> bytes:
    """`triggered_at` in milliseconds."""
    signature = hex_mac(secret, f"{token}{triggered_at}".encode())
    return json.dumps({"token": token, "triggeredAt": triggered_at, "signature": signature, **more}).encode()


def test_a_token_serves_for_one_body_only_because_the_signature_covers_no_body(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEVER", "secret")
    hooks = Webhooks(secrets=("LEVER",), replay_window_minutes=10)
    handlers = webhook_handlers(config_of(Source(name="ats", kind="lever", webhooks=hooks)), tmp_path)

    def post(body: bytes) -> int:
        return handlers.routes[0].handle(Request({}, {}, body, NOW)).status

    body = signed("secret", "t1", SECONDS * 1000, event="candidateHired")
    with handlers.lifespan():
        assert post(body) == 200
        assert post(body) == 200  # the answer was lost, Lever sends it again
        assert post(signed("secret", "t1", SECONDS * 1000, event="candidateDeleted")) == 401
        assert post(signed("secret", "t2", (SECONDS - 601) * 1000)) == 401
        assert post(signed("another", "t3", SECONDS * 1000)) == 401
        assert post(b"[1]") == 401
    (spool,) = (tmp_path / "ats").glob("*.jsonl")
    assert {json.loads(line)["body"] for line in spool.read_text().splitlines()} == {body.decode()}
