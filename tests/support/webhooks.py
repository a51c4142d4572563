"""Webhook deliveries as vendors sign them, and the receiver as a process of its own on loopback."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

ROOT = Path(__file__).resolve().parents[2]


def hex_mac(secret: str, signed: bytes) -> str:
    return hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


def greenhouse_headers(secret: str, body: bytes) -> dict[str, str]:
    return {"Signature": f"sha256 {hex_mac(secret, body)}"}


class SendGridSigner:
    """A key pair as SendGrid's, and the headers it would send."""

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        public = self._key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        self.verification_key = base64.b64encode(public).decode()

    def headers(self, body: bytes, timestamp: int) -> dict[str, str]:
        signature = base64.b64encode(self._key.sign(str(timestamp).encode() + body, ec.ECDSA(SHA256()))).decode()
        return {"X-Twilio-Email-Event-Webhook-Signature": signature, "X-Twilio-Email-Event-Webhook-Timestamp": str(timestamp)}


@dataclass
class Receiver:
    """A running `funnelcast webhooks serve`."""

    url: str
    process: subprocess.Popen[str]
    home: Path

    def post(self, path: str, body: bytes, headers: Mapping[str, str] | None = None) -> int:
        return httpx.post(self.url + path, content=body, headers=dict(headers or {}), timeout=20).status_code

    def lines(self, source: str) -> list[dict[str, Any]]:
        """What is in the source's spool, whole lines only."""
        found = []
        for path in sorted((self.home / "spool" / source).glob("*.jsonl")):
            found += [json.loads(line) for line in path.read_bytes().splitlines(keepends=True) if line.endswith(b"\n")]
        return found


@contextmanager
def receiver(home: Path, sources: Sequence[Mapping[str, Any]], environment: Mapping[str, str], **more: str) -> Iterator[Receiver]:
    """The command line's own receiver on a free port, its log at home/receiver.log; `more` are further environment variables."""
    config = home / "config"
    config.mkdir(parents=True, exist_ok=True)
    (config / "sources.yml").write_text(json.dumps({"sources": list(sources)}), encoding="utf-8")
    command = [sys.executable, "-m", "orchestration.cli", "webhooks", "serve", "--port", "0", "--home", str(home), "--config", str(config)]
    with (home / "receiver.log").open("a") as log:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={"PATH": os.environ["PATH"], "PYTHONUNBUFFERED": "1", **environment, **more},
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
        try:
            assert process.stdout is not None
            first = process.stdout.readline()
            assert "http://" in first, (home / "receiver.log").read_text()
            yield Receiver(first.split()[-1], process, home)
        finally:
            if process.poll() is None:
                process.terminate()
            process.wait(20)
            process.stdout.close()
