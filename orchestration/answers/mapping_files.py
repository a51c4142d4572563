"""The tenant's mapping files (config/mappings/*.csv), checked before a run: columns, codes, dates; named by file and line.

dbt reads the same files (models/staging/config) and applies them. Codes come from the seeds in dbt_project/seeds/terminology, so a code
that is allowed here is a code that the models know.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from base.errors import ConfigError
from base.registry import did_you_mean
from base.seeds import seed_codes

_DATES = ("valid_from", "valid_to")


@dataclass(frozen=True)
class Codes:
    """The codes that a seed lists in one of its columns."""

    seed: str
    column: str


@dataclass(frozen=True)
class MappingFile:
    """`required` cells may not be empty; `codes` says where a column's values are listed, or the values themselves.

    `dates` hold ISO days, `numbers` numbers.
    """

    name: str
    required: tuple[str, ...]
    optional: tuple[str, ...]
    codes: Mapping[str, Codes | tuple[str, ...]]
    dates: tuple[str, ...] = _DATES
    numbers: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*self.required, *self.optional, *self.dates)))


#: Two records of candidates: how rulings on who is one person name them (docs/identity.md).
_PAIR = ("source_system", "candidate_id", "other_source_system", "other_candidate_id")

FILES = (
    MappingFile(
        "stages",
        ("stage_name", "stage_code"),
        ("source_system", "job_id"),
        {"stage_code": Codes("canonical_stages", "stage_code")},
    ),
    MappingFile(
        "reasons",
        ("close_reason_name",),
        ("source_system", "decline_reason_code", "direction_code", "is_conduct"),
        {
            "decline_reason_code": Codes("decline_reasons", "decline_reason_code"),
            "direction_code": ("company", "candidate", "neither"),
            "is_conduct": ("true", "false"),
        },
    ),
    MappingFile(
        "sources",
        ("source_name",),
        ("source_system", "channel_code", "origin_code"),
        {
            "channel_code": Codes("source_channels", "channel_code"),
            "origin_code": ("applied", "sourced", "referred", "agency", "internal"),
        },
    ),
    MappingFile("identity_links", _PAIR, ("note",), {}),
    MappingFile("identity_splits", _PAIR, ("note",), {}),
    MappingFile(
        "decline_answers",
        ("offer_id", "decline_reason_code", "answered_on", "answered_by"),
        ("source_system",),
        {"decline_reason_code": Codes("decline_reasons", "decline_reason_code")},
        dates=("answered_on",),
    ),
)

#: Beside the folder of mappings: figures of others that the company holds itself.
BENCHMARKS = MappingFile(
    "benchmarks",
    ("source_name", "period", "definition_code", "benchmark_value"),
    (
        *("segment_type_code", "segment_name", "report_name", "published_year", "sample_size"),
        *("statistic_code", "url", "confidence_code", "source_definition", "note"),
    ),
    {
        "definition_code": Codes("benchmark_definitions", "definition_code"),
        "segment_type_code": ("all", "country", "industry", "size", "role", "origin", "job_family", "department"),
    },
    dates=(),
    numbers=("benchmark_value", "published_year"),
)


def check_mappings(folder: Path) -> dict[str, int]:
    """Rows per mapping file that is there. Raises ConfigError at the first mistake, with file, line, column and remedy."""
    known = {f"{file.name}.csv" for file in FILES}
    for path in sorted(folder.glob("*.csv")):
        if path.name not in known:
            raise ConfigError(f"{path}: unknown mapping file", remedy=f"Known: {', '.join(sorted(known))}.")
    paths = [*((file, folder / f"{file.name}.csv") for file in FILES), (BENCHMARKS, folder.parent / "benchmarks.csv")]
    return {file.name: _check(path, file) for file, path in paths if path.exists()}


def _check(path: Path, file: MappingFile) -> int:
    with path.open(encoding="utf-8-sig", newline="") as handle:
        reader = csv.DictReader(handle)
        header = [name.strip() for name in reader.fieldnames or []]
        for name in header:
            if name not in file.columns:
                raise ConfigError(f"{path}:1: unknown column '{name}'", remedy=did_you_mean(name, file.columns))
        for name in file.required:
            if name not in header:
                raise ConfigError(f"{path}:1: column '{name}' is missing", remedy=f"Columns: {', '.join(file.columns)}.")
        count = 0
        for row in reader:
            _check_row(path, reader.line_num, file, {key.strip(): (value or "").strip() for key, value in row.items() if key})
            count += 1
        return count


def _check_row(path: Path, line: int, file: MappingFile, row: Mapping[str, str]) -> None:
    for name in file.required:
        if not row.get(name):
            raise ConfigError(f"{path}:{line}: {name} is empty", remedy="Fill it or remove the line.")
    for name in file.codes:
        value = row.get(name)
        codes = allowed_codes(file, name)
        if value and value not in codes:
            raise ConfigError(f"{path}:{line}: {name} '{value}' is not a known code", remedy=did_you_mean(value, codes))
    if file.required == _PAIR and (row[_PAIR[0]], row[_PAIR[1]]) == (row[_PAIR[2]], row[_PAIR[3]]):
        raise ConfigError(
            f"{path}:{line}: both records are {row[_PAIR[0]]} {row[_PAIR[1]]}", remedy="Name two records, or remove the line."
        )
    days = {name: _date(path, line, name, row[name]) for name in file.dates if row.get(name)}
    for name in file.numbers:
        if row.get(name):
            _number(path, line, name, row[name])
    if file.dates == _DATES and len(days) == 2 and days["valid_from"] > days["valid_to"]:
        raise ConfigError(f"{path}:{line}: valid_from is after valid_to", remedy="Swap them; an empty date means open.")


def _date(path: Path, line: int, name: str, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ConfigError(f"{path}:{line}: {name} '{text}' is not a date", remedy="Write it like 2026-06-30, or leave it empty.") from error


def _number(path: Path, line: int, name: str, text: str) -> float:
    try:
        return float(text)
    except ValueError as error:
        raise ConfigError(f"{path}:{line}: {name} '{text}' is not a number", remedy="Write it like 0.42 (shares from 0 to 1).") from error


def allowed_codes(file: MappingFile, column: str) -> tuple[str, ...]:
    """The codes a column may hold, in the seed's order."""
    source = file.codes[column]
    return seed_codes(source.seed, source.column) if isinstance(source, Codes) else source
