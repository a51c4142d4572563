"""What dbt's manifest says of the models that parse the log. Staging writes it into `meta` (dbt_project/macros/lake/stage_stream.sql).

A node is dbt's own object or a dict of manifest.json.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple


class Stream(NamedTuple):
    """One stream of one kind of source."""

    kind: str
    stream: str


def staged_stream(node: Any) -> Stream | None:
    """The stream that a model parses; None for every other node (the configuration is staged too, but is no source)."""
    meta = _meta(node)
    return Stream(meta["kind"], meta["stream"]) if "stream" in meta else None


def fields_read(nodes: Iterable[Any]) -> dict[tuple[str, str], frozenset[str]]:
    """Stream -> the payload's fields that its model parses, and the objects that hold them: what may move a number."""
    found: dict[tuple[str, str], frozenset[str]] = {}
    for node in nodes:
        if stream := staged_stream(node):
            paths = _meta(node)["columns"].values()
            found[stream] = frozenset({*paths, *(path.partition(".")[0] for path in paths)})
    return found


def _meta(node: Any) -> Mapping[str, Any]:
    config = node["config"] if isinstance(node, Mapping) else node.config
    meta = config.get("meta") if isinstance(config, Mapping) else getattr(config, "meta", None)
    return meta or {}
