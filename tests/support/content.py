"""Content hashes of what a build holds, table by table, beside those that were reviewed (tests/golden/content_hashes.json).

A hash changes when a published row, column or type does; it says which table to look at. A change that is meant is reviewed by its rule and its
rows, then written: `FUNNELCAST_WRITE_HASHES=1 pytest tests/golden/test_content_hashes.py`.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path

import duckdb

from exports.publish.table_contracts import read_contracts
from exports.publish.warehouse import open_snapshot

REVIEWED = Path(__file__).resolve().parent.parent / "golden" / "content_hashes.json"


def content_of(warehouse: Path, manifest_path: Path, folder: Path) -> dict[str, str]:
    """relation -> `rows hash` of every published table that this build holds (a small world builds some of them).

    Read from a copy in `folder`: another test of this process may have the build file open.
    """
    copy = Path(shutil.copy(warehouse, folder))
    with duckdb.connect(str(copy), read_only=True) as connection:
        built = {
            f"{schema}.{name}" for schema, name in connection.execute("select schema_name, table_name from duckdb_tables()").fetchall()
        }
    contracts = tuple(contract for contract in read_contracts(manifest_path) if contract.relation in built)
    with open_snapshot(copy, contracts) as snapshot:
        return {relation: _written(digest.row_count, digest.content_hash) for relation, digest in sorted(snapshot.digests.items())}


def content_of_manifest(tables: Iterable[Mapping[str, object]]) -> dict[str, str]:
    """The same of a published state, from the tables of its manifest."""
    return {f"{table['schema']}.{table['name']}": _written(table["row_count"], str(table["content_hash"])) for table in tables}


def assert_reviewed(world: str, found: dict[str, str]) -> None:
    """Fails with the tables of `world` whose content is not the reviewed one."""
    reviewed = json.loads(REVIEWED.read_text(encoding="utf-8")) if REVIEWED.exists() else {}
    if os.environ.get("FUNNELCAST_WRITE_HASHES"):
        REVIEWED.write_text(json.dumps({**reviewed, world: found}, indent=2, sort_keys=True) + "\n", encoding="utf-8")
        return
    expected = reviewed.get(world, {})
    changed = {name: (expected.get(name), found.get(name)) for name in sorted({*expected, *found}) if expected.get(name) != found.get(name)}
    assert changed == {}, f"{world}: the content of these tables is not what was reviewed (rows hash, before and now)"


def _written(row_count: object, content_hash: str) -> str:
    return f"{row_count} {content_hash[:16]}"
