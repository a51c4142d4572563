"""The simulated company's configuration: what a real one keeps in its config/ folder, with the doubles' addresses filled in."""

from __future__ import annotations

import os
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

if TYPE_CHECKING:
    from sandbox.server import Doubles

TEMPLATES = Path(__file__).parent


def write_config(folder: Path, doubles: Doubles) -> Path:
    """Write sources.yml, company.yml, reports.yml and mappings/ for running doubles; returns the folder.

    Folders of files are named relative to it, so that both can be moved together.
    """
    (folder / "mappings").mkdir(parents=True, exist_ok=True)
    values = {
        "ats_sources": _entries(doubles),
        "gem_url": doubles.gem_url,
        "slack_url": doubles.slack_url,
        "smtp_host": doubles.smtp_host,
        "smtp_port": doubles.smtp_port,
        "ses_folder": _from(folder, doubles.ses_folder),
        "drop_folder": _from(folder, doubles.drop_folder),
    }
    for template in sorted(TEMPLATES.glob("*.yml")):
        text = template.read_text(encoding="utf-8")
        for name, value in values.items():
            text = text.replace("{" + name + "}", str(value))
        (folder / template.name).write_text(text, encoding="utf-8")
    for mapping in sorted((TEMPLATES / "mappings").glob("*.csv")):
        (folder / "mappings" / mapping.name).write_text(_mapping(mapping, doubles), encoding="utf-8")
    return folder


def _from(folder: Path, place: Path) -> str:
    return os.path.relpath(place.resolve(), folder.resolve())


def _entries(doubles: Doubles) -> str:
    """The company's ATSs as items of the list in sources.yml."""
    return textwrap.indent(yaml.safe_dump([double.source() for double in doubles.ats.values()], sort_keys=False), "  ").rstrip()


def _mapping(template: Path, doubles: Doubles) -> str:
    """The template's lines, which are written for Greenhouse, once for each ATS that serves the company, with what that one needs beside."""
    header, *lines = template.read_text(encoding="utf-8").splitlines()
    found = [header]
    for name, double in doubles.ats.items():
        own = [f"{name},{line}" for line in double.mappings.get(template.name, ())]
        found += [line.replace("greenhouse,", f"{name},", 1) for line in lines] + own
    return "\n".join(found) + "\n"
