"""What a run need not build: models that the log has nothing for, and staging tables that hold the whole log already.

Every kind of source has its models in the project, so that lineage is the same everywhere; a node costs dbt a twentieth of a CPU second even
when it does nothing, and a home uses a third of them. What the log has no source of is not built, and the canonical models do not read it (var
`idle`; none for dbt alone, which builds everything). A staging table is left as it is when a build that ended well had parsed the same files
with the same code; other code parses the whole log again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from base.config import Config
from base.home import DBT_PROJECT_DIR, Home
from base.source_kinds import shape_of, shapes
from orchestration.build.staged import staged_stream

#: The kind whose streams are canonical tables, each of which may be missing: `canonical_files__<table>` is idle when no source has the file.
_FILES = "canonical_files"
#: The folders of models that have a folder per kind of source.
_BY_KIND = ("staging", "intermediate")
_STAGED = "quality.staged_files"


def without_source(home: Home, nodes: Mapping[str, Any]) -> list[str]:
    """Sources and tables with no data: kinds of source, and canonical tables for which no source has a file (canonical_files__<table>)."""
    sources = _sources(home)
    absent = [kind for kind in shapes() if kind not in sources]
    if _FILES in absent:
        return absent
    tables = [found.stream for node in nodes.values() if (found := staged_stream(node)) and found.kind == _FILES]
    return absent + [f"{_FILES}__{table}" for table in sorted(tables) if not any((source / table).exists() for source in sources[_FILES])]


def kinds_in_log(home: Home) -> set[str]:
    """Kinds in whose shape the log has a source."""
    return set(_sources(home))


def kinds_in_use(home: Home, config: Config) -> set[str]:
    """Kinds of source that are configured or that the log has records of, with the kinds in whose shape they are read."""
    configured = {source.kind for source in config.sources}
    return configured | {shape_of(kind) for kind in configured} | kinds_in_log(home)


def models(nodes: Mapping[str, Any], names: Sequence[str]) -> dict[str, str]:
    """The models of what is idle: name -> unique id."""
    by_kind = [(unique_id, node) for unique_id, node in nodes.items() if node.resource_type == "model" and node.fqn[1] in _BY_KIND]
    return {
        node.name: unique_id
        for unique_id, node in by_kind
        if node.fqn[2] in names or ((found := staged_stream(node)) and f"{found.kind}__{found.stream}" in names)
    }


def is_staging(node: Any) -> bool:
    """Whether a node parses the log: what the gate judges."""
    return node.resource_type == "model" and node.fqn[1] == "staging"


@dataclass(frozen=True)
class StagedLog:
    """What staging would read now and what it has read: by staging model, a hash of the names of its stream's files in the log.

    A file is never rewritten, so its name stands for what is in it. `code` is the hash of what parses; `known` are the tables that are there,
    with the files that they hold and the code that parsed them.
    """

    home: Home
    files: Mapping[str, str]
    code: str
    known: Mapping[str, tuple[str, str]]

    @classmethod
    def read(cls, home: Home, nodes: Mapping[str, Any]) -> StagedLog:
        """The build file must be closed."""
        sources = _sources(home)
        files = {}
        for node in nodes.values():
            found = staged_stream(node)
            if found and found.kind in sources:
                paths = [path for source in sources[found.kind] for path in source.glob(f"{found.stream}/load_date=*/*.parquet")]
                names = sorted(str(path.relative_to(home.lake)) for path in paths)
                files[node.name] = hashlib.sha256("\n".join(names).encode()).hexdigest()
        return cls(home, files, parser_digest(), _remembered(home))

    def unchanged(self) -> list[str]:
        """Staging models whose table holds these very files, parsed by this code in a build that ended well."""
        return [model for model, digest in self.files.items() if self.known.get(model) == (digest, self.code)]

    def is_parsed_otherwise(self) -> bool:
        """Whether any table was parsed by other code than this: the whole log is to be parsed again."""
        return any(code != self.code for _, code in self.known.values())

    def remember(self) -> None:
        """After a build of staging that ended well. The build file must be closed."""
        connection = duckdb.connect(str(self.home.warehouse))
        try:
            connection.begin()
            connection.execute(f"create or replace table {_STAGED} (model varchar, files_digest varchar, parser_digest varchar)")
            for model, digest in sorted(self.files.items()):
                connection.execute(f"insert into {_STAGED} values (?, ?, ?)", [model, digest, self.code])
            connection.commit()
        finally:
            connection.close()


def parser_digest(project: Path = DBT_PROJECT_DIR) -> str:
    """Changes when what parses the log does: a staging model, a macro or a setting of the dbt project."""
    digest = hashlib.sha256()
    paths = [*project.glob("models/staging/**/*.sql"), *project.glob("macros/**/*.sql"), *project.glob("dbt_project.yml")]
    for path in sorted(paths):
        digest.update(str(path.relative_to(project)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _sources(home: Home) -> dict[str, list[Path]]:
    """Kind (or the kind in whose shape it is read) -> folders of its sources in the log, in order."""
    found: dict[str, list[Path]] = {}
    for path in sorted(home.lake.glob("*/source.json")):
        found.setdefault(shape_of(json.loads(path.read_text(encoding="utf-8")).get("kind")), []).append(path.parent)
    return found


def _remembered(home: Home) -> dict[str, tuple[str, str]]:
    if not home.warehouse.exists():
        return {}
    connection = duckdb.connect(str(home.warehouse), read_only=True)
    try:
        found = connection.execute(
            f"""
            select s.model, s.files_digest, s.parser_digest
            from {_STAGED} as s
            inner join information_schema.tables as t on t.table_schema = 'staging' and t.table_name = s.model
            """
        ).fetchall()
    except duckdb.CatalogException:
        return {}
    finally:
        connection.close()
    return {model: (files, code) for model, files, code in found}
