"""Logs: one file per day in home/logs, and a filter that keeps secrets out of it.

The terminal gets sentences; the file gets the rest (tracebacks of bugs, the libraries' warnings). Every record passes
`Redaction`.
"""

from __future__ import annotations

import errno
import logging
import os
import sys
import traceback
from pathlib import Path

from base.clock import now
from base.config import Config
from base.errors import FunnelcastError
from base.home import Home
from base.personal_data import Place
from base.redaction import redact, remember_secrets

PLACES = (
    Place(
        "logs",
        "sentences without values; but the traceback of a bug may quote one",
        holds=("payloads",),
        erasure="delete",
        format="text",
        files=("logs/*",),
    ),
    Place(
        "log without a home",
        "the same, where an unexpected error came before there was a home",
        holds=("payloads",),
        erasure="tell",
        format="text",
        elsewhere="`funnelcast-<user id>.log` in the temporary folder",
    ),
)


class Redaction(logging.Filter):
    """Takes secrets out of a record's finished text (base/redaction.py)."""

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        if record.exc_info:
            message += "\n" + "".join(traceback.format_exception(*record.exc_info))
            record.exc_info = None
            record.exc_text = None
        record.msg, record.args = redact(message), None
        return True


def credential_values(config: Config | None) -> tuple[str, ...]:
    """Values of every environment variable that the configuration names as a secret."""
    if config is None:
        return ()
    names = [name for source in config.sources for name in source.credentials.values()]
    names += [name for source in config.sources if source.webhooks for name in source.webhooks.secrets]
    names += config.company.delivery.variables
    return tuple(os.environ[name] for name in names if os.environ.get(name))


def log_file(home: Home) -> Path:
    """Today's log. Raises FunnelcastError when its folder cannot be made or written."""
    folder = home.root / "logs"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not os.access(folder, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    except OSError as error:
        raise FunnelcastError(
            f"The folder of logs {folder} cannot be made or written ({error.strerror})",
            remedy="Make it a folder that the user who runs funnelcast may write.",
        ) from error
    return folder / _file_name()


def _file_name() -> str:
    return f"funnelcast-{now():%Y-%m-%d}.log"


def start_logging(home: Home, config: Config | None = None) -> Path:
    """Send warnings and worse of every library to the home's log file, redacted. Safe to repeat; returns the file.

    From here on a log that cannot be written (a full disk) is no error of its own.
    """
    logging.raiseExceptions = False
    path = log_file(home)
    remember_secrets(credential_values(config))
    handler = logging.FileHandler(path, encoding="utf-8", delay=True)
    handler.is_funnelcast = True  # type: ignore[attr-defined]
    handler.setLevel(logging.WARNING)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    handler.addFilter(Redaction())
    # Ours does not propagate: a library may have put a terminal handler on the root, and the terminal gets one sentence, from the command.
    ours = logging.getLogger("funnelcast")
    ours.propagate = False
    for logger in (logging.getLogger(), ours):
        for old in [old for old in logger.handlers if getattr(old, "is_funnelcast", False)]:
            logger.removeHandler(old)
            old.close()
        logger.addHandler(handler)
    return path


_last_home: Home | None = None


def remember_home(home: Home) -> None:
    """Where an unexpected error of this command is to be logged."""
    global _last_home
    _last_home = home


def last_home() -> Home:
    """The home of this command, as far as one was named."""
    return _last_home or Home.at()


def log_unexpected(error: BaseException) -> str:
    """Append the redacted traceback of a bug to the home's log, else to one in the temporary folder; returns where it is, in words. Never fails."""
    text = redact("".join(traceback.format_exception(error)))
    for path in _places_for_bugs():
        try:
            path.parent.mkdir(exist_ok=True)
            with path.open("a", encoding="utf-8") as file:
                file.write(f"{now().isoformat()} ERROR unexpected\n{text}\n")
        except OSError:
            continue
        return f"in {path}"
    sys.stderr.write(text)
    return "above, because no log can be written"


def _places_for_bugs() -> list[Path]:
    import tempfile

    homes = [_last_home.root / "logs" / _file_name()] if _last_home is not None and _last_home.root.is_dir() else []
    return [*homes, Path(tempfile.gettempdir()) / f"funnelcast-{os.getuid()}.log"]
