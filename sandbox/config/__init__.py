"""The simulated company's configuration: what a real one keeps in its config/ folder, with the doubles' addresses filled in."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sandbox.server import Doubles

TEMPLATES = Path(__file__).parent


def write_config(folder: Path, doubles: Doubles) -> Path:
    """Write sources.yml, company.yml, reports.yml and mappings/ for running doubles; returns the folder."""
    (folder / "mappings").mkdir(parents=True, exist_ok=True)
    values = {
        "greenhouse_url": doubles.greenhouse_url,
        "greenhouse_token_url": doubles.greenhouse_token_url,
        "gem_url": doubles.gem_url,
        "slack_url": doubles.slack_url,
        "smtp_host": doubles.smtp_host,
        "smtp_port": doubles.smtp_port,
        "ses_folder": doubles.ses_folder.resolve(),
        "drop_folder": doubles.drop_folder.resolve(),
    }
    for template in sorted(TEMPLATES.glob("*.yml")):
        text = template.read_text(encoding="utf-8")
        for name, value in values.items():
            text = text.replace("{" + name + "}", str(value))
        (folder / template.name).write_text(text, encoding="utf-8")
    for mapping in sorted((TEMPLATES / "mappings").glob("*.csv")):
        shutil.copyfile(mapping, folder / "mappings" / mapping.name)
    return folder
