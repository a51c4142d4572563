"""The register of every place that may hold a copy of a person's data, and of those that hold none (base/personal_data.py says what a place is).

A module that writes files or declares tables of its own lists its places in `PLACES` and is named here (channels and publishers by their registries). None of them imports Dagster.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib import import_module
from pathlib import Path, PurePosixPath

from base.home import Home
from base.personal_data import Place
from exports.channels.registry import CHANNELS
from exports.publish.registry import PUBLISHERS

#: What a test says of a file or a column that no place covers.
REMEDY = "Declare the place in PLACES beside the code that writes it, and name the module in orchestration/personal_data.py."

#: In the order of a record's way through the product.
WRITERS = (
    "ingestion.webhooks.spool",
    "ingestion.log.parts",
    "ingestion.log.loads",
    "ingestion.log.readings",
    "orchestration.build.dbt",
    "ingestion.gate.quarantine",
    "ingestion.gate.verdicts",
    "orchestration.build.restricted_files",
    *PUBLISHERS.modules,
    "exports.publish.diversity_file",
    "exports.rendering.artifacts",
    "exports.delivery.tables",
    "exports.delivery.notices",
    "exports.delivery.preview",
    *CHANNELS.modules,
    "exports.questions.rediscovery",
    "base.home",
    "base.ops",
    "orchestration.run.runs",
    "orchestration.run.lock",
    "orchestration.run.last_words",
    "orchestration.run.configurations",
    "orchestration.run.logs",
    "orchestration.instance.dagster_home",
    "orchestration.rehearsal",
    "orchestration.demo_home",
)


def places() -> tuple[Place, ...]:
    return tuple(place for writer in WRITERS for place in import_module(writer).PLACES)


def files_of(home: Home) -> Iterator[tuple[Path, PurePosixPath]]:
    """Every file of the home, as it is and relative to the home. A file is named once: links to files and folders are left out."""
    for path in sorted(home.root.rglob("*")):
        if path.is_file() and not path.is_symlink():
            yield path, PurePosixPath(path.relative_to(home.root))


def places_of(file: PurePosixPath, registered: Sequence[Place]) -> list[Place]:
    """The places that cover a file of a home: exactly one when the register is right."""
    return [place for place in registered if place.covers(file)]
