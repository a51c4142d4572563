"""The whole job against the simulated company's services, in forks of one prepared process (tests/support/zygote.py)."""

from __future__ import annotations

import email
import json
import shutil
import sqlite3
from collections import Counter
from dataclasses import dataclass, replace
from email.message import Message
from pathlib import Path
from typing import Any

from tests.support.zygote import Finished, Zygote


@dataclass(frozen=True)
class Company:
    """One home with services; `environment` is what its commands run with. `place`: where its home is, if not in `folder`, which keeps what was sent."""

    folder: Path
    environment: dict[str, str]
    zygote: Zygote
    place: Path | None = None

    @property
    def home(self) -> Path:
        return self.place or self.folder / "home"

    @property
    def config(self) -> Path:
        return Path(self.environment["FUNNELCAST_CONFIG"])

    def funnelcast(self, *arguments: str, kill_after: float | None = None, file_limit: int | None = None, **environment: str) -> Finished:
        """`funnelcast ARGUMENTS` in a fork, with more environment variables; killed or kept from writing as tests/support/zygote.py says."""
        env = {**self.environment, "FUNNELCAST_HOME": str(self.home), **environment}
        return self.zygote.run(*arguments, env=env, kill_after=kill_after, file_limit=file_limit)

    def manifest(self) -> dict[str, Any]:
        """The current published state's manifest."""
        data: dict[str, Any] = json.loads((self.home / "published" / "current" / "manifest.json").read_text(encoding="utf-8"))
        return data

    def query(self, sql: str) -> list[Any]:
        """Rows of the operations database."""
        with sqlite3.connect(self.home / "ops.sqlite") as connection:
            return connection.execute(sql).fetchall()

    def mails(self) -> Counter[str]:
        """How often each Message-ID of a report arrived (notices to the owner are not counted)."""
        return Counter(str(mail["Message-ID"]) for mail in self._inbox() if not _is_notice(mail))

    def deliveries(self) -> Counter[str]:
        """How often each delivery arrived, mails and Slack messages, by the text of its key."""
        posted = (post["metadata"]["event_payload"]["delivery_key"] for post in self.posts() if "metadata" in post)
        return Counter([*(str(mail["X-Report-Key"]) for mail in self._inbox() if not _is_notice(mail)), *posted])

    def notices(self) -> list[str]:
        """Subjects of the mails to the owner."""
        return [str(mail["Subject"]) for mail in self._inbox() if _is_notice(mail)]

    def _inbox(self) -> list[Message]:
        return [email.message_from_bytes(path.read_bytes()) for path in sorted((self.folder / "inbox").rglob("*.eml"))]

    def posts(self) -> list[dict[str, Any]]:
        """Report messages that Slack kept (with blocks; notices are plain text)."""
        path = self.folder / "slack" / "messages.json"
        data = json.loads(path.read_text(encoding="utf-8")) if path.exists() else []
        return [message for message in data if message.get("blocks")]


@dataclass(frozen=True)
class FirstRun:
    """A company after its first run: what the command said, and what it ended with. Nobody changes it: copies are there for that."""

    company: Company
    outcome: dict[str, Any]
    ended: dict[str, Any]

    def copied(self, folder: Path) -> Company:
        """The home, its configuration and its files at the source, copied, for a test that changes them; the services are shared, with what they got."""
        for part in ("config", "sources", "home"):
            shutil.copytree(self.company.folder / part, folder / part, symlinks=True)
        environment = {**self.company.environment, "FUNNELCAST_CONFIG": str(folder / "config")}
        return replace(self.company, environment=environment, place=folder / "home")


def lake_rows(home: Path) -> int:
    """Rows in the log."""
    import pyarrow.parquet as pq

    return sum(pq.read_metadata(path).num_rows for path in (home / "lake").rglob("*.parquet"))


def _is_notice(mail: Message) -> bool:
    return str(mail["Subject"]).startswith("Funnelcast:")
