"""The spool under several writers, a full disk and a moving clock; what of a delivery enters the log."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson
import pytest

from base.config import Source, Webhooks
from ingestion.http.limits import RunBudget
from ingestion.protocol.connector import Window
from ingestion.sources.registry import open_connector
from ingestion.webhooks.spool import Received, Spool, TokenUsed, read
from ingestion.webhooks.spooled import with_spool
from tests.support.webhooks import ROOT

NOW = datetime(2026, 6, 29, 6, tzinfo=UTC)


def held(folder: Path, until: datetime = NOW) -> list[bytes]:
    return [delivery.body for _, deliveries in read(folder, until, {}) for delivery in deliveries]


def test_many_writers_of_several_processes_keep_every_delivery_whole(tmp_path: Path) -> None:
    spools = [Spool(tmp_path / "ats") for _ in range(3)]
    bodies = [f'{{"number": {number}, "text": "{"x" * (number * 37 % 5000)}\\n"}}'.encode() for number in range(120)]
    with ThreadPoolExecutor(12) as pool:
        list(pool.map(lambda n: spools[n % 3].append(Received(NOW, bodies[n])), range(len(bodies))))
    assert sorted(held(tmp_path / "ats")) == sorted(bodies)
    assert len(list((tmp_path / "ats").glob("*.jsonl"))) == 3
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "ats").glob("*.jsonl")} == {0o600}


def test_a_token_serves_one_body_over_all_processes_until_it_is_stale(tmp_path: Path) -> None:
    one, other = Spool(tmp_path), Spool(tmp_path)
    one.append(Received(NOW, b"first"), token="t")
    other.append(Received(NOW, b"first"), token="t")
    with pytest.raises(TokenUsed):
        other.append(Received(NOW, b"forged"), token="t")
    one.forget_tokens(datetime.now(UTC) - timedelta(hours=1))
    with pytest.raises(TokenUsed):
        one.append(Received(NOW, b"forged"), token="t")
    one.forget_tokens(datetime.now(UTC) + timedelta(hours=1))
    one.append(Received(NOW, b"other"), token="t")
    assert sorted(held(tmp_path)) == [b"first", b"first", b"other"]


FULL_DISK = """
import resource, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from ingestion.webhooks.spool import Received, Spool
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
spool, now = Spool(Path(sys.argv[1])), datetime(2026, 6, 29, 6, tzinfo=UTC)
resource.setrlimit(resource.RLIMIT_FSIZE, (300, resource.RLIM_INFINITY))
spool.append(Received(now, b"before"))
for _ in range(2):
    try:
        spool.append(Received(now, b"x" * 1000))
    except OSError as error:
        print("not kept")
spool.append(Received(now, b"after"))
"""


def test_a_delivery_that_the_disk_takes_in_part_is_not_acknowledged_and_spoils_no_other(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        env={"PATH": "/usr/bin:/bin"},
    )
    assert done.stdout.split("\n")[:2] == ["not kept", "not kept"]
    assert sorted(held(tmp_path)) == [b"after", b"before"]


def test_what_came_after_the_windows_end_waits_for_the_next_window(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    spool.append(Received(NOW, b"in time"))
    spool.append(Received(NOW + timedelta(seconds=1), b"late"))
    ((first, _),) = read(tmp_path, NOW, {})
    assert held(tmp_path) == [b"in time"]
    known = {first.path: (first.size, first.checksum)}
    assert list(read(tmp_path, NOW, known)) == []
    ((_, rest),) = read(tmp_path, NOW + timedelta(hours=1), known)
    assert [delivery.body for delivery in rest] == [b"in time", b"late"]


def test_a_greenhouse_delivery_is_a_record_by_its_signed_bytes_without_what_its_lists_leave_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("ID", "SECRET", "USER", "HOOK"):
        monkeypatch.setenv(name, "1")
    source = Source(
        name="ats",
        kind="greenhouse",
        base_url="http://127.0.0.1:9",
        credentials={"client_id": "ID", "client_secret": "SECRET", "user_id": "USER"},
        webhooks=Webhooks(secrets=("HOOK",)),
    )
    candidate = {"id": 7, "addresses": [{"value": "home"}], "attachments": [{"url": "cv"}], "custom_fields": {"salary": 1}}
    body = orjson.dumps({"action": "hire", "payload": {"application": {"id": 1, "answers": ["x"], "candidate": candidate}}})
    spool = Spool(tmp_path / "ats")
    for _ in range(2):
        spool.append(Received(NOW, body))
    spool.append(Received(NOW, b"no json"))
    connector = with_spool(open_connector(source, RunBudget(60)), source, tmp_path)
    assert "webhooks" in connector.streams()
    rows = [row for page in connector.pages("webhooks", Window(None, NOW), None, {}) for row in page.rows]
    connector.close()
    assert [row.observed_at for row in rows] == [NOW, NOW, NOW]
    assert rows[0] == rows[1]
    assert orjson.loads(rows[0].payload) == {"action": "hire", "payload": {"application": {"id": 1, "candidate": {"id": 7}}}}
    assert rows[2].record_id.startswith("malformed:")
