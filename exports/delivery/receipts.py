"""What was sent, as files beside the rendered report: evidence from which the ledger can be rebuilt when its database is lost.

reports/<report>/<period>/receipts/<subscriber>-<channel>-<edition number>.json, written before the first byte leaves (`accepted_at` null) and again when
the other side has accepted. A delivery of which a receipt is there is never planned anew: it was sent, or may have been.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from base.clock import iso, parse_instant
from base.errors import ConfigError
from base.home import Home
from exports.channels.channel import Key, Receipt
from exports.delivery.delivery_ledger import Delivery

FOLDER = "receipts"


@dataclass(frozen=True)
class SentReceipt:
    """One delivery as its file tells it. `accepted_at` is None when nobody knows whether it arrived."""

    key: Key
    tick_at: datetime
    window_ends_at: datetime
    begun_at: datetime
    accepted_at: datetime | None
    provider_id: str | None
    message_id: str | None
    version_id: str | None
    data_as_of: datetime | None
    content_hash: str | None
    artifact: str | None


def write(home: Home, delivery: Delivery, receipt: Receipt | None, now: datetime) -> None:
    """Write what is known, durably: a crash leaves the older file or the newer one."""
    facts = {
        **vars(delivery.key),
        "tick_at": iso(delivery.tick_at),
        "window_ends_at": iso(delivery.window_ends_at),
        "begun_at": iso(now),
        "accepted_at": iso(now) if receipt else None,
        "provider_id": receipt.provider_id if receipt else None,
        "message_id": receipt.message_id if receipt else None,
        "version_id": delivery.version_id,
        "data_as_of": iso(delivery.data_as_of) if delivery.data_as_of else None,
        "artifact": delivery.artifact,
        "content_hash": delivery.content_hash,
    }
    path = _path(home, delivery.key)
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".tmp")
    with unfinished.open("w", encoding="utf-8") as file:
        json.dump(facts, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)


def withdraw(home: Home, key: Key) -> None:
    """The attempt certainly sent nothing."""
    _path(home, key).unlink(missing_ok=True)


def of_key(home: Home, key: Key) -> SentReceipt | None:
    """The receipt of the delivery, if there is one."""
    path = _path(home, key)
    return _read(path) if path.exists() else None


def all_of(home: Home) -> Iterator[SentReceipt]:
    """Every readable receipt of the home, in the order in which the periods were due."""
    found = [_read(path) for path in sorted(home.reports.glob(f"*/*/{FOLDER}/*.json"))]
    yield from sorted((receipt for receipt in found if receipt is not None), key=lambda receipt: (receipt.tick_at, receipt.begun_at))


def _path(home: Home, key: Key) -> Path:
    return home.reports / key.report_id / key.period_folder / FOLDER / f"{key.subscriber_id}-{key.channel}-{key.edition_number}.json"


def _read(path: Path) -> SentReceipt | None:
    """None for a file that is damaged: what it said is lost."""
    try:
        facts = json.loads(path.read_text(encoding="utf-8"))
        key = Key(*(facts.pop(name) for name in Key.__dataclass_fields__))
        for name in [name for name in facts if name.endswith("_at") or name == "data_as_of"]:
            facts[name] = parse_instant(facts[name], what=name) if facts[name] else None
        return SentReceipt(key, **facts)
    except (OSError, ValueError, KeyError, TypeError, ConfigError):
        return None
