"""When a whole stream must not pass: too many failing rows, or codes that nobody knows. One sentence per reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TypeVar

from base.words import counted
from ingestion.gate.rules import Rule
from ingestion.gate.verdicts import RuleResult

#: More than this share of a source's new rows failing, or of its codes unknown, ...
FAILED_SHARE = 0.10
UNKNOWN_CODES_SHARE = 0.50
#: ... of at least this many rows: one bad row of three is not a pattern.
FEWEST_ROWS = 50

Key = TypeVar("Key", str, tuple[str, str])

#: Reasons shown per rule.
_SHOWN = 5


class Tally:
    """One rule's failures: rows by source and by reason."""

    def __init__(self, rule: Rule) -> None:
        self.rule = rule
        self.failed: Counter[str] = Counter()
        self._reasons: Counter[tuple[str, str]] = Counter()
        self._taken: Counter[tuple[str, str]] = Counter()

    def add(self, source: str, rows: int, reason: str, *, is_taken: bool) -> None:
        """`is_taken`: no rule sets the rows aside, so they are in the figures as they are."""
        self.failed[source] += rows
        self._reasons[source, reason] += rows
        if is_taken:
            self._taken[source, reason] += rows

    def result(self, evaluated: int) -> RuleResult:
        of_all: Counter[str] = Counter()
        for (_, reason), rows in self._reasons.items():
            of_all[reason] += rows
        explanation = "; ".join(f"{reason} ({counted(rows, 'row')})" for reason, rows in _most(of_all)[:_SHOWN])
        reasons = tuple((source, reason, rows) for (source, reason), rows in _most(self._taken))
        failed = self.failed.total() if self.failed.total() > self.rule.tolerated * evaluated else 0
        return RuleResult(self.rule.name, self.rule.severity, evaluated, failed, explanation, reasons)


def _most(reasons: Counter[Key]) -> list[tuple[Key, int]]:
    """Those with the most rows first."""
    return sorted(reasons.items(), key=lambda item: (-item[1], item[0]))


def blocks(source: str, stream: str, rows: int, failed: int, tallies: Sequence[Tally], *, is_waived: bool) -> list[str]:
    """Why `stream` of `source` must not pass, given its new rows and how many failed; empty = it may.

    `is_waived`: the fewest rows do not matter, because the stream is blocked already and a few more bad rows must not free it.
    """
    if rows < FEWEST_ROWS and not is_waived:
        return []
    found: list[str] = []
    if failed > FAILED_SHARE * rows:
        found.append(f"{source} {stream}: {failed:,} of {rows:,} new rows break a rule, and more than {FAILED_SHARE:.0%} may not")
    for tally in tallies:
        unknown = tally.failed[source]
        if tally.rule.is_code and unknown > UNKNOWN_CODES_SHARE * rows:
            found.append(
                f"{source} {stream}: {unknown:,} of {rows:,} new rows fail {tally.rule.name} with codes that nobody knows;"
                " the source has changed its codes, or the file is another table's"
            )
    return found
