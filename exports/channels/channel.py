"""What a channel is: one interface, and two exceptions that say what is known when a send did not end well."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from base.config import Company, Strict, Subscriber
from base.home import Home
from base.redaction import redact

if TYPE_CHECKING:  # the registry imports every channel to check a configuration; rendering is for those who send
    from exports.rendering.artifacts import Artifact


@dataclass(frozen=True)
class Key:
    """What makes a delivery one and the same, whoever plans it and however often."""

    report_id: str
    edition_number: int
    subscriber_id: str
    channel: str
    period_key: str

    @property
    def text(self) -> str:
        return "|".join((self.report_id, str(self.edition_number), self.subscriber_id, self.channel, self.period_key))

    @property
    def period_folder(self) -> str:
        """The period as the name of a folder."""
        return self.period_key.replace("/", "-").replace(":", "")

    def is_named(self, text: str) -> bool:
        """Whether `text` is this key as a message carries it; until 2026 a key ended in `@` and a time zone."""
        return text.partition("@")[0] == self.text


@dataclass(frozen=True)
class Outgoing:
    """One message to one recipient. `message_id` is the same at every attempt."""

    key: Key
    subscriber: Subscriber
    artifact: Artifact
    sent_at: datetime


@dataclass(frozen=True)
class Receipt:
    """What the other side said on accepting: SMTP's reply, Slack's `channel:ts`, a path."""

    provider_id: str
    message_id: str | None = None


class NotSentError(Exception):
    """The other side certainly did not take it. `can_retry`: it may later; `stops_channel`: nobody else's would go through either."""

    def __init__(self, reason: str, *, can_retry: bool, stops_channel: bool = False, wait_seconds: float | None = None) -> None:
        self.reason = redact(reason)
        super().__init__(self.reason)
        self.can_retry = can_retry
        self.stops_channel = stops_channel
        self.wait_seconds = wait_seconds


class UnknownOutcomeError(Exception):
    """The connection ended after the content had left: it may or may not have been taken."""

    def __init__(self, reason: str) -> None:
        self.reason = redact(reason)
        super().__init__(self.reason)


class Channel(ABC):
    """A way out. A subclass that needs settings names its section of company.yml `delivery` and the model of it."""

    section: ClassVar[str | None] = None
    settings_model: ClassVar[type[Strict] | None] = None
    #: Whether charts follow a message in a step of their own (attach_charts), instead of being inside it.
    charts_follow: ClassVar[bool] = False
    #: The key of company.yml `owner` that holds the owner's address in this channel.
    owner_key: ClassVar[str | None] = None

    def __init__(self, company: Company, home: Home) -> None:
        self.company = company
        self.home = home

    @classmethod
    @abstractmethod
    def check(cls, company: Company, address: str, *key: str) -> None:
        """Raises Mistake at `key` for an address that the configuration alone shows to be wrong: of another form, or not allowed."""

    @abstractmethod
    def refusal(self, subscriber: Subscriber) -> str | None:
        """Why nothing may be sent to this subscriber, for a person to read; None when all is well."""

    @abstractmethod
    def send(self, message: Outgoing, before_content: Callable[[], None]) -> Receipt:
        """Send one message; calls `before_content` right before its first byte. Raises NotSentError or UnknownOutcomeError."""

    @abstractmethod
    def look_up(self, key: Key, subscriber: Subscriber) -> Receipt | None:
        """Ask the other side for a message of this key. Raises LookupError when it cannot be asked."""

    def attach_charts(self, message: Outgoing, receipt: str) -> None:
        """Add the charts to a sent message, where they follow it. Raises NotSentError."""
        raise NotImplementedError

    @property
    def owner_address(self) -> str | None:
        """Where company.yml `owner` is reached by this channel; None when it is not."""
        address: str | None = getattr(self.company.owner, self.owner_key) if self.owner_key else None
        return address

    def notify(self, address: str, subject: str, text: str, now: datetime, identity: str) -> None:
        """Send a short notice to the owner; `identity` is the same when it is sent once more. Raises NotSentError, UnknownOutcomeError, FunnelcastError."""
        raise NotImplementedError
