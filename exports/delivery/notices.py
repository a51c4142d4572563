"""Short notices to the owner (company.yml `owner`): a failed run, an ambiguous delivery. No personal data, and never a failure of its own."""

from __future__ import annotations

import hashlib
from datetime import datetime

from sqlalchemy.engine import Engine

from base.clock import iso
from base.config import Config
from base.errors import FunnelcastError
from exports.channels.channel import NotSentError, UnknownOutcomeError
from exports.channels.email import address_refusal, domain_of, plain_message, transmit
from exports.channels.slack import SlackChannel
from exports.rendering.cleaning import clean


def notify_owner(config: Config, ops: Engine, *, subject: str, text: str, now: datetime) -> list[str]:
    """Tell the owner by every channel configured for them; returns what came of each, in words, for the run's log.

    Sends nothing while delivery.enabled is false. `ops` is unused today: a notice is about a run, which the run ledger remembers.
    """
    company = config.company
    if not company.delivery.enabled:
        return ["owner not notified: company.yml delivery.enabled is false"]
    results = []
    if company.owner.email:
        results.append(f"owner by email: {_by_email(config, company.owner.email, subject, text, now)}")
    if company.owner.slack_channel:
        results.append(f"owner by Slack: {_by_slack(config, company.owner.slack_channel, subject, text)}")
    return results or ["owner not notified: company.yml names no owner"]


def _by_email(config: Config, address: str, subject: str, text: str, now: datetime) -> str:
    smtp = config.company.delivery.smtp
    refusal = address_refusal(config.company, address) if smtp else "no delivery.smtp"
    if smtp is None or refusal:
        return refusal or "no delivery.smtp"
    identity = hashlib.sha256(f"{subject}|{text}|{iso(now)}".encode()).hexdigest()[:32]
    domain = domain_of(smtp.from_address)
    try:
        mail = plain_message(config.company.name, smtp.from_address, address, f"Funnelcast: {subject}", text, now, f"<{identity}@{domain}>")
        transmit(smtp, mail, address, lambda: None)
    except (NotSentError, UnknownOutcomeError) as error:
        return error.reason
    except (FunnelcastError, ValueError) as error:
        return str(error)
    return "sent"


def _by_slack(config: Config, channel: str, subject: str, text: str) -> str:
    if config.company.delivery.slack is None:
        return "no delivery.slack"
    try:
        SlackChannel(config.company).post_text(channel, clean(f"Funnelcast: {subject}") + "\n" + text[:2500])
    except (NotSentError, UnknownOutcomeError) as error:
        return error.reason
    except FunnelcastError as error:
        return str(error)
    return "sent"
