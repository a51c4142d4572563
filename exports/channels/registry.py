"""The channels there are: name in reports.yml -> its class. A new channel is one module in this folder and one line here."""

from __future__ import annotations

from base.config import Company, Mistake, Strict, Subscriber
from base.registry import Registry
from exports.channels.channel import Channel

CHANNELS: Registry[type[Channel]] = Registry(
    "channel",
    {
        "email": "exports.channels.email:EmailChannel",
        "slack": "exports.channels.slack:SlackChannel",
        "files": "exports.channels.files:FilesChannel",
    },
)


def delivery_sections() -> dict[str, type[Strict]]:
    """Keys of company.yml `delivery` that hold a channel's settings, each with its model."""
    return {channel.section: channel.settings_model for channel in CHANNELS.values() if channel.section and channel.settings_model}


def check_subscriber(subscriber: Subscriber, company: Company) -> None:
    """Raises Mistake where reports.yml names no channel, or an address that the channel cannot or may not reach."""
    if subscriber.channel not in CHANNELS:
        raise Mistake(CHANNELS.unknown(subscriber.channel), "channel", remedy=CHANNELS.remedy(subscriber.channel))
    CHANNELS[subscriber.channel].check(company, subscriber.address, "address")


def check_owner(company: Company) -> None:
    """Raises Mistake where company.yml `owner` has an address that its channel cannot or may not reach."""
    for channel in CHANNELS.values():
        if channel.owner_key and (address := getattr(company.owner, channel.owner_key)):
            channel.check(company, address, "owner", channel.owner_key)
