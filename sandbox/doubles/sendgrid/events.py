"""The company's outreach as SendGrid's event webhook would post it: processed, delivered, bounce, open, click, spamreport.

Machine opens carry sg_machine_open, as SendGrid marks Apple's prefetches; scanners' clicks carry none, as it marks no click. Ids ride as unique
arguments. Shapes: the vendor's event reference.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sandbox.canonical_outreach import hash_text, message_events, sent_messages
from sandbox.doubles.mail import HUMAN_AGENTS, PREFETCH_AGENT, SCANNER_AGENT, crm_user_id
from sandbox.model import Message, Recipient, Sequence
from sandbox.world import World

KINDS = {"delivered": "delivered", "bounced": "bounce", "complained": "spamreport", "opened": "open", "clicked": "click"}


def sendgrid_events(world: World) -> Iterator[dict[str, Any]]:
    """Every event that happened before the world's now, message by message."""
    for sequence, recipient, message in sent_messages(world):
        yield _event(sequence, recipient, message, "processed", message.sent_at)
        for code, moment, link, is_machine in message_events(message):
            if code in KINDS and moment < world.now_seconds:
                more = _detail(code, link, is_machine, recipient)
                yield _event(sequence, recipient, message, KINDS[code], moment, **more)


def _event(sequence: Sequence, recipient: Recipient, message: Message, kind: str, moment: int, **more: Any) -> dict[str, Any]:
    arguments = {
        "sequence_id": sequence.id,
        "step_number": str(message.step),
        "candidate_ref": str(recipient.person.gem_id),
        "sender_user_id": crm_user_id(sequence.owner),
        "subject": sequence.subjects[message.step - 1],
    }
    if recipient.on_behalf_of is not None:
        arguments["on_behalf_of_user_id"] = crm_user_id(recipient.on_behalf_of)
    return {
        "event": kind,
        "email": recipient.person.email,
        "timestamp": moment,
        "smtp-id": f"<{message.id}@ismtpd0001.example.com>",
        "sg_message_id": f"{message.id}.filter0001.16648.5515E0B88.0",
        "sg_event_id": f"{kind}{hash_text(f'{message.id}{moment}{more}')}",
        "category": ["recruiting"],
        **arguments,
        **more,
    }


def _detail(code: str, link: str | None, is_machine: bool, recipient: Recipient) -> dict[str, Any]:
    if code == "bounced":
        return {"type": "bounce", "reason": "550 5.1.1 user unknown", "status": "5.1.1"}
    if code not in ("opened", "clicked"):
        return {}
    human = HUMAN_AGENTS[hash_text(recipient.person.email) % len(HUMAN_AGENTS)]
    if code == "opened":
        return {"useragent": PREFETCH_AGENT if is_machine else human, "sg_machine_open": is_machine}
    return {"useragent": SCANNER_AGENT if is_machine else human, "url": link}
