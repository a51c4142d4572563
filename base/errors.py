"""Errors a user can act on: one clear sentence with the place and the remedy, and an exit code.

Nothing here ever carries a secret's value or a candidate's data. A traceback is for bugs; these are for what a user can put right.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from base.redaction import redact

_CHECKOUT = Path(__file__).resolve().parent.parent


class FunnelcastError(Exception):
    """The work failed (exit code 1). `message` names what and where, `remedy` says what to do about it."""

    exit_code = 1

    def __init__(self, message: str, *, remedy: str | None = None) -> None:
        self.message = redact(message)
        self.remedy = redact(remedy) if remedy else None
        super().__init__(self.message)

    def __str__(self) -> str:
        sentence = self.message if self.message.endswith((".", "?", "!")) else f"{self.message}."
        return f"{sentence} {self.remedy}" if self.remedy else sentence


class ConfigError(FunnelcastError):
    """Wrong usage or configuration (exit code 2): the file, the line and the key are in the message."""

    exit_code = 2


class MissingFolderError(ConfigError):
    """The folder of a source is not there: a wrong path, or, where it was loaded before, an outage (a share that is not mounted)."""


def is_mistake(error: BaseException, *, was_loaded: bool) -> bool:
    """Whether a source failed by what its user wrote. `was_loaded`: an earlier run loaded it whole, so a folder that is gone is an outage."""
    return isinstance(error, ConfigError) and not (was_loaded and isinstance(error, MissingFolderError))


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


class UnexpectedError(FunnelcastError):
    """What a guard makes of an exception that nobody foresaw: the place, and what to do. Its traceback is in the log."""


def contained(error: Exception, doing: str) -> FunnelcastError:
    """The exception as the outcome that a guard records: an error of ours as it is, any other as one sentence without its text, which may hold data.

    A guard is `except Exception` around one delivery, report, stream, question or check; the rest goes on.
    """
    place = _place(error)
    if not isinstance(error, FunnelcastError):
        logging.getLogger("funnelcast").error("%s: unexpected %s", doing, type(error).__name__, exc_info=error)
    # Whoever keeps the exception keeps its frames, and with them a connection whose transaction it left open: the rest would wait for that lock.
    traceback.clear_frames(error.__traceback__)
    if isinstance(error, FunnelcastError):
        return error
    from base.failures import explained  # it names its errors by the classes above

    if known := explained(error):
        return type(known)(f"{doing}: {known.message}", remedy=known.remedy)
    return UnexpectedError(
        f"{doing}: internal error ({type(error).__name__}{place})",
        remedy="This is a bug; the details are in the home's folder logs.",
    )


@contextmanager
def guarded(doing: str) -> Iterator[None]:
    """A guard whose outcome is raised: within the block nothing but errors in words gets out."""
    try:
        yield
    except Exception as error:
        outcome = contained(error, doing)
        if outcome is error:
            raise
        raise outcome from error


def _place(error: Exception) -> str:
    """` in exports/channels/email.py:170`: the innermost line of ours; nothing when there is none."""
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        path = Path(frame.filename)
        if path.is_relative_to(_CHECKOUT) and "site-packages" not in path.parts:
            return f" in {path.relative_to(_CHECKOUT)}:{frame.lineno}"
    return ""
