"""What the gate expects of one staging stream, in a few words; ingestion/gate turns it into Great Expectations suites."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace


@dataclass(frozen=True)
class Contract:
    """Columns are those of the staging model. `coded`, `known`: the codes a column may hold. Pairs: the first is not after the second.

    `key`: the columns that name a record to a person, where its record_id does not. `unshown`: columns whose values are never repeated.

    `dated`: times of what has happened, which no row can know before its load; `planned`: times that may lie ahead. `ids`: columns that hold an
    id, never an object or a list.

    `plans`: times without which a row is a plan; nothing is wrong with it, unless more than half of the rows are.

    Of every stream a usable key and values that parse are expected. A row that breaks `required`, `coded`, `in_order`, `dated`, `planned` or
    `ids` is quarantined; `expected`, `known` and `usually_in_order` only warn, because dropping the row would lose more than it guards.
    """

    required: tuple[str, ...] = ()
    coded: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    expected: tuple[str, ...] = ()
    known: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    in_order: tuple[tuple[str, str], ...] = ()
    usually_in_order: tuple[tuple[str, str], ...] = ()
    dated: tuple[str, ...] = ()
    planned: tuple[str, ...] = ()
    plans: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    key: tuple[str, ...] = ()
    unshown: frozenset[str] = frozenset()

    @property
    def columns(self) -> set[str]:
        """Those that the staging model should have."""
        pairs = {column for pair in (*self.in_order, *self.usually_in_order) for column in pair}
        named = (*self.required, *self.coded, *self.expected, *self.known, *self.dated, *self.planned, *self.plans, *self.ids, *self.key)
        return {*named} | pairs

    def within(self, columns: Collection[str]) -> Contract:
        """What of it can be judged in a table with these columns."""

        def listed(names: tuple[str, ...]) -> tuple[str, ...]:
            return tuple(name for name in names if name in columns)

        def paired(pairs: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
            return tuple(pair for pair in pairs if set(pair) <= set(columns))

        return replace(
            self,
            required=listed(self.required),
            coded={name: codes for name, codes in self.coded.items() if name in columns},
            expected=listed(self.expected),
            known={name: codes for name, codes in self.known.items() if name in columns},
            in_order=paired(self.in_order),
            usually_in_order=paired(self.usually_in_order),
            dated=listed(self.dated),
            planned=listed(self.planned),
            plans=listed(self.plans),
            ids=listed(self.ids),
            key=listed(self.key),
        )
