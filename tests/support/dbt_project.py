"""The dbt project in tests: parsed once per process."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from base.home import Home


def parsed_manifest(folder: Path) -> dict[str, Any]:
    """The manifest, parsed with an empty home and configuration below `folder`."""
    from orchestration import dbt
    from orchestration.session import environment

    home = Home(folder / "home").prepare()
    (folder / "config" / "mappings").mkdir(parents=True)
    with environment(home, folder / "config"):
        return dbt.manifest_json(home)
