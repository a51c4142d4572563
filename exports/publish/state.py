"""The manifest of a published version: what it holds, from which run, with which checksums. Written once, read by everyone.

The manifest carries a checksum of itself (`manifest_checksum`), the files theirs: a version is intact when all of them fit. Versions published before
manifests had one are read as they are.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from base.clock import iso, parse_instant
from base.errors import ConfigError, DamageError
from base.home import Home

MANIFEST = "manifest.json"
#: DuckDB names a catalog after its file: in one called `marts`, the schema `marts` would be ambiguous.
DATABASE = "funnelcast.duckdb"
#: The manifest's key for the checksum of all the rest of it.
CHECKSUM = "manifest_checksum"
REPAIR = "`funnelcast repair published` publishes it again; nothing is sent."


@dataclass(frozen=True)
class RunFacts:
    """Where a published state comes from. Digests are hex; `git_version` is null outside a checkout."""

    run_id: str
    as_of: datetime
    known_at: datetime | None
    published_at: datetime
    config_digest: str
    mappings_digest: str
    lock_digest: str
    git_version: str | None = None
    time_zone: str = "UTC"
    company_name: str = "Our company"


@dataclass(frozen=True)
class PublishedTable:
    schema: str
    name: str
    row_count: int
    content_hash: str

    @property
    def relation(self) -> str:
        return f"{self.schema}.{self.name}"


@dataclass(frozen=True)
class PublishedFile:
    """A file of a version by its path in the folder, as it was written."""

    name: str
    bytes: int
    sha256: str


@dataclass(frozen=True)
class PublishedState:
    """One published version as its manifest tells it. `path` is the version folder itself, not the `current` link."""

    version_id: str
    content_hash: str
    path: Path
    as_of: datetime
    known_at: datetime | None
    published_at: datetime
    run_id: str
    time_zone: str
    config_digest: str
    mappings_digest: str
    lock_digest: str
    git_version: str | None
    contract_digest: str
    tables: tuple[PublishedTable, ...]
    files: tuple[PublishedFile, ...] = ()

    @property
    def row_counts(self) -> dict[str, int]:
        return {table.relation: table.row_count for table in self.tables}

    @property
    def database(self) -> Path:
        return self.path / DATABASE

    def has_table(self, relation: str) -> bool:
        return any(table.relation == relation for table in self.tables)


def current(home: Home) -> PublishedState | None:
    """The version that `published/current` names now; None before the first publish. Raises DamageError when it names none that can be read."""
    if not os.path.lexists(home.current):
        return None
    if not home.current.exists():
        raise DamageError(f"{home.current} names {home.current.readlink()}, which is not there", remedy=REPAIR)
    return read_state(home.current.resolve())


def readable_current(home: Home) -> PublishedState | None:
    """The version that readers see now; None where there is none, or none that can be read: for those who publish the next one."""
    try:
        return current(home)
    except DamageError:
        return None


def version_folder(home: Home, version_id: str) -> Path:
    return home.published / "versions" / version_id


def versions(home: Home) -> list[PublishedState]:
    """Every version that is kept and can be read, the newest as_of first, of equal ones the newest published."""
    states = []
    for folder in version_folders(home):
        try:
            states.append(read_state(folder))
        except DamageError:
            continue
    return sorted(states, key=lambda state: (state.as_of, state.published_at, state.version_id), reverse=True)


def version_folders(home: Home) -> list[Path]:
    """The folder of every version that is kept, whether it can be read or not, by name."""
    return sorted(path for path in (home.published / "versions").glob("[!.]*") if path.is_dir())


def read_state(folder: Path) -> PublishedState:
    """The manifest of one version folder. Raises DamageError if it is absent, altered or not ours."""
    try:
        data = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        if data.get(CHECKSUM, manifest_checksum(data)) != manifest_checksum(data):
            raise ValueError
        return PublishedState(
            version_id=data["version_id"],
            content_hash=data["content_hash"],
            path=folder,
            as_of=parse_instant(data["as_of"], what="as_of"),
            known_at=parse_instant(data["known_at"], what="known_at") if data["known_at"] else None,
            published_at=parse_instant(data["published_at"], what="published_at"),
            run_id=data["run_id"],
            time_zone=data["time_zone"],
            config_digest=data["config_digest"],
            mappings_digest=data["mappings_digest"],
            lock_digest=data["lock_digest"],
            git_version=data["git_version"],
            contract_digest=data["contract_digest"],
            tables=tuple(PublishedTable(t["schema"], t["name"], t["row_count"], t["content_hash"]) for t in data["tables"]),
            files=tuple(PublishedFile(name, file["bytes"], file["sha256"]) for name, file in data["files"].items()),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError, ConfigError) as error:
        raise DamageError(f"{folder} cannot be read as a published version: its {MANIFEST} is absent or altered", remedy=REPAIR) from error


def manifest_checksum(data: Mapping[str, Any]) -> str:
    """SHA-256 of everything in a manifest but this."""
    rest = {name: value for name, value in data.items() if name != CHECKSUM}
    return hashlib.sha256(json.dumps(rest, sort_keys=True).encode()).hexdigest()


def facts_as_json(facts: RunFacts) -> dict[str, Any]:
    """The facts with instants spelled as everywhere else."""
    data = asdict(facts)
    data["as_of"], data["published_at"] = iso(facts.as_of), iso(facts.published_at)
    data["known_at"] = iso(facts.known_at) if facts.known_at else None
    return data
