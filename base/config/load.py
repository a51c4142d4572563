"""The whole configuration folder."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from base.config.company import Company, company_model
from base.config.reading import read
from base.config.reports import Report, ReportsFile
from base.config.sources import Source, SourcesFile
from base.config.strict import Checks, Strict
from base.errors import ConfigError
from base.registry import did_you_mean


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
        return self.folder / "mappings"

    def source(self, name: str) -> Source:
        for source in self.sources:
            if source.name == name:
                return source
        raise ConfigError(f"sources.yml has no source '{name}'", remedy=did_you_mean(name, sorted(s.name for s in self.sources)))


def load_config(folder: Path, checks: Checks, delivery_sections: Mapping[str, type[Strict]]) -> Config:
    """Read and check every file of the folder. Raises ConfigError with file, line, key and remedy.

    `delivery_sections` are the keys of company.yml `delivery` that channels need. Commands call orchestration.checked_config, which knows
    the checks and the sections.
    """
    if not folder.is_dir():
        raise ConfigError(
            f"Configuration folder {folder} does not exist",
            remedy="Give --config DIR, or create it with a sources.yml (docs/configuration.md).",
        )
    sources_path = folder / "sources.yml"
    if not sources_path.exists():
        raise ConfigError(
            f"{sources_path} does not exist",
            remedy="Create it: 'sources: [{name: acme, kind: canonical_files, path: exports/acme}]' is enough.",
        )
    sources = read(sources_path, SourcesFile, checks)
    company = read(folder / "company.yml", company_model(delivery_sections), checks)
    reports = read(folder / "reports.yml", ReportsFile, checks)
    _distinct_reports(folder / "reports.yml", reports.reports)
    return Config(
        folder=folder,
        sources=tuple(_resolve_path(source, folder) for source in sources.sources),
        company=company,
        reports=reports.reports,
        digest=_digest(sorted(path for path in folder.rglob("*") if path.suffix in (".yml", ".csv"))),
        mappings_digest=_digest(sorted((folder / "mappings").glob("*.csv"))),
    )


def _resolve_path(source: Source, folder: Path) -> Source:
    """Relative paths are relative to where the command runs first, else to the configuration folder."""
    if not source.path or "://" in source.path or Path(source.path).is_absolute():
        return source
    here = Path(source.path)
    resolved = here if here.exists() else folder / source.path
    return source.model_copy(update={"path": str(resolved.resolve())})


def _distinct_reports(path: Path, reports: tuple[Report, ...]) -> None:
    seen: set[str] = set()
    for report in reports:
        if report.id in seen:
            raise ConfigError(f"{path}: report id '{report.id}' is used twice", remedy="Give each report its own id.")
        seen.add(report.id)
        ids = [subscriber.id for subscriber in report.subscribers]
        doubled = sorted({name for name in ids if ids.count(name) > 1})
        if doubled:
            raise ConfigError(
                f"{path}: report '{report.id}' has subscriber id '{doubled[0]}' twice", remedy="Give each subscriber its own id."
            )


def _digest(paths: list[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()
