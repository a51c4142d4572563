"""The whole configuration folder."""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from base.config.company import Company, company_model
from base.config.reading import read
from base.config.reports import Report, ReportsFile
from base.config.sources import Source, SourcesFile
from base.config.strict import Checks, Strict
from base.config.text_file import is_there
from base.errors import ConfigError
from base.registry import did_you_mean

#: What a configuration folder holds, beside the mappings.
FILES = ("sources.yml", "company.yml", "reports.yml", "benchmarks.csv")
MAPPINGS = "mappings"


@dataclass(frozen=True)
class Known:
    """What has been read before a file: a later file is checked against the earlier ones."""

    sources: tuple[Source, ...] = ()
    company: Company = field(default_factory=Company)


class Config(Strict):
    """The whole configuration of one company. `folder` is where it was read; `digest` changes when any file does."""

    folder: Path
    sources: tuple[Source, ...]
    company: Company
    reports: tuple[Report, ...]
    digest: str
    mappings_digest: str

    @property
    def mappings(self) -> Path:
        return self.folder / MAPPINGS

    def source(self, name: str) -> Source:
        for source in self.sources:
            if source.name == name:
                return source
        raise ConfigError(
            f"{self.folder / 'sources.yml'} has no source '{name}'", remedy=did_you_mean(name, sorted(s.name for s in self.sources))
        )


def load_config(folder: Path, checks: Callable[[Known], Checks], delivery_sections: Mapping[str, type[Strict]]) -> Config:
    """Read and check every file of the folder. Raises ConfigError with file, line, key and remedy.

    `delivery_sections` are the keys of company.yml `delivery` that channels need. Commands call orchestration.checked_config, which knows
    the checks and the sections.
    """
    if not _is_folder(folder):
        raise ConfigError(
            f"Configuration folder {folder} {'is not a folder' if is_there(folder) else 'does not exist'}",
            remedy="Give --config DIR, or create it with a sources.yml (docs/configuration.md).",
        )
    _check_names(folder)
    sources_path = folder / "sources.yml"
    if not is_there(sources_path):
        raise ConfigError(
            f"{sources_path} does not exist",
            remedy="Create it: 'sources: [{name: acme, kind: canonical_files, path: exports/acme}]' is enough.",
        )
    sources = tuple(_resolve_path(source, folder) for source in read(sources_path, SourcesFile, checks(Known())).sources)
    company = read(folder / "company.yml", company_model(delivery_sections), checks(Known(sources)))
    reports = read(folder / "reports.yml", ReportsFile, checks(Known(sources, company)))
    mappings = sorted((folder / MAPPINGS).glob("*.csv"))
    return Config(
        folder=folder,
        sources=sources,
        company=company,
        reports=reports.reports,
        digest=_digest([folder / name for name in sorted(FILES)] + mappings),
        mappings_digest=_digest(mappings),
    )


def files_of(folder: Path) -> list[Path]:
    """The files of a configuration folder that are read."""
    return [path for path in (*(folder / name for name in FILES), *sorted((folder / MAPPINGS).glob("*.csv"))) if path.is_file()]


def _is_folder(folder: Path) -> bool:
    try:
        return folder.is_dir()
    except OSError as error:
        raise ConfigError(f"Configuration folder {folder} cannot be read ({error.strerror})", remedy="Give --config DIR.") from error


def _check_names(folder: Path) -> None:
    """Raises ConfigError for a name that is nearly one of the files': it would not be read, and nobody would know."""
    try:
        names = sorted(path.name for path in folder.iterdir())
    except OSError as error:
        raise ConfigError(f"Configuration folder {folder} cannot be read ({error.strerror})", remedy="Check its permissions.") from error
    by_stem = {Path(name).stem: name for name in (*FILES, MAPPINGS)}
    for name in names:
        path = Path(name)
        if name in (*FILES, MAPPINGS) or path.suffix not in ("", ".yml", ".yaml", ".csv"):
            continue
        for stem in difflib.get_close_matches(path.stem, by_stem, n=1, cutoff=0.85):
            raise ConfigError(f"{folder / name} is not read", remedy=f"Did you mean '{by_stem[stem]}'? Rename it, or move it elsewhere.")


def _resolve_path(source: Source, folder: Path) -> Source:
    """Relative paths are relative to where the command runs first, else to the configuration folder."""
    if not source.path or "://" in source.path or Path(source.path).is_absolute():
        return source
    try:
        here = Path(source.path)
        resolved = (here if here.exists() else folder / source.path).resolve()
    except (OSError, RuntimeError) as error:
        raise ConfigError(
            f"{source.place('path')}: the folder cannot be looked for ({type(error).__name__})", remedy="Correct it."
        ) from error
    return source.model_copy(update={"path": str(resolved)})


def _digest(paths: list[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        if path.is_file():
            digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()
