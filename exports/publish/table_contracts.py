"""What may be published: the typed contracts of core and marts, read from dbt's manifest.json.

A model is published if its contract is enforced and its schema is core or marts. Its primary key is what its `primary_key` test names.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from base.errors import PublishError

PUBLISHED_SCHEMAS = ("core", "marts")
#: Grows when the meaning of a published folder changes in a way that a reader must know.
CONTRACT_VERSION = "1"


@dataclass(frozen=True)
class ColumnContract:
    name: str
    data_type: str
    description: str


@dataclass(frozen=True)
class TableContract:
    """One public table: columns in their published order, and the columns that identify a row."""

    schema: str
    name: str
    description: str
    columns: tuple[ColumnContract, ...]
    primary_key: tuple[str, ...]

    @property
    def relation(self) -> str:
        return f"{self.schema}.{self.name}"


def read_contracts(manifest_path: Path, schemas: Collection[str] = PUBLISHED_SCHEMAS) -> tuple[TableContract, ...]:
    """Every contracted model of the schemas, sorted by schema and name. Raises PublishError when the manifest has none."""
    try:
        manifest = json.loads(manifest_path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise PublishError(f"{manifest_path} is not a readable dbt manifest", remedy="Run `dbt build` first; it writes it.") from error
    nodes = manifest.get("nodes", {})
    keys = _tested_keys(nodes)
    contracts = tuple(
        sorted(
            (_contract(unique_id, node, keys) for unique_id, node in nodes.items() if _is_public(node, schemas)),
            key=lambda contract: (contract.schema, contract.name),
        )
    )
    if not contracts:
        raise PublishError(
            f"{manifest_path} has no model in {' or '.join(schemas)} with an enforced contract",
            remedy="Check that the whole project was parsed.",
        )
    return contracts


def contracts_digest(contracts: tuple[TableContract, ...]) -> str:
    """Changes when a published table, column or type does; descriptions do not count."""
    shape = [[table.relation, list(table.primary_key), [[c.name, c.data_type] for c in table.columns]] for table in contracts]
    return hashlib.sha256(json.dumps(shape).encode()).hexdigest()


def _is_public(node: dict[str, Any], schemas: Collection[str]) -> bool:
    config = node.get("config", {})
    return (
        node.get("resource_type") == "model"
        and node.get("schema") in schemas
        and bool(config.get("contract", {}).get("enforced"))
        and config.get("materialized") != "ephemeral"
        and config.get("enabled", True)
    )


def _contract(unique_id: str, node: dict[str, Any], keys: dict[str, tuple[str, ...]]) -> TableContract:
    name = node.get("alias") or node["name"]
    columns = tuple(
        ColumnContract(column["name"], column.get("data_type") or "", " ".join((column.get("description") or "").split()))
        for column in node.get("columns", {}).values()
    )
    primary_key = keys.get(unique_id) or tuple(node.get("primary_key") or ())
    table = TableContract(node["schema"], name, " ".join((node.get("description") or "").split()), columns, primary_key)
    problem = _problem(table)
    if problem:
        raise PublishError(f"The contract of {table.relation} {problem}", remedy="Correct the model's YAML; see docs/conventions.md.")
    return table


def _problem(table: TableContract) -> str | None:
    names = {column.name for column in table.columns}
    if not table.columns:
        return "lists no columns"
    untyped = [column.name for column in table.columns if not column.data_type]
    if untyped:
        return f"has no data_type for {untyped[0]}"
    if not table.primary_key:
        return "has no primary_key test"
    if not set(table.primary_key) <= names:
        return f"names key columns it does not have ({', '.join(sorted(set(table.primary_key) - names))})"
    return None


def _tested_keys(nodes: dict[str, Any]) -> dict[str, tuple[str, ...]]:
    """Model id -> columns of its `primary_key` test. dbt keeps a generic test's arguments flat or under `arguments`."""
    keys: dict[str, tuple[str, ...]] = {}
    for node in nodes.values():
        test = node.get("test_metadata") or {}
        if node.get("resource_type") != "test" or test.get("name") != "primary_key":
            continue
        arguments = test.get("kwargs", {})
        columns = arguments.get("columns") or arguments.get("arguments", {}).get("columns") or arguments.get("column_name")
        if columns and node.get("attached_node"):
            keys[node["attached_node"]] = (columns,) if isinstance(columns, str) else tuple(columns)
    return keys
