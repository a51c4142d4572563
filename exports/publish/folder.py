"""Version folders: published/versions/<id>/{funnelcast.duckdb,parquet/<schema>/<table>.parquet,manifest.json} and the `current` link.

A version is written under a temporary name, synced, renamed once, and never touched again. `current` is a relative symlink replaced by
one rename, so a reader sees the old version or the new one, and one that has the old file open goes on reading it.
"""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import duckdb

from base.checksums import sha256_of
from base.errors import DamageError
from base.home import Home, set_aside
from base.personal_data import Place
from exports.publish.compact import LARGE_ROW_COUNT, STORED_SCHEMA, store_compact
from exports.publish.intact import problems
from exports.publish.publisher import Publisher
from exports.publish.state import CHECKSUM, DATABASE, MANIFEST, RunFacts, facts_as_json, manifest_checksum, read_state, version_folder
from exports.publish.table_contracts import CONTRACT_VERSION, TableContract, contracts_digest
from exports.publish.warehouse import Snapshot, literal, published_rows, quoted, side_by_side

#: Files of this storage version open in every DuckDB client since 1.2 (docs/decisions/0002-versions.md: BI drivers lag).
STORAGE_VERSION = "v1.2.0"
#: Level 1 takes half the CPU of the default level 3, and of keys makes no larger files (measured, 3.5 M rows: 163 MB against 177). A column
#: of more than a thousand values in a row group is seldom smaller for a dictionary, and looking for one is a tenth of the CPU.
PARQUET = "format parquet, compression zstd, compression_level 1, row_group_size 122880, dictionary_size_limit 1000"
UNFINISHED = ".tmp-"

PLACES = (
    Place(
        "published versions",
        "rows by the person's key in every kept version; aggregates stay as published",
        holds=("keys", "texts", "employees"),
        erasure="rewrite",
        format="DuckDB, Parquet",
        files=("published/versions/**",),
    ),
)


class FolderPublisher(Publisher):
    """The published folder of one home."""

    def __init__(self, home: Home) -> None:
        super().__init__(home)
        self.versions = home.published / "versions"

    def has(self, version_id: str) -> bool:
        """Whether it is there and intact: a damaged version is written again."""
        try:
            return not problems(read_state(version_folder(self.home, version_id)))
        except DamageError:
            return False

    def prepare(self, version_id: str, snapshot: Snapshot, contracts: tuple[TableContract, ...], facts: RunFacts) -> None:
        """Write the version folder whole. What an earlier, killed run left unfinished is swept first."""
        self.versions.mkdir(parents=True, exist_ok=True)
        for leftover in self.versions.glob(UNFINISHED + "*"):
            shutil.rmtree(leftover)
        unfinished = self.versions / f"{UNFINISHED}{version_id}"
        unfinished.mkdir()
        _write_tables(unfinished, snapshot)
        manifest = _manifest(unfinished, version_id, snapshot, contracts, facts)
        manifest[CHECKSUM] = manifest_checksum(manifest)
        (unfinished / MANIFEST).write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")
        _make_durable(unfinished)
        folder = version_folder(self.home, version_id)
        if folder.exists():
            _delete(folder)
        unfinished.rename(folder)
        _sync(self.versions)

    def activate(self, version_id: str) -> None:
        fresh = self.home.published / ".current.next"
        fresh.unlink(missing_ok=True)
        fresh.symlink_to(Path("versions") / version_id)
        if self.home.current.is_dir() and not self.home.current.is_symlink():
            set_aside(self.home, self.home.current)  # a copy that somebody restored without links; nothing can be renamed over a folder
        fresh.replace(self.home.current)
        _sync(self.home.published)

    def retire(self, keep: int) -> None:
        kept = self.home.current.resolve().name if self.home.current.exists() else None
        others = [folder for folder in self.versions.iterdir() if folder.is_dir() and folder.name != kept]
        others.sort(key=lambda folder: (folder / MANIFEST).stat().st_mtime if (folder / MANIFEST).exists() else 0.0, reverse=True)
        for folder in others[max(keep - 1, 0) :]:
            _delete(folder)


def _write_tables(folder: Path, snapshot: Snapshot) -> None:
    connection = snapshot.connection
    # Nobody reads the file before it is whole, so it needs no write-ahead log.
    options = f"storage_version {literal(STORAGE_VERSION)}, recovery_mode no_wal_writes"
    connection.execute(f"attach {literal(str(folder / DATABASE))} as published ({options})")
    # Where text repeats, compact.py makes enums; what is left is keys, each nearly unique, or small.
    connection.execute("set global disabled_compression_methods = 'dictionary,fsst'")
    try:
        for schema in sorted({table.schema for table in snapshot.tables}):
            connection.execute(f"create schema published.{schema}")
            (folder / "parquet" / schema).mkdir(parents=True)
        row_counts = {table: snapshot.digests[table.relation].row_count for table in snapshot.tables}
        if max(row_counts.values()) >= LARGE_ROW_COUNT:
            connection.execute(f"create schema published.{STORED_SCHEMA}")

        def write(cursor: duckdb.DuckDBPyConnection, table: TableContract) -> None:
            _write_table(cursor, folder, table, is_large=row_counts[table] >= LARGE_ROW_COUNT)

        side_by_side(connection, sorted(row_counts, key=row_counts.__getitem__, reverse=True), write)
    finally:
        connection.execute("detach published")


def _write_table(cursor: duckdb.DuckDBPyConnection, folder: Path, table: TableContract, *, is_large: bool) -> None:
    """One table in the DuckDB file, and from there as Parquet."""
    # Inside the file nothing may name the catalog: it is called otherwise in each reader.
    cursor.execute("use published")
    if is_large:
        stored = store_compact(cursor, table)
    else:
        stored = table.relation
        cursor.execute(f"create table {stored} as {published_rows(table)}")
    cursor.execute(_comments(table, "view" if is_large else "table"))
    cursor.execute(f"copy {stored} to {literal(str(folder / _parquet(table)))} ({PARQUET})")


def _comments(table: TableContract, kind: str) -> str:
    """Descriptions travel inside the file, where BI tools read them."""
    columns = [(f"column {table.relation}.{quoted(c.name)}", c.description) for c in table.columns if c.description]
    return "; ".join(f"comment on {what} is {literal(text)}" for what, text in [(f"{kind} {table.relation}", table.description), *columns])


def _parquet(table: TableContract) -> str:
    return f"parquet/{table.schema}/{table.name}.parquet"


def _manifest(
    folder: Path, version_id: str, snapshot: Snapshot, contracts: tuple[TableContract, ...], facts: RunFacts
) -> dict[str, object]:
    files = {
        str(path.relative_to(folder)): {"bytes": path.stat().st_size, "sha256": sha256_of(path)}
        for path in folder.rglob("*")
        if path.is_file()
    }
    return {
        "version_id": version_id,
        "content_hash": snapshot.content_hash,
        "contract_version": CONTRACT_VERSION,
        "contract_digest": contracts_digest(contracts),
        **facts_as_json(facts),
        "engine": {"duckdb": duckdb.__version__, "storage_version": STORAGE_VERSION},
        "tables": [
            {
                "schema": table.schema,
                "name": table.name,
                "description": table.description,
                "row_count": snapshot.digests[table.relation].row_count,
                "content_hash": snapshot.digests[table.relation].content_hash,
                "primary_key": list(table.primary_key),
                "columns": [{"name": c.name, "type": c.data_type, "description": c.description} for c in table.columns],
                "parquet": _parquet(table),
            }
            for table in snapshot.tables
        ],
        "files": dict(sorted(files.items())),
    }


def _make_durable(folder: Path) -> None:
    """Every file read-only and on disk, then every folder: a version that has its name is whole even after a power cut."""
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_file():
            path.chmod(0o444)
        _sync(path)
    _sync(folder)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _delete(folder: Path) -> None:
    """Rename first, so that a half-deleted folder is never taken for a version."""
    doomed = folder.with_name(f"{UNFINISHED}old-{folder.name}")
    if doomed.exists():
        shutil.rmtree(doomed)
    folder.rename(doomed)
    shutil.rmtree(doomed)
