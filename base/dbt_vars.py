"""The `vars` of dbt_project.yml: what dbt and Python both need to know is written there, and both read it from there."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

from base.home import DBT_PROJECT_DIR

DBT_PROJECT_FILE = DBT_PROJECT_DIR / "dbt_project.yml"

# The C loader reads the file in a tenth of the pure Python loader's time; every command pays it.
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@cache
def dbt_vars(file: Path = DBT_PROJECT_FILE) -> Mapping[str, Any]:
    """The `vars` of a dbt_project.yml, as written there. Read once; not to be changed."""
    with file.open(encoding="utf-8") as handle:
        return MappingProxyType(yaml.load(handle, Loader=_Loader)["vars"])  # noqa: S506 - both are safe loaders
