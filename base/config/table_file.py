"""A CSV file of the configuration: its rows as text with their lines; what is no such table is a ConfigError with file, line and remedy."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from base.config.text_file import read_text
from base.errors import ConfigError
from base.registry import did_you_mean


@dataclass(frozen=True)
class TableRow:
    """Trimmed cells by column; `line` is where the row begins (a cell in quotes may go over several)."""

    line: int
    cells: Mapping[str, str]


def read_table(path: Path, columns: Sequence[str], required: Sequence[str]) -> Iterator[TableRow]:
    """The rows under a header of these columns, of which the required ones must be there; blank lines are left out. Raises ConfigError."""
    lines = _lines(path, read_text(path))
    _, header = next(lines, (1, []))
    names = [name.strip() for name in header]
    _check_header(path, names, columns, required)
    for line, cells in lines:
        if len(cells) > len(names):
            raise ConfigError(
                f"{path}:{line}: {len(cells)} cells, where the first line names {len(names)} columns",
                remedy='Put a cell with a comma into quotes ("one, two"), or remove what is too much.',
            )
        yield TableRow(line, dict(zip(names, (cell.strip() for cell in cells), strict=False)))


def _lines(path: Path, text: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    before = 0
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield before + 1, cells
            before = reader.line_num
    except csv.Error as error:
        raise ConfigError(
            f"{path}:{before + 1}: not valid CSV ({error})", remedy="Close every quote, and double one inside a cell."
        ) from error


def _check_header(path: Path, names: list[str], columns: Sequence[str], required: Sequence[str]) -> None:
    whole = ",".join(names)
    for separator, word in ((";", "semicolons"), ("\t", "tabs"), ("|", "bars")):
        if separator in whole:
            raise ConfigError(f"{path}:1: its cells stand between {word}", remedy="Save it with commas (in Excel: 'CSV UTF-8').")
    for number, name in enumerate(names):
        if name not in columns:
            raise ConfigError(f"{path}:1: unknown column '{name}'", remedy=did_you_mean(name, columns))
        if name in names[:number]:
            raise ConfigError(f"{path}:1: column '{name}' appears twice", remedy="Keep one of them.")
    for name in required:
        if name not in names:
            raise ConfigError(f"{path}:1: column '{name}' is missing", remedy=f"Columns: {', '.join(columns)}.")
