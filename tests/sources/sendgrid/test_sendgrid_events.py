"""SendGrid's events: repeated, late, out of order, by webhook or by file, they give the same facts."""

from __future__ import annotations

import csv
import gzip
import random
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from base.config import Source, Webhooks
from ingestion.extract.run import extract
from ingestion.log.records import BROKEN_IDS
from ingestion.sources.sendgrid.events import rows_of_body
from ingestion.webhooks.spool import Received, Spool
from sandbox.canonical_export import tables
from sandbox.company import simulate
from sandbox.doubles.sendgrid.events import sendgrid_events
from tests.support.ingestion import Place, config_of, folder_source, look_at, place_at
from tests.support.vendor_lake import dbt_build

NOW = datetime(2026, 6, 29, 6, tzinfo=UTC)
HUMAN = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36"
START = 1_780_000_000

Event = dict[str, Any]


def event(kind: str, message: str, after: int, **more: Any) -> Event:
    """An event `after` seconds from the start, as SendGrid writes it."""
    email = more.pop("email", f"{message}@example.org")
    own = {"sequence_id": "q1", "step_number": 1, "candidate_ref": message, "sender_user_id": "u1"}
    ids = {"sg_message_id": f"{message}.filterdrecv-1-2.0", "smtp-id": f"<{message}@ismtpd1>", "sg_event_id": f"{kind}{after}{message}"}
    return {"event": kind, "email": email, "timestamp": START + after, "category": ["recruiting"], **ids, **own, **more}


def sent(message: str, **more: Any) -> list[Event]:
    return [event("processed", message, 0, **more), event("delivered", message, 5, response="250 OK", **more)]


EVENTS = [
    # opened and clicked by a person
    *sent("m1"),
    event("open", "m1", 3600, useragent=HUMAN, sg_machine_open=False),
    event("click", "m1", 3700, useragent=HUMAN, url="https://example.com/jobs", url_offset={"index": 0, "type": "html"}),
    # opened by Apple's proxy, clicked by a scanner at once: by haste, since nothing else tells
    *sent("m2"),
    event("open", "m2", 60, useragent="Mozilla/5.0 (Macintosh)", sg_machine_open=True),
    event("click", "m2", 9, useragent=HUMAN, url="https://example.com/jobs"),
    # bounced after it was delivered; a block and a deferral are nothing
    *sent("m3"),
    event("bounce", "m3", 900, type="bounce", reason="550 unknown"),
    *sent("m4"),
    event("bounce", "m4", 900, type="blocked", reason="blocked"),
    event("deferred", "m4", 2, attempt="1"),
    event("deferred", "m4", 2, attempt="2"),
    # never sent
    event("dropped", "m5", 0, reason="Bounced Address"),
    # its processed event never came; an unsubscription without an id of its own
    event("delivered", "m6", 5),
    {name: value for name, value in event("group_unsubscribe", "m6", 100, asm_group_id=7).items() if name != "sg_event_id"},
    # one request to two people
    event("processed", "m7", 0, email="one@example.org"),
    event("processed", "m7", 0, email="two@example.org"),
    event("open", "m7", 4000, email="two@example.org", useragent=HUMAN),
]

#: message -> delivered, opened, by a person, clicked, by a person, bounced, unsubscribed
FACTS = {
    "m1": (True, True, True, True, True, False, False),
    "m2": (True, True, False, True, False, False, False),
    "m3": (True, False, False, False, False, True, False),
    "m4": (True, False, False, False, False, False, False),
    "m6": (True, False, False, False, False, False, True),
    "m7": (False, True, True, False, False, False, False),
}


def receive(place: Place, source: str, received_at: datetime, *bodies: Sequence[Event]) -> None:
    """Deliveries in the spool, as the receiver leaves them."""
    spool = Spool(place.home.spool / source)
    for body in bodies:
        spool.append(Received(received_at, orjson.dumps(list(body)) + b"\r\n"))
    spool.close()


def hook_source(name: str) -> Source:
    return Source(name=name, kind="sendgrid", webhooks=Webhooks(secrets=("KEY",)))


def load(place: Place, source: Source, at: datetime) -> tuple[int, int, int]:
    (done,) = extract(config_of(source), place.home, place.ops, source, window_end=at).streams
    return done.fetched, done.written, done.duplicates


def retried(original: Event, shuffle: random.Random) -> Event:
    """The same event delivered again: with its id, with another one, or without."""
    again = dict(original)
    chosen = shuffle.choice(["same", "other", "none"])
    if chosen == "other":
        again["sg_event_id"] = f"retry-{shuffle.random()}"
    elif chosen == "none":
        again.pop("sg_event_id", None)
    return again


@pytest.mark.xdist_group("canonical_port")  # dbt's manifest is parsed once per process
def test_repeated_late_and_shuffled_events_by_webhook_or_file_give_the_same_facts(tmp_path: Path) -> None:
    place = place_at(tmp_path / "home")
    receive(place, "ordered", NOW, EVENTS)
    assert load(place, hook_source("ordered"), NOW) == (len(EVENTS), len(EVENTS), 0)

    shuffle = random.Random(7)
    late = EVENTS + [retried(one, shuffle) for one in EVENTS * 2]
    shuffle.shuffle(late)
    for number in range(3):
        part = late[number::3]
        at = NOW + timedelta(hours=number)
        receive(place, "shuffled", at, part[:9], part[9:], part[:9])
        load(place, hook_source("shuffled"), at)

    folder = tmp_path / "files" / "2026" / "06"
    folder.mkdir(parents=True)
    (folder / "a.json").write_bytes(orjson.dumps(EVENTS[:7]) + b"\n")
    (folder / "b.jsonl.gz").write_bytes(gzip.compress(b"".join(orjson.dumps(one) + b"\n" for one in EVENTS[5:])))
    files = folder_source(tmp_path / "files", "files", "sendgrid")
    assert load(place, files, NOW) == (len(EVENTS) + 2, len(EVENTS), 2)
    assert load(place, files, NOW + timedelta(hours=1)) == (0, 0, 0)
    assert [finding.is_ok for finding in look_at(files)] == [True]

    tag_with_sequences_of_two_crms(place, tmp_path)
    drop_in_canonical_shape(place, tmp_path)
    world = simulate(seed=11, years=0.5, requisitions=6)
    company = list(sendgrid_events(world))
    receive(place, "company", NOW, *(company[start : start + 500] for start in range(0, len(company), 500)))
    load(place, hook_source("company"), NOW)

    assert dbt_build(place.home.root, ["+int_core__message_events", "+outreach_messages"], {"as_of": "2026-06-29 12:00:00"}) == []
    with duckdb.connect(str(place.home.warehouse), read_only=True) as warehouse:
        warehouse.execute("set TimeZone = 'UTC'")

        def of(source: str, columns: str, table: str) -> list[tuple[Any, ...]]:
            return warehouse.execute(f"select {columns} from {table} where source_system = ? order by all", [source]).fetchall()

        events = "event_id, message_id, event_code, occurred_at, link_url, is_machine, machine_rule_id"
        messages = "message_id, sent_at, candidate_id, recipient_address, sequence_id, step_number, sender_id"
        for columns, table in ((events, "canonical.email_events"), (messages, "canonical.outreach_messages")):
            assert of("ordered", columns, table)
            assert of("shuffled", columns, table) == of("files", columns, table) == of("ordered", columns, table)
        facts = "message_id, has_delivery, is_opened, is_opened_human, is_clicked, is_clicked_human, is_bounced, is_unsubscribed"
        assert of("shuffled", facts, "core_work.int_core__message_events") == of("ordered", facts, "core_work.int_core__message_events")
        found = {row[0].partition("-")[0]: row[1:] for row in of("ordered", facts, "core_work.int_core__message_events")}
        assert found == FACTS
        rules = {row[:2]: row[2] for row in of("ordered", "message_id, event_code, machine_rule_id", "canonical.email_events") if row[2]}
        assert rules == {("m2", "opened"): "source-says", ("m2", "clicked"): "click-at-delivery"}
        sent_at = {
            row[0]: row[1].timestamp() - START for row in of("ordered", "message_id, sent_at::timestamptz", "canonical.outreach_messages")
        }
        assert {message: sent_at[message] for message in ("m1", "m6")} == {"m1": 0, "m6": 5}
        assert len(sent_at) == 7

        # The CRM that alone knows the sequence has the message, and what came of it; one that two know stays with the mail service.
        homes = warehouse.execute(
            """select m.message_id, m.source_system, e.event_code
            from canonical.outreach_messages m join canonical.email_events e using (source_system, message_id)
            where m.message_id like 'tagged%' order by all"""
        ).fetchall()
        assert homes == [("tagged1", "crm", "delivered"), ("tagged2", "tagged", "delivered")]

        # The simulated company's truth: every event, and whose act it was.
        names = ("message_id", "event_code", "occurred_at", "link_url", "is_machine")
        truth = Counter(tuple(str(row[name]) for name in names) for row in tables(world)["email_events"] if row["event_code"] != "replied")
        columns = "message_id, event_code, strftime(occurred_at, '%Y-%m-%dT%H:%M:%SZ'), link_url, is_machine"
        assert Counter(tuple(map(str, row)) for row in of("company", columns, "canonical.email_events")) == truth
        assert truth.total() > 100

        # A drop in canonical shape is judged by the same rules, whatever its format: one click by a scanner, one absence note, one reply.
        columns = "message_id, is_clicked, is_clicked_human, is_replied, has_any_reply, first_replied_at, reply_class_code"
        for source in ("drop_jsonl", "drop_csv", "drop_parquet"):
            assert of(source, columns, "core_work.int_core__message_events") == [
                ("d1", True, False, True, True, datetime(2026, 6, 3), "unknown"),  # noqa: DTZ001 - the warehouse's times are naive
                ("d2", False, False, False, True, None, "auto"),
            ]
            assert len(of(source, "message_id", "canonical.outreach_messages")) == 2


def drop_in_canonical_shape(place: Place, folder: Path) -> None:
    """The same messages and events as JSONL, CSV and Parquet, each a source of its own."""
    messages = [{"message_id": f"d{number}", "sent_at": "2026-06-01T00:00:00Z", "recipient_address": "x@example.org"} for number in (1, 2)]
    away = "Subject: Away\nAuto-Submitted: auto-replied (vacation)"
    common: Event = {"link_url": None, "user_agent": None, "reply_headers": None}
    events = [
        {"event_id": "1", "message_id": "d1", "event_code": "clicked", "occurred_at": "2026-06-02T00:00:00Z"}
        | common
        | {"link_url": "https://example.com", "user_agent": "Barracuda Sentinel (EE)"},
        {"event_id": "2", "message_id": "d1", "event_code": "replied", "occurred_at": "2026-06-02T00:00:01Z"}
        | common
        | {"reply_headers": away},
        {"event_id": "3", "message_id": "d1", "event_code": "replied", "occurred_at": "2026-06-03T00:00:00Z"}
        | common
        | {"reply_headers": "Subject: Re: A role\nAuto-Submitted: no"},
        {"event_id": "4", "message_id": "d2", "event_code": "replied", "occurred_at": "2026-06-04T00:00:00Z"}
        | common
        | {"reply_headers": away},
    ]
    for name, write in (("drop_jsonl", write_jsonl), ("drop_csv", write_csv), ("drop_parquet", write_parquet)):
        (folder / name).mkdir()
        for table, rows in (("outreach_messages", messages), ("email_events", events)):
            write(folder / name / table, rows)
        extract_all(place, folder_source(folder / name, name))


def write_jsonl(path: Path, rows: Sequence[Event]) -> None:
    path.with_suffix(".jsonl").write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in rows))


def write_csv(path: Path, rows: Sequence[Event]) -> None:
    with path.with_suffix(".csv").open("w", newline="", encoding="utf-8") as handle:
        writer = csv.DictWriter(handle, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def write_parquet(path: Path, rows: Sequence[Event]) -> None:
    pq.write_table(pa.Table.from_pylist(list(rows)), path.with_suffix(".parquet"))


def extract_all(place: Place, source: Source) -> None:
    done = extract(config_of(source), place.home, place.ops, source, window_end=NOW)
    assert all(stream.written for stream in done.streams)


def tag_with_sequences_of_two_crms(place: Place, folder: Path) -> None:
    """Two CRMs as files, one sequence known to both, and a mail service that names their sequences."""
    for name, sequences in (("crm", ("known", "both")), ("other_crm", ("both",))):
        (folder / name).mkdir()
        rows = "".join(f"{sequence},{sequence}\n" for sequence in sequences)
        (folder / name / "sequences.csv").write_text("sequence_id,sequence_name\n" + rows, encoding="utf-8")
        load(place, folder_source(folder / name, name), NOW)
    receive(place, "tagged", NOW, [*sent("tagged1", sequence_id="known"), *sent("tagged2", sequence_id="both")])
    load(place, hook_source("tagged"), NOW)


def test_equal_event_ids_do_not_make_events_one_and_what_is_no_event_travels_under_a_mark() -> None:
    """The vendor's own example has one sg_event_id for all of its events."""
    same = [{**one, "sg_event_id": "sg_event_id", "sg_message_id": "sg_message_id"} for one in EVENTS[:6]]
    assert len({row.record_id for row in rows_of_body(orjson.dumps(same))}) == 6
    assert (
        rows_of_body(orjson.dumps({**EVENTS[0], "email": " M1@Example.org"}))[0].record_id
        == rows_of_body(orjson.dumps(EVENTS[0]))[0].record_id
    )
    broken = rows_of_body(b'[1, {"event": "open"}, {"timestamp": 1, "sg_message_id": "x"}]') + rows_of_body(b"not json")
    assert [row.record_id.partition(":")[0] for row in broken] == ["malformed", "keyless", "keyless", "malformed"]
    assert {row.record_id.partition(":")[0] for row in broken} <= set(BROKEN_IDS)
    assert rows_of_body(b" \r\n") == []


def test_the_spool_forgets_what_the_log_has_had_for_a_month_and_keeps_what_is_newer(tmp_path: Path) -> None:
    place = place_at(tmp_path / "home")
    receive(place, "mail", NOW, EVENTS[:1])
    assert load(place, hook_source("mail"), NOW + timedelta(days=1)) == (1, 1, 0)
    assert load(place, hook_source("mail"), NOW + timedelta(days=29)) == (0, 0, 0)
    receive(place, "mail", NOW + timedelta(days=30), EVENTS[1:2])
    assert len(list((place.home.spool / "mail").glob("*.jsonl"))) == 2
    assert load(place, hook_source("mail"), NOW + timedelta(days=31)) == (1, 1, 0)
    assert len(list((place.home.spool / "mail").glob("*.jsonl"))) == 1


@pytest.mark.parametrize("damage", [b"\x00\xff garbage\n", b'{"received_at":"soon","body":""}\n'])
def test_a_damaged_spool_file_fails_the_load_by_name(tmp_path: Path, damage: bytes) -> None:
    place = place_at(tmp_path / "home")
    receive(place, "mail", NOW, EVENTS[:1])
    (path,) = (place.home.spool / "mail").glob("*.jsonl")
    with path.open("ab") as handle:
        handle.write(damage)
    with pytest.raises(Exception, match=f"{path.name} is damaged"):
        load(place, hook_source("mail"), NOW)
