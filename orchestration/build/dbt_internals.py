"""Where this project reaches into dbt and dbt-duckdb past their public interfaces, each with its reason. Nothing else does so.

A new version of dbt is tried against what stands here (docs/decisions/0002-versions.md pins it).
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any


def close_connections() -> None:
    """Close dbt-duckdb's process-wide connection, so that the next step may open the build file.

    dbt-duckdb keeps its environment open after an invocation and offers no way to close it; DuckDB lets one owner write.
    """
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager

    environment = DuckDBConnectionManager._ENV
    if environment is not None:
        environment.close()
        DuckDBConnectionManager.close_all_connections()


def tag_models(manifest: Any, tag: str, names: Collection[str]) -> None:
    """Give these models the tag, and no other: for one `--exclude tag:...` instead of one selector per model.

    dbt looks through all nodes for each selector that it is given (a fifth of a small run for 70), so the manifest in memory is written to.
    """
    for node in manifest.nodes.values():
        if node.resource_type == "model":
            node.tags = [other for other in node.tags if other != tag]
            if node.name in names:
                node.tags.append(tag)
