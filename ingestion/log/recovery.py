"""Brings lake and ledger together after a kill: temporary files go, complete files that the ledger does not know are adopted.

A file that the ledger does not know and that is damaged was never committed: it is set aside, and the pass that wrote it reads those records again.
What the ledger knows and is damaged is another matter (ingestion/log/damage.py).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from base.config import Config
from base.errors import DamageError
from base.home import Home, set_aside
from base.source_kinds import shape_of
from ingestion.log import damage, parts
from ingestion.log.loads import RUNNING, Load, Part, load_parts, loads, record_part
from ingestion.log.records import SourceFile


@dataclass
class Recovery:
    """What was done. Paths are relative to the lake. `foreign` files carry no ledger row and are left alone."""

    removed: list[str] = field(default_factory=list)
    adopted: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)
    set_aside: list[str] = field(default_factory=list)


def recover(home: Home, ops: Engine, source: str | None = None) -> Recovery:
    """Repair the lake of `source` (default: all). Safe to repeat; only for the one run that holds the home."""
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
    for name in sorted(on_disk.keys() - in_ledger):
        try:
            found = parts.read_part(home.lake, on_disk[name])
        except DamageError:
            set_aside(home, on_disk[name])
            done.set_aside.append(name)
            continue
        if found is None:
            done.foreign.append(name)
            continue
        _adopt(ops, *found)
        done.adopted.append(name)
    return done


def restore_descriptions(home: Home, ops: Engine, config: Config) -> list[str]:
    """Write source.json again for every source whose parts nobody would read without it; returns their names."""
    found = damage.unreadable_descriptions(home.lake, ops)
    kinds = damage.kinds(ops)
    for name in found:
        (home.lake / name / "source.json").unlink(missing_ok=True)
        settings = next((source.settings for source in config.sources if source.name == name), {})
        shape = shape_of(kinds[name])
        parts.describe_source(home.lake, name, kinds[name], settings or ({"shape": shape} if shape != kinds[name] else {}))
    return found


def _adopt(ops: Engine, load: Load, part: Part, files: list[SourceFile]) -> None:
    """Give a complete file its ledger row. Its load stays unfinished: extraction goes on from the part's cursor."""
    with ops.begin() as connection:
        known = connection.execute(sa.select(loads.c.load_id).where(loads.c.load_id == load.load_id)).scalar()
        if known is None:
            row = {"load_id": load.load_id, **load.__dict__, "status": RUNNING, "parts": 0, "fetched": 0, "written": 0, "duplicates": 0}
            connection.execute(loads.insert().values(**row))
        record_part(connection, load, part, files)
