"""Amazon SES events as Firehose leaves them: newline-delimited JSON in folders YYYY/MM/DD/HH/ (UTC), one event a line.

Send, Delivery, Open, Click, Bounce, Complaint with mail.messageId and mail.tags (sequence_id, step_number, candidate_ref, sender_user_id,
on_behalf_of_user_id). SES marks no machine: mail software opens within seconds with a bare agent, scanners click every link at once.
Some events are delivered twice, as Firehose may. Shapes: the vendor's "contents of event data" for Firehose.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

from sandbox.canonical_outreach import hash_text, message_events, sent_messages
from sandbox.doubles.mail import HUMAN_AGENTS, PREFETCH_AGENT, SCANNER_AGENT, crm_user_id
from sandbox.model import DAY, Message, Recipient, Sequence, instant
from sandbox.world import World

#: Firehose closes a file long before; one file a day keeps the demo's folder small.
EVENTS_PER_FILE_WINDOW = DAY
KINDS = {"delivered": "Delivery", "bounced": "Bounce", "complained": "Complaint", "opened": "Open", "clicked": "Click"}


def write_ses(world: World, folder: Path, *, since: int | None = None) -> int:
    """Write the files of events that happened in (since, now); returns how many events. Files already there are never touched."""
    folder.mkdir(parents=True, exist_ok=True)
    files: dict[int, list[tuple[int, str, bytes]]] = defaultdict(list)
    for moment, identity, event in _events(world):
        if moment < world.now_seconds and (since is None or moment >= since):
            files[moment // EVENTS_PER_FILE_WINDOW].append((moment, identity, orjson.dumps(event)))
    count = 0
    for lines in files.values():
        lines.sort(key=lambda line: line[:2])
        last = instant(lines[-1][0])
        place = folder / f"{last:%Y/%m/%d/%H}"
        place.mkdir(parents=True, exist_ok=True)
        body = [line for _, _, line in lines]
        body += [line for _, identity, line in lines if hash_text(identity) % 97 == 0]  # delivered at least once
        name = f"recruiting-events-1-{last:%Y-%m-%d-%H-%M-%S}-{hash_text(lines[0][1]):06d}"
        temporary = place / f".{name}"
        temporary.write_bytes(b"\n".join(body) + b"\n")
        temporary.replace(place / name)
        count += len(lines)
    return count


def _events(world: World) -> Iterator[tuple[int, str, dict[str, Any]]]:
    """(time, identity, event) of every message sent before now."""
    for sequence, recipient, message in sent_messages(world):
        mail = _mail(sequence, recipient, message)
        yield message.sent_at, f"{message.id}-send", {"eventType": "Send", "mail": mail, "send": {}}
        for code, moment, link, is_machine in message_events(message):
            if code in KINDS:
                identity = f"{message.id}-{code}-{moment}-{link or ''}"
                kind = KINDS[code]
                detail = _detail(code, moment, link, is_machine, recipient, identity)
                yield moment, identity, {"eventType": kind, "mail": mail, kind.lower(): detail}


def _mail(sequence: Sequence, recipient: Recipient, message: Message) -> dict[str, Any]:
    sender = recipient.on_behalf_of or sequence.owner
    subject, address = sequence.subjects[message.step - 1], recipient.person.email
    tags = {
        "ses:configuration-set": ["recruiting"],
        "sequence_id": [sequence.id],
        "step_number": [str(message.step)],
        "candidate_ref": [str(recipient.person.gem_id)],
        "sender_user_id": [crm_user_id(sequence.owner)],
    }
    if recipient.on_behalf_of is not None:
        tags["on_behalf_of_user_id"] = [crm_user_id(recipient.on_behalf_of)]
    return {
        "timestamp": _milliseconds(message.sent_at),
        "messageId": message.id,
        "source": f"{sender.name} <{sender.email}>",
        "sourceArn": "arn:aws:ses:us-east-1:000000000000:identity/northwind-labs.example.com",
        "sendingAccountId": "000000000000",
        "destination": [address],
        "headersTruncated": False,
        "headers": [{"name": "To", "value": address}, {"name": "Subject", "value": subject}],
        "commonHeaders": {"from": [sender.email], "to": [address], "messageId": message.id, "subject": subject},
        "tags": tags,
    }


def _detail(code: str, moment: int, link: str | None, is_machine: bool, recipient: Recipient, identity: str) -> dict[str, Any]:
    stamp, address = _milliseconds(moment), recipient.person.email
    if code == "delivered":
        return {
            "timestamp": stamp,
            "processingTimeMillis": 900 + hash_text(identity) % 4000,
            "recipients": [address],
            "smtpResponse": "250 2.0.0 OK",
            "reportingMTA": "a1.smtp-out.example.com",
        }
    if code == "bounced":
        return {
            "bounceType": "Permanent",
            "bounceSubType": "General",
            "bouncedRecipients": [
                {"emailAddress": address, "action": "failed", "status": "5.1.1", "diagnosticCode": "smtp; 550 5.1.1 user unknown"}
            ],
            "timestamp": stamp,
            "feedbackId": f"fb-{hash_text(identity):06d}",
            "reportingMTA": "dsn; a1.smtp-out.example.com",
        }
    if code == "complained":
        complained = [{"emailAddress": address}]
        feedback = {"feedbackId": f"fb-{hash_text(identity):06d}", "complaintFeedbackType": "abuse"}
        return {"complainedRecipients": complained, "timestamp": stamp, "arrivalDate": stamp} | feedback
    agent = (SCANNER_AGENT if code == "clicked" else PREFETCH_AGENT) if is_machine else HUMAN_AGENTS[hash_text(address) % len(HUMAN_AGENTS)]
    detail: dict[str, Any] = {"ipAddress": f"192.0.2.{hash_text(address) % 250 + 1}", "timestamp": stamp, "userAgent": agent}
    return detail | ({"link": link, "linkTags": None} if code == "clicked" else {})


def _milliseconds(moment: int) -> str:
    return f"{instant(moment):%Y-%m-%dT%H:%M:%S}.000Z"
