"""Rendered reports in the home: reports/<report>/<period>/<folder>/, written once, sent from, and there to be opened.

What is sent is what was rendered: a retry a day later sends the same bytes, whatever has been published since.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from pathlib import Path

from base.config import Report
from base.errors import DeliveryError
from base.home import Home
from exports.document.model import Frame
from exports.editions.registry import EDITIONS
from exports.marts import Marts
from exports.publish.state import PublishedState
from exports.rendering import artifacts
from exports.rendering.artifacts import Artifact


def render(home: Home, state: PublishedState, report: Report, frame: Frame, period_folder: str, edition_number: int = 1) -> Artifact:
    """Render the report from one published version into its folder; what is there already is reused. Raises DeliveryError, ConfigError."""
    wanted = json.dumps([state.version_id, report.edition, report.options, vars(frame), edition_number], sort_keys=True, default=str)
    name = f"{edition_number}-{state.version_id[-12:]}-{hashlib.sha256(wanted.encode()).hexdigest()[:8]}"
    folder = home.reports / report.id / period_folder / name
    if folder.exists():
        try:
            return artifacts.read(folder)
        except DeliveryError:
            shutil.rmtree(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    unfinished = Path(tempfile.mkdtemp(prefix=".tmp-", dir=folder.parent))
    try:
        write(unfinished, state, report, frame, edition_number)
        unfinished.rename(folder)
    except OSError:
        if not folder.exists():  # else another process rendered the same meanwhile
            raise
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return artifacts.read(folder)


def is_whole(home: Home, artifact: str | None) -> bool:
    """Whether what was rendered (the ledger's `artifact`) can still be sent."""
    try:
        artifacts.read(home.reports / (artifact or ""))
    except DeliveryError:
        return False
    return True


def write(folder: Path, state: PublishedState, report: Report, frame: Frame, edition_number: int = 1) -> None:
    """Every form of the report, from one published version, as files in `folder`."""
    with Marts(state) as marts:
        document = EDITIONS.named(report.edition).document(marts, report, frame)
    artifacts.write(folder, document, state, edition_number)
