"""Staging models of kinds of source that this home does not have: built once, empty, and then left alone.

Every kind has its models in every home, so that the canonical layer and the lineage are the same everywhere. Of a kind without a source
they stay empty, yet each costs dbt a twentieth of a CPU second per run, and there are a hundred. What was built by which version of the
project is kept in the build file itself: a lost build file or changed code builds everything again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb

from base.config import SHAPES, SOURCE_KINDS, shape_of
from base.home import DBT_PROJECT_DIR, Home

_TABLE = "quality.kinds_without_source"


def idle_kinds(home: Home) -> list[str]:
    """Kinds that the lake has no source of and whose models this very version of the project has built in this build file."""
    absent = _absent(home)
    if not absent or not home.warehouse.exists():
        return []
    connection = duckdb.connect(str(home.warehouse), read_only=True)
    try:
        known = connection.execute(f"select kind from {_TABLE} where project_digest = ?", [project_digest()]).fetchall()
    except duckdb.CatalogException:
        return []
    finally:
        connection.close()
    return [kind for kind in absent if (kind,) in known]


def remember_idle(home: Home, known: Sequence[str]) -> None:
    """After a whole build: the models of every absent kind are there and empty (`known`: was so already). The build file must be closed."""
    absent = _absent(home)
    if absent == list(known):
        return
    connection = duckdb.connect(str(home.warehouse))
    try:
        connection.begin()
        connection.execute(f"create or replace table {_TABLE} (kind varchar, project_digest varchar)")
        for kind in absent:
            connection.execute(f"insert into {_TABLE} values (?, ?)", [kind, project_digest()])
        connection.commit()
    finally:
        connection.close()


def selectors(kinds: Sequence[str]) -> list[str]:
    """dbt selectors of the kinds' models and of the tests on them."""
    return [f"path:models/staging/{kind}" for kind in kinds if kind not in SHAPES]


def models(nodes: Mapping[str, Any], kinds: Sequence[str], *, staging: bool) -> list[str]:
    """Ids of the kinds' models among dbt's nodes: those that parse the log (`staging`), or those that bring them into canonical shape."""
    return [
        unique_id
        for unique_id, node in nodes.items()
        if node.resource_type == "model" and node.fqn[1] == "staging" and node.fqn[2] in kinds and node.name.startswith("stg_") == staging
    ]


def project_digest(project: Path = DBT_PROJECT_DIR) -> str:
    """Changes when any model, macro or setting of the dbt project does."""
    digest = hashlib.sha256()
    for path in sorted(project.rglob("*")):
        parts = path.relative_to(project).parts
        if parts[0] in ("models", "macros", "dbt_project.yml") and path.suffix in (".sql", ".yml"):
            digest.update("/".join(parts).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _absent(home: Home) -> list[str]:
    present = {shape_of(json.loads(path.read_text(encoding="utf-8")).get("kind")) for path in home.lake.glob("*/source.json")}
    return [kind for kind in SOURCE_KINDS if kind not in SHAPES and kind not in present]
