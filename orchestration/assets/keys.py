"""Asset keys: [schema, table], the same words in lake, dbt and lineage."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

import dagster as dg

from base.source_kinds import kind_names, shape_of

RAW = "raw"
PUBLISHED = dg.AssetKey(["published", "current"])


def raw_key(kind: str, stream: str) -> dg.AssetKey:
    """One stream of one kind of source, over all configured instances (the staging models read it so)."""
    return dg.AssetKey([RAW, f"{kind}__{stream}"])


def raw_keys(kind: str, stream: str) -> list[dg.AssetKey]:
    """The streams that a kind's staging model parses beside its own, which is its dbt source: those of kinds with the same shape."""
    return [raw_key(other, stream) for other in kind_names() if other != kind and shape_of(other) == kind]


def report_key(edition: str) -> dg.AssetKey:
    return dg.AssetKey(["reports", edition])


def node_key(node: Mapping[str, Any]) -> dg.AssetKey:
    """A dbt model, seed or source by its schema and name."""
    return dg.AssetKey([node["schema"], node.get("alias") or node.get("identifier") or node["name"]])


def kind_of(key: dg.AssetKey) -> str:
    """The kind of source that an asset belongs to, of its log, its staging or its canonical shape; "" for all others."""
    layer, name = key.path[0], key.path[-1]
    if layer not in (RAW, "staging", "intermediate"):
        return ""
    return name.removeprefix("stg_").removeprefix("int_").partition("__")[0]


def of_kinds(keys: Iterable[dg.AssetKey], kinds: Collection[str]) -> list[dg.AssetKey]:
    """What a run materializes: all but what belongs to a kind of source that is not in use. A third of a run's events would tell of those."""
    unused = set(kind_names()) - set(kinds)
    return sorted(key for key in keys if kind_of(key) not in unused)
