"""Files: the rendered report as a folder, for a share, a wiki or a test. Writing it twice is the same as writing it once."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from base.config import Company, Mistake, Subscriber
from base.personal_data import Place
from exports.channels.channel import Channel, Key, NotSentError, Outgoing, Receipt

PLACES = (
    Place(
        "reports as files",
        "what a report holds, as files",
        holds=("employees",),
        erasure="tell",
        format="HTML, text, JSON, PNG",
        elsewhere="the folder that a subscriber of channel `files` names (a relative one lies in `reports/`)",
    ),
)


class FilesChannel(Channel):
    """Copies the rendered folder to <address>/<report>/<period>/; a relative address lies in home/reports/files."""

    @classmethod
    def check(cls, company: Company, address: str, *key: str) -> None:
        if "://" in address:
            raise Mistake(
                "is not the name of a folder", *key, remedy="Give a folder of this machine; a relative one lies in home/reports/files."
            )

    def refusal(self, subscriber: Subscriber) -> str | None:
        return None if subscriber.address.strip() else "the subscriber's address in reports.yml is not the name of a folder"

    def send(self, message: Outgoing, before_content: Callable[[], None]) -> Receipt:
        target = self._target(message.key, message.subscriber)
        before_content()
        try:
            shutil.copytree(message.artifact.folder, target, dirs_exist_ok=True, ignore=shutil.ignore_patterns("report.mail.html"))
        except OSError as error:
            raise NotSentError(
                f"the folder {target} cannot be written ({error.strerror or type(error).__name__})", can_retry=True
            ) from error
        return Receipt(str(target))

    def look_up(self, key: Key, subscriber: Subscriber) -> Receipt | None:
        """Never found: copying again does no harm."""
        return None

    def _target(self, key: Key, subscriber: Subscriber) -> Path:
        folder = Path(subscriber.address)
        base = folder if folder.is_absolute() else self.home.reports / "files" / folder
        return base / key.report_id / key.period_folder
