"""A report as files, to be looked at before anyone gets it: sends and records nothing."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path

from base.config import Config, Report, Subscriber
from base.errors import ConfigError, DeliveryError
from base.home import Home
from base.personal_data import Place
from base.registry import near_and_known
from exports.channels.channel import Key, Outgoing
from exports.channels.email import Smtp, compose
from exports.delivery import rendered_reports
from exports.delivery.subscriptions import find_report, find_subscriber
from exports.document.model import Frame
from exports.editions.registry import EDITIONS
from exports.publish.state import current
from exports.rendering import artifacts

PLACES = (
    Place(
        "previews of reports",
        "what a report holds, as files",
        holds=("employees",),
        erasure="tell",
        format="HTML, text, JSON, PNG, email",
        elsewhere="the folder that `funnelcast reports preview --out` names",
    ),
)


def preview(config: Config, home: Home, report_id: str, out_dir: Path, *, subscriber_id: str | None = None, now: datetime) -> list[Path]:
    """Write the report from what is published as .html, .eml, .txt and .blocks.json with its charts; sends and records nothing.

    An edition that reports.yml does not have yet is shown as it would be without options.
    """
    is_configured = any(report.id == report_id for report in config.reports)
    is_edition = report_id in EDITIONS and not is_configured
    report = (
        Report.model_validate({"id": report_id, "edition": report_id, "cron": "0 8 * * 1"}) if is_edition else _named(config, report_id)
    )
    subscriber = find_subscriber(report, subscriber_id) if subscriber_id else _any_recipient(report)
    state = current(home)
    if state is None:
        raise DeliveryError(f"Nothing is published in {home.published} yet", remedy="Run `funnelcast run` first.")
    unfinished = out_dir / ".tmp-preview"
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    try:
        rendered_reports.write(unfinished, state, report, Frame(config.company.name, report.title))
        artifact = artifacts.read(unfinished)
        files = [out_dir / f"{report.id}{ending}" for ending in (".html", ".txt", ".blocks.json", ".eml")]
        (unfinished / "report.html").replace(files[0])
        (unfinished / "report.txt").replace(files[1])
        (unfinished / "report.blocks.json").replace(files[2])
        key = Key(report.id, 1, subscriber.id, "email", "preview")
        smtp = config.company.delivery.section(Smtp)
        mail = compose(
            Outgoing(key, subscriber, artifact, now), config.company.name, smtp.from_address if smtp else "reports@example.invalid"
        )
        files[3].write_bytes(mail.as_bytes())
        for name in artifact.images:
            (unfinished / f"{name}.png").replace(out_dir / f"{name}.png")
            files.append(out_dir / f"{name}.png")
    finally:
        shutil.rmtree(unfinished)
    return files


def _named(config: Config, report_id: str) -> Report:
    """Raises ConfigError naming the reports and editions there are."""
    try:
        return find_report(config, report_id)
    except ConfigError as error:
        names = [*(report.id for report in config.reports), *EDITIONS]
        raise ConfigError(f"{error.message}, nor is that an edition", remedy=near_and_known(report_id, names)) from error


def _any_recipient(report: Report) -> Subscriber:
    """The first email subscriber, else a placeholder: a preview is addressed to someone."""
    mailed = [subscriber for subscriber in report.subscribers if subscriber.channel == "email"]
    return mailed[0] if mailed else Subscriber(id="preview", channel="email", address="preview@example.invalid")
