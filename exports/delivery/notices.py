"""Short notices to the owner (company.yml `owner`): a failed run, an ambiguous delivery. No personal data, and never a failure of its own."""

from __future__ import annotations

from datetime import datetime

from base.config import Config
from base.errors import FunnelcastError
from base.home import Home
from exports.channels.channel import Channel, NotSentError, UnknownOutcomeError
from exports.channels.registry import CHANNELS


def notify_owner(config: Config, home: Home, *, subject: str, text: str, now: datetime) -> list[str]:
    """Notify the owner by every channel that reaches them; returns the result of each, in words, for the run's log.

    Sends nothing while delivery.enabled is false.
    """
    if not config.company.delivery.enabled:
        return ["owner not notified: company.yml delivery.enabled is false"]
    results = []
    for name, kind in CHANNELS.items():
        channel = kind(config.company, home)
        if channel.owner_address:
            results.append(f"owner by {name}: {_notify(channel, channel.owner_address, f'Funnelcast: {subject}', text, now)}")
    return results or ["owner not notified: company.yml names no owner"]


def _notify(channel: Channel, address: str, subject: str, text: str, now: datetime) -> str:
    try:
        channel.notify(address, subject, text, now)
    except (NotSentError, UnknownOutcomeError) as error:
        return error.reason
    except (FunnelcastError, ValueError) as error:
        return str(error)
    return "sent"
