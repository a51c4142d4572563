"""Brings lake and ledger together after a kill: temporary files go, complete files that the ledger does not know are adopted."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from base.errors import SourceError
from base.home import Home
from ingestion.log import parts
from ingestion.log.loads import RUNNING, Load, Part, load_parts, loads, record_part
from ingestion.log.records import SourceFile


@dataclass
class Recovery:
    """What was done. Paths are relative to the lake. `foreign` files carry no ledger row and are left alone."""

    removed: list[str] = field(default_factory=list)
    adopted: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)


def recover(home: Home, ops: Engine, source: str | None = None) -> Recovery:
    """Repair the lake of `source` (default: all). Safe to repeat; only for the one run that holds the home.

    Raises SourceError when a file that the ledger knows is gone: the log must not shrink unnoticed.
    """
    done = Recovery()
    root = home.lake / source if source else home.lake
    if not root.exists():
        return done
    for temporary in parts.temporary_files(root):
        temporary.unlink(missing_ok=True)
        done.removed.append(temporary.relative_to(home.lake).as_posix())
    on_disk = {path.relative_to(home.lake).as_posix(): path for path in root.rglob("*.parquet")}
    with ops.connect() as connection:
        known = sa.select(load_parts.c.file).join(loads, loads.c.load_id == load_parts.c.load_id).where(load_parts.c.file.is_not(None))
        in_ledger: set[str | None] = set(connection.execute(known.where(loads.c.source == source) if source else known).scalars())
    lost = sorted(str(file) for file in in_ledger - on_disk.keys())
    if lost:
        raise SourceError(
            f"{len(lost)} lake files of the ledger are gone, the first is {lost[0]}", remedy="Restore the whole lake folder from a backup."
        )
    for name in sorted(on_disk.keys() - in_ledger):
        found = _read(home.lake, on_disk[name])
        if found is None:
            done.foreign.append(name)
            continue
        _adopt(ops, *found)
        done.adopted.append(name)
    return done


def _read(root: Path, path: Path) -> tuple[Load, Part, list[SourceFile]] | None:
    try:
        return parts.read_part(root, path)
    except (OSError, ValueError) as error:
        name = path.relative_to(root).as_posix()
        raise SourceError(f"lake file {name} cannot be read as Parquet", remedy="Restore it from a backup, or move it out.") from error


def _adopt(ops: Engine, load: Load, part: Part, files: list[SourceFile]) -> None:
    """Give a complete file its ledger row. Its load stays unfinished: extraction goes on from the part's cursor."""
    with ops.begin() as connection:
        known = connection.execute(sa.select(loads.c.load_id).where(loads.c.load_id == load.load_id)).scalar()
        if known is None:
            row = {"load_id": load.load_id, **load.__dict__, "status": RUNNING, "parts": 0, "fetched": 0, "written": 0, "duplicates": 0}
            connection.execute(loads.insert().values(**row))
        record_part(connection, load, part, files)
