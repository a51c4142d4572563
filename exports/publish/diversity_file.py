"""published/restricted/diversity.duckdb: what may be shown of groups, in a file of its own with rights of its own.

The tables stand in the file's main schema: DuckDB names a catalog after its file, so that `diversity.adverse_impact` reads as the contract's name
when the file is opened (a schema of the same name would be ambiguous).
"""

from __future__ import annotations

import os
from pathlib import Path

import duckdb

from base.errors import PublishError
from base.home import Home
from base.personal_data import Place
from exports.publish.folder import STORAGE_VERSION
from exports.publish.table_contracts import read_contracts
from exports.publish.warehouse import literal, published_rows, quoted, verify

SCHEMA = "diversity"

PLACES = (
    Place(
        "published counts of groups",
        "counts of groups, without those that could single somebody out",
        format="DuckDB",
        files=("published/restricted/*",),
    ),
)


def publish_diversity(home: Home, manifest_path: Path) -> Path:
    """Replace the file by one rename, readable by its owner alone (give others the right to read it by group or copy). Returns its path.

    Raises PublishError when the build is absent or not as its contract says; the old file stays then.
    """
    built = home.restricted / "diversity.duckdb"
    if not built.exists():
        raise PublishError(f"There is no {built}", remedy="Run `funnelcast run` first.")
    folder = home.published / "restricted"
    folder.mkdir(mode=0o700, exist_ok=True)
    target, unfinished = folder / "diversity.duckdb", folder / ".tmp-diversity.duckdb"
    unfinished.unlink(missing_ok=True)
    with duckdb.connect(config={"autoinstall_known_extensions": "false"}) as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute(f"attach {literal(str(built))} as build (read_only)")
        tables = verify(connection, read_contracts(manifest_path, schemas=(SCHEMA,)))
        connection.execute(f"attach {literal(str(unfinished))} as published (storage_version {literal(STORAGE_VERSION)})")
        for table in tables:
            name = f"published.main.{quoted(table.name)}"
            connection.execute(f"create table {name} as {published_rows(table)}")
            connection.execute(f"comment on table {name} is {literal(table.description)}")
            for column in table.columns:
                connection.execute(f"comment on column {name}.{quoted(column.name)} is {literal(column.description)}")
        connection.execute("detach published")
    unfinished.chmod(0o600)
    descriptor = os.open(unfinished, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    unfinished.replace(target)
    return target
