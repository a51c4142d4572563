"""Extraction in tests: homes with their operations database, sources on the sandbox's doubles, and what a lake holds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

import ingestion.gate.verdicts  # declares its table
import ingestion.log.loads  # noqa: F401
from base import clock, ops
from base.config import Company, Config, Source
from base.home import Home
from ingestion.extract.run import SourceLoad, extract
from ingestion.preflight.trial import try_source
from ingestion.protocol.finding import Finding
from sandbox.doubles.faults import Faults, FaultyApp
from sandbox.doubles.gem.service import Gem
from sandbox.doubles.greenhouse.service import Greenhouse
from sandbox.doubles.http import HttpServer
from sandbox.world import World


@dataclass(frozen=True)
class Place:
    """A home and its operations database (this area's tables only; the migrations have tests of their own)."""

    home: Home
    ops: Engine


def place_at(folder: Path) -> Place:
    home = Home.at(folder).prepare()
    engine = sa.create_engine(f"sqlite:///{home.ops_file}")
    sa.event.listen(engine, "connect", ops._sqlite_pragmas)
    ops.metadata.create_all(engine)
    return Place(home, engine)


def config_of(*sources: Source) -> Config:
    return Config(folder=Path(), sources=sources, company=Company(), reports=(), digest="", mappings_digest="")


def folder_source(path: Path, name: str = "acme", kind: str = "canonical_files", **more: Any) -> Source:
    return Source(name=name, kind=kind, path=str(path), **more)  # type: ignore[arg-type]


def look_at(source: Source) -> list[Finding]:
    """What `funnelcast check` finds of a source, its files or tables loaded into a home that is thrown away."""
    with TemporaryDirectory() as folder:
        scratch = place_at(Path(folder))
        return try_source(config_of(source), scratch.home, scratch.ops, source, at=clock.now())[0]


@dataclass(frozen=True)
class Served:
    """One vendor's double over real HTTP, its fault switches, and a source that points at it."""

    double: Any
    faults: Faults
    source: Source


def load_from(place: Place, served: Served, streams: tuple[str, ...] | None = None, source: Source | None = None) -> SourceLoad:
    """A load of the double's source (or of another that points at it) up to the double's own now."""
    source = source or served.source
    return extract(config_of(source), place.home, place.ops, source, window_end=served.double.world.now, streams=streams)


@dataclass(frozen=True)
class Services:
    """Doubles of Greenhouse and Gem over real HTTP, their fault switches, and sources that point at them."""

    world: World
    greenhouse: Greenhouse
    faults: Faults
    greenhouse_source: Source
    gem_source: Source


@contextmanager
def services(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[Services]:
    faults = Faults()
    greenhouse, gem = Greenhouse(world), Gem(world)
    greenhouse.settings.rate_limit = 100_000
    admin = next(user.id for user in world.users if user.is_site_admin)
    robot = next(user.id for user in world.users if not user.is_site_admin)
    for name, value in {
        "GH_ID": greenhouse.settings.client_id,
        "GH_SECRET": greenhouse.settings.client_secret,
        "GH_ADMIN": str(admin),
        "GH_NOBODY": str(robot),
        "GEM_KEY": gem.settings.api_key,
    }.items():
        monkeypatch.setenv(name, value)
    with HttpServer(FaultyApp(greenhouse, "greenhouse", faults)) as ats, HttpServer(FaultyApp(gem, "gem", faults)) as crm:
        greenhouse.base_url = ats.url
        yield Services(
            world,
            greenhouse,
            faults,
            Source(
                name="ats",
                kind="greenhouse",
                base_url=f"{ats.url}/v3",
                token_url=f"{ats.url}/token",
                credentials={"client_id": "GH_ID", "client_secret": "GH_SECRET", "user_id": "GH_ADMIN"},
            ),
            Source(name="crm", kind="gem", base_url=f"{crm.url}/v0", credentials={"api_key": "GEM_KEY"}),
        )


def lake_rows(
    home: Home, columns: str = "source, stream, record_id, payload_hash", order: str = "all", group: str = ""
) -> list[tuple[Any, ...]]:
    """Rows of the whole lake, ordered."""
    if not any(home.lake.rglob("*.parquet")):
        return []
    query = f"select {columns} from read_parquet('{home.lake}/*/*/*/*.parquet', hive_partitioning = false)"
    query += (f" group by {group}" if group else "") + f" order by {order}"
    return duckdb.sql(query).fetchall()
