"""The whole sandbox at once: every vendor's double on loopback, the folders of files, the credentials, one set of fault switches.

    with Doubles(simulate(), folder, ats="greenhouse") as doubles:
        config = write_config(folder / "config", doubles)
        os.environ.update(doubles.environment)

Folder: sources/ses/ (SES event files), sources/outreach_drop/ (canonical files), truth/, inbox/ (email), slack/.
"""

from __future__ import annotations

import threading
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, cast

from starlette.types import ASGIApp

from sandbox.ats import open_doubles, shares
from sandbox.canonical_export import write_outreach_drop
from sandbox.doubles.faults import Faults, FaultyApp
from sandbox.doubles.gem.service import Gem, GemSettings
from sandbox.doubles.greenhouse.service import Greenhouse, GreenhouseSettings
from sandbox.doubles.http import HttpServer
from sandbox.doubles.ses.files import write_ses
from sandbox.doubles.slack import Slack
from sandbox.doubles.smtp import Inbox, SmtpServer
from sandbox.truth import write_truth
from sandbox.world import World


class Doubles:
    """Context manager. `ats`: which system serves the company, or `mix` (sandbox/ats.py). `ports`: service -> port; others are free ones.

    Attributes once entered: gem_url, slack_url, smtp_host, smtp_port, ports (of every service), ses_folder, drop_folder, environment
    (variables with the credentials), faults, inbox, and the doubles themselves: `ats` by name, greenhouse, gem, slack.
    """

    def __init__(
        self,
        world: World,
        folder: Path,
        *,
        ats: str = "greenhouse",
        ats_settings: dict[str, Any] | None = None,
        greenhouse: GreenhouseSettings | None = None,
        gem: GemSettings | None = None,
        ports: dict[str, int] | None = None,
    ) -> None:
        self.world, self.folder = world, folder
        self.faults = Faults()
        self.ats = open_doubles(world, ats, {"greenhouse": greenhouse} | (ats_settings or {}))
        self.gem = Gem(world, gem)
        self._tell_gem()
        self.slack = Slack(world, folder / "slack")
        self.ses_folder, self.drop_folder = folder / "sources" / "ses", folder / "sources" / "outreach_drop"
        self.ports, self._stack, self._stopped = dict(ports or {}), ExitStack(), threading.Event()
        self._smtp: SmtpServer | None = None

    def __enter__(self) -> Doubles:
        with ExitStack() as stack:
            urls = {}
            apps: dict[str, ASGIApp] = {**self.ats, "gem": self.gem, "slack": self.slack}
            for name, app in apps.items():
                server = stack.enter_context(HttpServer(FaultyApp(app, name, self.faults), port=self.ports.get(name, 0)))
                urls[name], self.ports[name] = server.url, server.port
            self._smtp = stack.enter_context(SmtpServer(self.folder / "inbox", self.faults, port=self.ports.get("smtp", 0)))
            self.ports["smtp"] = self._smtp.port
            for name, double in self.ats.items():
                double.base_url = urls[name]
            self.slack.base_url = urls["slack"]
            self.gem_url, self.slack_url = f"{urls['gem']}/v0", f"{urls['slack']}/api/"
            self.smtp_host, self.smtp_port = self._smtp.host, self._smtp.port
            self._write_files(since=None)
            self._stack = stack.pop_all()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._stopped.set()
        self._stack.close()

    @property
    def greenhouse(self) -> Greenhouse:
        """The double of Greenhouse, where it serves the company."""
        return cast(Greenhouse, self.ats["greenhouse"])

    @property
    def inbox(self) -> Inbox:
        """What the SMTP server received."""
        if self._smtp is None:
            raise RuntimeError("the doubles are not running")
        return self._smtp.inbox

    @property
    def environment(self) -> dict[str, str]:
        """The variables that the sandbox's sources.yml and company.yml name."""
        found: dict[str, str] = {}
        for double in self.ats.values():
            found |= double.environment()
        return found | {
            "GEM_API_KEY": self.gem.settings.api_key,
            "SLACK_BOT_TOKEN": self.slack.token,
        }

    def travel(self, moment: datetime) -> World:
        """Let time pass (forward only): every double serves the company at `moment`, the files of what happened since are added."""
        later = self.world.at(moment)
        if later.now_seconds < self.world.now_seconds:
            raise ValueError("files that were written cannot be taken back: start other Doubles for an earlier moment")
        since = self.world.now_seconds
        self.world = self.gem.world = later
        for name, part in shares(later, tuple(self.ats)).items():
            self.ats[name].world = part
        self._tell_gem()
        self._write_files(since=since)
        return later

    def wait(self) -> None:
        """Serve until interrupted."""
        try:
            self._stopped.wait()
        except KeyboardInterrupt:
            return

    def _tell_gem(self) -> None:
        known = self.ats["greenhouse"].world.persons if "greenhouse" in self.ats else ()
        self.gem.in_greenhouse = frozenset(person.id for person in known)

    def served_id(self, entity: str, number: int, department: int) -> str:
        """The id of an entity in the system that holds its department."""
        return self.ats[self.system_of(department)].served_id(entity, number)

    def system_of(self, department: int) -> str:
        """The system that holds a department."""
        return next(name for name, double in self.ats.items() if any(held.id == department for held in double.world.departments))

    def _write_files(self, *, since: int | None) -> None:
        """`since` None: everything, once; an SES folder that has files already is left as it is."""
        if since is not None or not self.ses_folder.exists():
            write_ses(self.world, self.ses_folder, since=since)
        write_outreach_drop(self.world, self.drop_folder, served_id=self.served_id, system=self.system_of)
        write_truth(self.world, self.folder / "truth")
