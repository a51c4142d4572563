"""What the gate expects of one staging stream, in a few words; ingestion/gate turns it into Great Expectations suites."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Contract:
    """Columns are those of the staging model. `coded`, `known`: the codes a column may hold. Pairs: the first is not after the second.

    `key`: the columns that name a record to a person, where its record_id does not. `unshown`: columns whose values are never repeated.

    Of every stream a usable key and values that parse are expected. A row that breaks `required`, `coded`, `in_order` or `dated` is
    quarantined; `expected`, `known` and `usually_in_order` only warn, because dropping the row would lose more than it guards.
    """

    required: tuple[str, ...] = ()
    coded: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    expected: tuple[str, ...] = ()
    known: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    in_order: tuple[tuple[str, str], ...] = ()
    usually_in_order: tuple[tuple[str, str], ...] = ()
    dated: tuple[str, ...] = ()
    key: tuple[str, ...] = ()
    unshown: frozenset[str] = frozenset()

    @property
    def columns(self) -> set[str]:
        pairs = {column for pair in (*self.in_order, *self.usually_in_order) for column in pair}
        return {*self.required, *self.coded, *self.expected, *self.known, *self.dated, *self.key} | pairs
