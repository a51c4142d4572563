"""Errors a user can act on: one clear sentence with the place and the remedy, and an exit code.

Nothing here ever carries a secret's value or a candidate's data. A traceback is for bugs; these are for what a user can put right.
"""

from __future__ import annotations


class FunnelcastError(Exception):
    """The work failed (exit code 1). `message` names what and where, `remedy` says what to do about it."""

    exit_code = 1

    def __init__(self, message: str, *, remedy: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        sentence = self.message if self.message.endswith((".", "?", "!")) else f"{self.message}."
        return f"{sentence} {self.remedy}" if self.remedy else sentence


class ConfigError(FunnelcastError):
    """Wrong usage or configuration (exit code 2): the file, the line and the key are in the message."""

    exit_code = 2


class SourceError(FunnelcastError):
    """A source could not be read: unreachable, refused, malformed or incomplete. The old published state stays."""


class GateError(FunnelcastError):
    """A blocking check failed; nothing was published."""


class PublishError(FunnelcastError):
    """The published state could not be replaced; readers still see the last good one."""


class DeliveryError(FunnelcastError):
    """A report could not be rendered or delivered; the delivery ledger holds the reason."""


class BusyError(FunnelcastError):
    """Another run holds the home; one run writes at a time."""


class DamageError(FunnelcastError):
    """A file of the home is not what was written: the message names it, the remedy the repair that puts it right (`funnelcast repair`)."""


class SpaceError(FunnelcastError):
    """The disk is full, or would be: nothing that was written whole is lost. The message names the place, what is free and what is needed."""
