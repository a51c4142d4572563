"""The whole sandbox at once: every vendor's double on loopback, the folders of files, the credentials, one set of fault switches.

    with Doubles(simulate(), folder) as doubles:
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

from sandbox.canonical_export import write_outreach_drop
from sandbox.doubles.faults import Faults, FaultyApp
from sandbox.doubles.gem import Gem, GemSettings
from sandbox.doubles.greenhouse import Greenhouse, GreenhouseSettings
from sandbox.doubles.http import HttpServer
from sandbox.doubles.ses import write_ses
from sandbox.doubles.slack import Slack
from sandbox.doubles.smtp import Inbox, SmtpServer
from sandbox.truth import write_truth
from sandbox.world import World


class Doubles:
    """Context manager. `ports`: service -> port (greenhouse, gem, slack, smtp); any other is a free one.

    Attributes once entered: greenhouse_url, greenhouse_token_url, gem_url, slack_url, smtp_host, smtp_port, ses_folder, drop_folder,
    environment (variables with the credentials), faults, inbox, and the doubles themselves (greenhouse, gem, slack).
    """

    def __init__(
        self,
        world: World,
        folder: Path,
        *,
        greenhouse: GreenhouseSettings | None = None,
        gem: GemSettings | None = None,
        ports: dict[str, int] | None = None,
    ) -> None:
        self.world, self.folder = world, folder
        self.faults = Faults()
        self.greenhouse, self.gem = Greenhouse(world, greenhouse), Gem(world, gem)
        self.slack = Slack(world, folder / "slack")
        self.ses_folder, self.drop_folder = folder / "sources" / "ses", folder / "sources" / "outreach_drop"
        self._ports, self._stack, self._stopped = ports or {}, ExitStack(), threading.Event()
        self._smtp: SmtpServer | None = None

    def __enter__(self) -> Doubles:
        with ExitStack() as stack:
            urls = {}
            for name, app in (("greenhouse", self.greenhouse), ("gem", self.gem), ("slack", self.slack)):
                faulty = FaultyApp(app, name, self.faults)
                urls[name] = stack.enter_context(HttpServer(faulty, port=self._ports.get(name, 0))).url
            self._smtp = stack.enter_context(SmtpServer(self.folder / "inbox", self.faults, port=self._ports.get("smtp", 0)))
            self.greenhouse.base_url, self.slack.base_url = urls["greenhouse"], urls["slack"]
            self.greenhouse_url, self.greenhouse_token_url = f"{urls['greenhouse']}/v3", f"{urls['greenhouse']}/token"
            self.gem_url, self.slack_url = f"{urls['gem']}/v0", f"{urls['slack']}/api/"
            self.smtp_host, self.smtp_port = self._smtp.host, self._smtp.port
            self._write_files(since=None)
            self._stack = stack.pop_all()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._stopped.set()
        self._stack.close()

    @property
    def inbox(self) -> Inbox:
        """What the SMTP server received."""
        if self._smtp is None:
            raise RuntimeError("the doubles are not running")
        return self._smtp.inbox

    @property
    def environment(self) -> dict[str, str]:
        """The variables that the sandbox's sources.yml and company.yml name."""
        admin = next(user for user in self.world.users if user.is_site_admin and not user.is_service_account)
        return {
            "GREENHOUSE_CLIENT_ID": self.greenhouse.settings.client_id,
            "GREENHOUSE_CLIENT_SECRET": self.greenhouse.settings.client_secret,
            "GREENHOUSE_USER_ID": str(admin.id),
            "GEM_API_KEY": self.gem.settings.api_key,
            "SLACK_BOT_TOKEN": self.slack.token,
        }

    def travel(self, moment: datetime) -> World:
        """Let time pass (forward only): every double serves the company at `moment`, the files of what happened since are added."""
        later = self.world.at(moment)
        if later.now_seconds < self.world.now_seconds:
            raise ValueError("files that were written cannot be taken back: start other Doubles for an earlier moment")
        since = self.world.now_seconds
        self.world = self.greenhouse.world = self.gem.world = later
        self._write_files(since=since)
        return later

    def wait(self) -> None:
        """Serve until interrupted."""
        try:
            self._stopped.wait()
        except KeyboardInterrupt:
            return

    def _write_files(self, *, since: int | None) -> None:
        """`since` None: everything, once; an SES folder that has files already is left as it is."""
        if since is not None or not self.ses_folder.exists():
            write_ses(self.world, self.ses_folder, since=since)
        write_outreach_drop(self.world, self.drop_folder)
        write_truth(self.world, self.folder / "truth")
