"""The tenant's mapping files (config/mappings/*.csv), checked before a run: columns, codes, dates; named by file and line.

dbt reads the same files (models/staging/config) and applies them. Codes come from the seeds in dbt_project/seeds/terminology, so a code
that is allowed here is a code that the models know.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from base.config.table_file import read_table
from base.config.text_file import is_there
from base.errors import ConfigError
from base.names import folded
from base.registry import did_you_mean, near_and_known
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

    `dates` hold ISO days, `numbers` numbers. No two rows may have the same cells of `key`: of two that differ in the code, one would win silently.
    """

    name: str
    required: tuple[str, ...]
    optional: tuple[str, ...]
    codes: Mapping[str, Codes | tuple[str, ...]]
    dates: tuple[str, ...] = _DATES
    numbers: tuple[str, ...] = ()
    key: tuple[str, ...] = ()

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
        key=("source_system", "stage_name", "job_id", "valid_from"),
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
        key=("source_system", "close_reason_name", "valid_from"),
    ),
    MappingFile(
        "sources",
        ("source_name",),
        ("source_system", "channel_code", "origin_code"),
        {
            "channel_code": Codes("source_channels", "channel_code"),
            "origin_code": ("applied", "sourced", "referred", "agency", "internal"),
        },
        key=("source_system", "source_name", "valid_from"),
    ),
    MappingFile("identity_links", _PAIR, ("note",), {}, key=(*_PAIR, "valid_from")),
    MappingFile("identity_splits", _PAIR, ("note",), {}, key=(*_PAIR, "valid_from")),
    MappingFile(
        "decline_answers",
        ("offer_id", "decline_reason_code", "answered_on", "answered_by"),
        ("source_system",),
        {"decline_reason_code": Codes("decline_reasons", "decline_reason_code")},
        dates=("answered_on",),
        key=("source_system", "offer_id", "answered_on"),
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
    key=(
        *("source_name", "period", "definition_code", "segment_type_code", "segment_name", "report_name", "published_year"),
        *("statistic_code", "source_definition"),
    ),
)


def check_mappings(folder: Path) -> dict[str, int]:
    """Rows per mapping file that is there. Raises ConfigError at the first mistake, with file, line, column and remedy."""
    names = {f"{file.name}.csv" for file in FILES}
    for path in _entries(folder):
        if path.suffix.lower() == ".csv" and path.name not in names:
            raise ConfigError(f"{path}: unknown mapping file", remedy=near_and_known(path.name, names))
        if path.name not in names and f"{path.stem}.csv" in names:
            raise ConfigError(f"{path} is not read", remedy=f"Save it as {path.stem}.csv, or remove it.")
    paths = [*((file, folder / f"{file.name}.csv") for file in FILES), (BENCHMARKS, folder.parent / "benchmarks.csv")]
    return {file.name: _check(path, file) for file, path in paths if is_there(path)}


def _entries(folder: Path) -> list[Path]:
    if not is_there(folder):
        return []
    try:
        return sorted(folder.iterdir())
    except OSError as error:
        raise ConfigError(
            f"{folder} is not a folder that can be read ({error.strerror})", remedy="Keep the mapping files in it."
        ) from error


def _check(path: Path, file: MappingFile) -> int:
    count = 0
    seen: dict[tuple[str, ...], int] = {}
    for row in read_table(path, file.columns, file.required):
        _check_row(path, row.line, file, row.cells)
        key = tuple(folded(row.cells.get(name, "")) for name in file.key)
        if key in seen:
            subject = ", ".join(f"{name} '{row.cells[name]}'" for name in file.key if row.cells.get(name))
            raise ConfigError(f"{path}:{row.line}: line {seen[key]} is about {subject} already", remedy="Keep one of the two lines.")
        seen[key] = row.line
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
            _check_number(path, line, name, row[name])
    if file.dates == _DATES and len(days) == 2 and days["valid_from"] > days["valid_to"]:
        raise ConfigError(f"{path}:{line}: valid_from is after valid_to", remedy="Swap them; an empty date means open.")


def _date(path: Path, line: int, name: str, text: str) -> date:
    try:
        # Python reads 20260630 too, dbt does not.
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise ConfigError(f"{path}:{line}: {name} '{text}' is not a date", remedy="Write it like 2026-06-30, or leave it empty.")


def _check_number(path: Path, line: int, name: str, text: str) -> None:
    if not re.fullmatch(r"[-+]?([0-9]{1,12}\.?[0-9]{0,12}|\.[0-9]{1,12})", text):
        raise ConfigError(f"{path}:{line}: {name} '{text}' is not a number", remedy="Write it like 0.42 (shares from 0 to 1).")


def allowed_codes(file: MappingFile, column: str) -> tuple[str, ...]:
    """The codes a column may hold, in the seed's order."""
    source = file.codes[column]
    return seed_codes(source.seed, source.column) if isinstance(source, Codes) else source


def codes_to_fill_in(name: str) -> dict[str, tuple[str, ...]]:
    """The columns of a mapping file that hold codes, with those that they may hold."""
    file = next(file for file in FILES if file.name == name)
    return {column: allowed_codes(file, column) for column in file.codes}
