"""The webhook receiver over real HTTP, in a process of its own: what it accepts, what it keeps, and what survives its death."""

from __future__ import annotations

import json
import signal
import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from base.config import Source, Webhooks
from ingestion.extract.run import extract
from tests.support.ingestion import Place, config_of, lake_rows, place_at
from tests.support.webhooks import Receiver, SendGridSigner, greenhouse_headers, hex_mac, receiver

NOW = datetime(2026, 6, 29, 6, tzinfo=UTC)
SECONDS = int(NOW.timestamp())
SIGNER = SendGridSigner()
SECRETS = {
    "GH_NEW": "new greenhouse secret",
    "GH_OLD": "old greenhouse secret",
    "SENDGRID": SIGNER.verification_key,
    "OWN": "own secret",
}
SOURCES = [
    {"name": "ats", "kind": "canonical_files", "path": ".", "webhooks": {"scheme": "greenhouse", "secrets": ["GH_NEW", "GH_OLD"]}},
    {"name": "mail", "kind": "sendgrid", "webhooks": {"secrets": ["SENDGRID"], "max_body_kilobytes": 64}},
    {
        "name": "own",
        "kind": "canonical_files",
        "path": ".",
        "webhooks": {"scheme": "hmac", "secrets": ["OWN"], "header": "X-Signature", "prefix": "v1=", "timestamp_header": "X-Time"},
    },
]
FROZEN = {"FUNNELCAST_NOW": NOW.isoformat()}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Receiver]:
    with receiver(tmp_path_factory.mktemp("receiver"), SOURCES, SECRETS | FROZEN) as running:
        yield running


def place_of(running: Receiver) -> Place:
    return place_at(running.home)


def test_a_delivery_signed_with_either_active_secret_is_kept_byte_for_byte(served: Receiver) -> None:
    for secret in ("GH_NEW", "GH_OLD"):
        body = json.dumps({"action": "ping", "signed_with": secret, "text": "ü"}).encode() + b"\r\n "
        assert served.post("/ats", body, greenhouse_headers(SECRETS[secret], body)) == 200
        assert served.lines("ats")[-1] == {"received_at": "2026-06-29T06:00:00Z", "body": body.decode()}


def test_bytes_that_are_no_text_are_kept_too(served: Receiver) -> None:
    body = b"\xff\x00\n\xfe"
    assert served.post("/ats", body, greenhouse_headers(SECRETS["GH_NEW"], body)) == 200
    assert served.lines("ats")[-1]["body_base64"] == "/wAK/g=="


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Signature": ""},
        {"Signature": "sha256 " + "0" * 64},
        {"Signature": "sha256=" + hex_mac(SECRETS["GH_NEW"], b"{}")},
        {"Signature": hex_mac(SECRETS["GH_NEW"], b"{}")},
        {"Signature": "sha256 " + hex_mac(SECRETS["GH_NEW"], b"{ }")},
        {"Signature": "sha256 " + hex_mac("", b"{}")},
        {"Signature": "sha256 \u00fc"},
    ],
    ids=["none", "empty", "wrong", "other form", "no form", "other bytes", "empty secret", "no hex"],
)
def test_a_wrong_signature_is_refused_without_a_word_and_nothing_is_kept(served: Receiver, headers: dict[str, str]) -> None:
    before = served.lines("ats")
    encoded = {name: value.encode("latin-1") for name, value in headers.items()}
    answer = httpx.post(f"{served.url}/ats", content=b"{}", headers=encoded)  # type: ignore[arg-type]
    assert (answer.status_code, answer.content) == (401, b"")
    assert served.lines("ats") == before


def test_a_sender_of_ones_own_is_verified_by_its_headers(served: Receiver) -> None:
    body = b'{"action":"ping"}'
    own = {"X-Time": str(SECONDS), "X-Signature": f"v1={hex_mac(SECRETS['OWN'], f'{SECONDS}.'.encode() + body)}"}
    assert served.post("/own", body, own) == 200
    assert served.post("/own", body, own | {"X-Time": str(SECONDS + 1)}) == 401
    stale = SECONDS - 25 * 3600 - 1
    old = {"X-Time": str(stale), "X-Signature": f"v1={hex_mac(SECRETS['OWN'], f'{stale}.'.encode() + body)}"}
    assert served.post("/own", body, old) == 401


def test_sendgrid_is_refused_when_stale_from_the_future_or_changed_and_a_late_retry_is_not(served: Receiver) -> None:
    body = b'[{"event":"open"}]\r\n'
    assert served.post("/mail", body, SIGNER.headers(body, SECONDS)) == 200
    assert served.post("/mail", body, SIGNER.headers(body, SECONDS - 24 * 3600)) == 200
    assert served.post("/mail", body, SIGNER.headers(body, SECONDS - 26 * 3600)) == 401
    assert served.post("/mail", body, SIGNER.headers(body, SECONDS + 26 * 3600)) == 401
    assert served.post("/mail", body.rstrip(), SIGNER.headers(body, SECONDS)) == 401
    assert served.post("/mail", body, SIGNER.headers(body, SECONDS) | {"X-Twilio-Email-Event-Webhook-Timestamp": str(SECONDS + 1)}) == 401
    assert served.post("/mail", body, SendGridSigner().headers(body, SECONDS)) == 401
    assert served.post("/mail", body, {"X-Twilio-Email-Event-Webhook-Signature": "%", "X-Twilio-Email-Event-Webhook-Timestamp": "x"}) == 401
    no_signature = {"X-Twilio-Email-Event-Webhook-Signature": "Z2FyYmFnZQ==", "X-Twilio-Email-Event-Webhook-Timestamp": str(SECONDS)}
    assert served.post("/mail", body, no_signature) == 401
    assert len(served.lines("mail")) == 2


def test_an_unknown_address_another_method_and_a_body_too_large_are_refused(served: Receiver) -> None:
    assert served.post("/nothing", b"{}") == 404
    assert served.post("/ats/", b"{}") == 404
    assert httpx.get(f"{served.url}/ats").status_code == 405
    large = b"[" + b" " * 70_000 + b"]"
    before = served.lines("mail")
    assert served.post("/mail", large, SIGNER.headers(large, SECONDS)) == 413
    # A body that says nothing of its length is cut at the limit too.
    answer = httpx.post(f"{served.url}/mail", content=iter([b" " * 40_000] * 3), headers=SIGNER.headers(large, SECONDS))
    assert answer.status_code == 413
    assert served.lines("mail") == before


def test_nothing_of_a_delivery_and_no_secret_is_ever_logged(served: Receiver) -> None:
    body = b'{"candidate":"Needle Haystack"}'
    assert served.post("/ats", body, greenhouse_headers(SECRETS["GH_NEW"], body)) == 200
    assert served.post("/ats", body, {"Signature": "sha256 needle-signature"}) == 401
    address = httpx.URL(served.url)
    with socket.create_connection((address.host, address.port or 0)) as raw:
        raw.sendall(b"POST /ats HTTP/1.1\r\nneedle in no header\r\n\r\n")
        raw.recv(1000)
    logs = [served.home / "receiver.log", *(served.home / "logs").glob("*")]
    text = "\n".join(path.read_text() for path in logs)
    assert "ats: 401, the signature" in text
    assert "eedle" not in text
    assert not [name for name, secret in SECRETS.items() if secret in text]


def webhook_source(**more: object) -> Source:
    settings = {"name": "ats", "kind": "canonical_files", "webhooks": Webhooks(scheme="greenhouse", secrets=("GH_NEW",))}
    return Source.model_validate(settings | more)


def load(place: Place, source: Source, hours: int = 0) -> dict[str, tuple[int, int, int]]:
    """stream -> (fetched, written, duplicates)."""
    done = extract(config_of(source), place.home, place.ops, source, window_end=NOW + timedelta(hours=hours))
    return {stream.stream: (stream.fetched, stream.written, stream.duplicates) for stream in done.streams}


def test_a_receiver_killed_before_its_answer_has_lost_nothing_that_it_acknowledged(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    files = tmp_path / "files"
    files.mkdir()
    sources = [SOURCES[0] | {"path": str(files)}]
    bodies = [json.dumps({"action": "ping", "number": number}).encode() for number in range(4)]
    acknowledged = []
    # It dies after the third append, before the answer: the vendor knows of two, and sends the third again.
    with receiver(home, sources, SECRETS | FROZEN, FUNNELCAST_FAULT="webhooks.between_append_and_answer:3") as running:
        for body in bodies[:2]:
            assert running.post("/ats", body, greenhouse_headers(SECRETS["GH_NEW"], body)) == 200
            acknowledged.append(body)
        with pytest.raises(httpx.HTTPError):
            running.post("/ats", bodies[2], greenhouse_headers(SECRETS["GH_NEW"], bodies[2]))
        assert running.process.wait(20) == -signal.SIGKILL
    torn = next((home / "spool" / "ats").glob("*.jsonl"))
    with torn.open("ab") as handle:
        handle.write(b'{"received_at":"2026-06-29T06:00:00Z","body":"{\\"acti')  # what a death within a write leaves
    place = place_at(home)
    source = webhook_source(path=str(files))
    assert load(place, source)["webhooks"] == (3, 3, 0)
    assert set(payloads(place)) >= set(acknowledged)
    with receiver(home, sources, SECRETS | FROZEN) as running:
        for body in bodies[2:]:
            assert running.post("/ats", body, greenhouse_headers(SECRETS["GH_NEW"], body)) == 200
    assert load(place, source, 1)["webhooks"] == (2, 1, 1)
    assert load(place, source, 2)["webhooks"] == (0, 0, 0)
    assert sorted(payloads(place)) == sorted(bodies)
    assert len({record for _, record, _ in lake_rows(place.home, "stream, record_id, payload")}) == 4


def payloads(place: Place) -> list[bytes]:
    return [json.dumps(json.loads(payload)).encode() for _, payload in lake_rows(place.home, "stream, payload")]
