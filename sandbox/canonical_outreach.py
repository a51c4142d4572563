"""Outreach as canonical tables: sequences, messages, their links and events, and what people did in the CRM."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sandbox.model import Message, Person, Recipient, Sequence, iso
from sandbox.world import World

Row = dict[str, Any]


def sent_messages(world: World) -> Iterator[tuple[Sequence, Recipient, Message]]:
    """Every message sent before now, by sequence, person and step."""
    for sequence in world.sequences:
        for recipient in sequence.recipients:
            for message in recipient.messages:
                if message.sent_at < world.now_seconds:
                    yield sequence, recipient, message


def message_events(message: Message) -> Iterator[tuple[str, int, str | None, bool]]:
    """(event code, time, link, is_machine) of one message, without its sending, in order of kind."""
    if message.delivered_at is not None:
        yield "delivered", message.delivered_at, None, False
    if message.bounced_at is not None:
        yield "bounced", message.bounced_at, None, False
    if message.complained_at is not None:
        yield "complained", message.complained_at, None, False
    for moment, is_machine in message.opens:
        yield "opened", moment, None, is_machine
    for moment, is_machine, url in message.clicks:
        yield "clicked", moment, url, is_machine
    if message.replied_at is not None:
        yield "replied", message.replied_at, None, False


def hash_text(text: str) -> int:
    """A small number that tells links of one message apart, the same in every process."""
    value = 0
    for character in text:
        value = (value * 131 + ord(character)) % 1_000_003
    return value


def sequences(world: World) -> Iterator[Row]:
    for sequence in world.sequences:
        if sequence.created_at < world.now_seconds:
            created = iso(sequence.created_at)
            yield {"sequence_id": sequence.id, "sequence_name": sequence.name, "owner_id": sequence.owner.id, "created_at": created}


def sequence_jobs(world: World) -> Iterator[Row]:
    for sequence in world.sequences:
        if sequence.created_at < world.now_seconds:
            yield {"sequence_id": sequence.id, "job_id": sequence.job.id, "linked_at": iso(sequence.created_at)}


def messages(world: World) -> Iterator[Row]:
    for sequence, recipient, message in sent_messages(world):
        yield {
            "message_id": message.id,
            "sent_at": iso(message.sent_at),
            "candidate_id": candidate_id(recipient.person, world),
            "recipient_address": recipient.person.email,
            "sequence_id": sequence.id,
            "step_number": message.step,
            "sender_id": sequence.owner.id,
            "on_behalf_of_id": recipient.on_behalf_of.id if recipient.on_behalf_of else None,
            "subject_text": sequence.subjects[message.step - 1],
            "medium_code": "email",
        }


def links(world: World) -> Iterator[Row]:
    for sequence, _, message in sent_messages(world):
        for position, link in enumerate(sequence.links[message.step - 1]):
            yield {"message_id": message.id, "link_url": link, "link_position": position + 1}


def email_events(world: World) -> Iterator[Row]:
    for _, _, message in sent_messages(world):
        for code, moment, url, is_machine in message_events(message):
            if moment < world.now_seconds:
                is_reply = code == "replied"
                yield {
                    "event_id": f"{message.id}-{code}-{moment}" + (f"-{abs(hash_text(url))}" if url else ""),
                    "message_id": message.id,
                    "event_code": code,
                    "occurred_at": iso(moment),
                    "link_url": url,
                    "is_machine": is_machine,
                    "reply_class_code": message.reply_class if is_reply else None,
                    "reply_origin_code": "human" if is_reply else None,
                }


def crm_activities(world: World) -> Iterator[Row]:
    for sequence in world.sequences:
        for recipient in sequence.recipients:
            if recipient.added_at < world.now_seconds:
                yield {
                    "activity_id": f"added-{recipient.person.gem_id}",
                    "activity_code": "prospect_added",
                    "occurred_at": iso(recipient.added_at),
                    "candidate_id": candidate_id(recipient.person, world),
                    "actor_id": sequence.owner.id,
                    "job_id": sequence.job.id,
                }


def candidate_id(person: Person, world: World) -> int | str | None:
    """The ATS's id of a person it knows, else the CRM's."""
    known = person.candidate_created_at is not None and person.candidate_created_at < world.now_seconds
    return person.id if known else person.gem_id
