"""How the values of a file or database are read before they enter the log: texts that mean nothing, stated formats of dates and numbers.

What a stated format does not read stays as it is: ISO dates and plain numbers are read without one, and the gate names the rest.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

from base.config import TableMapping
from base.config.sources import null_texts
from ingestion.canonical.formats import read_date, read_decimal
from ingestion.canonical.tables import Table

#: Directives of strptime that read a time of day.
_CLOCK_DIRECTIVES = ("%H", "%I", "%X", "%c")


class Values:
    """The reading rules of one table. `nulls`: what was read as nothing, by column and text, for a message."""

    def __init__(self, table: Table, mapping: TableMapping) -> None:
        self.nulls: Counter[tuple[str, str]] = Counter()
        texts = null_texts() if mapping.null_values is None else mapping.null_values
        self._null_texts = frozenset(text.strip().lower() for text in texts)
        has_clock = bool(mapping.date_format and any(directive in mapping.date_format for directive in _CLOCK_DIRECTIVES))
        self._readers: dict[str, Callable[[str], str] | None] = {}
        for name in table.valued:
            column = table.columns[name]
            self._readers[name] = None
            if mapping.date_format and column.type in ("timestamp", "date"):
                self._readers[name] = partial(_iso, mapping.date_format, has_clock and column.type == "timestamp")
            elif mapping.decimal and column.type in ("integer", "double"):
                self._readers[name] = partial(_number, mapping.decimal)
        self._readers["observed_at"] = partial(_iso, mapping.date_format, has_clock) if mapping.date_format else None
        self._readers["source_system"] = None

    def notices(self, place: str) -> list[str]:
        """What was read as nothing since the last call, as sentences."""
        by_column: dict[str, list[str]] = {}
        for (column, text), count in sorted(self.nulls.items()):
            by_column.setdefault(column, []).append(f"'{text}' in {count:,} row{'s' if count > 1 else ''}")
        self.nulls.clear()
        return [f"{place}: of column {column}, {', '.join(found)} read as empty (null_values)" for column, found in by_column.items()]

    def read(self, record: dict[str, Any]) -> None:
        """Change the record's values in place."""
        readers = self._readers
        for name, value in record.items():
            if type(value) is str:
                if name not in readers:
                    continue
                if value.strip().lower() in self._null_texts:
                    self.nulls[name, value.strip()] += 1
                    record[name] = None
                elif reader := readers[name]:
                    record[name] = reader(value)
            elif type(value) is float and not math.isfinite(value):
                # JSON has neither; NaN is how data frames write nothing, and an infinity is a mistake that the gate must see.
                record[name] = None if math.isnan(value) else str(value)


def _iso(date_format: str, has_clock: bool, text: str) -> str:
    moment = read_date(text, date_format)
    if moment is None:
        return text
    return moment.isoformat() if has_clock else moment.date().isoformat()


def _number(decimal: str, text: str) -> str:
    return read_decimal(text, decimal) or text
