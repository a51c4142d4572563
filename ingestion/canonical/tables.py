"""The canonical tables (docs/canonical.md) as `vars.canonical_tables` of dbt_project.yml specifies them, checked and typed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any, Literal, Self

from pydantic import Field, TypeAdapter, ValidationError, model_validator

from base.config.strict import Strict
from base.dbt_vars import dbt_vars
from base.errors import ConfigError

Type = Literal["text", "code", "timestamp", "date", "boolean", "integer", "double"]
#: A restricted file (docs/adverse-impact.md, docs/identity.md): restricted/<name>.duckdb.
RestrictedFile = Literal["people", "eeo"]


class Column(Strict):
    """What the comment above `canonical_tables` explains. `strict`: another code than those of `codes` puts the row in quarantine."""

    type: Type
    key: bool = False
    nullable: bool = False
    required: bool = False
    expected: bool = False
    codes: tuple[str, ...] = ()
    strict: bool = False
    entity: str | None = None
    references: str | None = None
    elsewhere: bool = False
    retired: bool = False
    restricted: RestrictedFile | None = None
    evidence: bool = False
    planned: bool = False
    open_ended: bool = False
    verbatim: bool = False
    earliest: bool = False
    description: str = ""

    @model_validator(mode="after")
    def _is_consistent(self) -> Self:
        if sum((self.key, self.required, self.expected)) > 1:
            raise ValueError("a column is one of key, required and expected")
        if self.nullable and not self.key:
            raise ValueError("only a column of the key is nullable; every other is, unless it is required")
        if self.codes and self.type != "code":
            raise ValueError("a column with codes is of type code")
        if self.strict and not self.codes:
            raise ValueError("a strict column lists its codes")
        if (self.elsewhere or self.retired) and not self.references:
            raise ValueError("only a column that references a table is `elsewhere` or `retired`")
        if (self.planned and self.type != "timestamp") or (self.open_ended and self.type != "date"):
            raise ValueError("a timestamp may be planned, a date open_ended")
        return self


class Table(Strict):
    """One table. Column names are in the order of the relation."""

    row: str
    notes: str = ""
    restricted: RestrictedFile | None = None
    derived: dict[str, str] = Field(default_factory=dict)
    columns: dict[str, Column]

    @model_validator(mode="after")
    def _has_a_key(self) -> Self:
        if not self.key:
            raise ValueError("a table has a column with key that is not nullable")
        if len([column for column in self.columns.values() if column.entity]) > 1:
            raise ValueError("a row stands for one entity")
        return self

    @cached_property
    def key(self) -> tuple[str, ...]:
        """The columns of the key that a row cannot do without."""
        return self._where(lambda column: column.key and not column.nullable)

    @cached_property
    def nullable_key(self) -> tuple[str, ...]:
        return self._where(lambda column: column.nullable)

    @cached_property
    def required(self) -> tuple[str, ...]:
        return self._where(lambda column: column.required)

    @cached_property
    def expected(self) -> tuple[str, ...]:
        return self._where(lambda column: column.expected)

    @property
    def needed(self) -> tuple[str, ...]:
        """What a file should have a column for."""
        return (*self.key, *self.required, *self.expected)

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """Columns of ids: what rows are joined by."""
        return self._where(lambda column: column.type == "text" and bool(column.references or column.entity))

    @cached_property
    def valued(self) -> frozenset[str]:
        """Columns in which a text can mean nothing (`null_texts`): ids, keys and typed values, not what people write."""
        return frozenset(
            name
            for name, column in self.columns.items()
            if not column.verbatim and (column.type != "text" or column.key or column.references or column.entity)
        )

    @cached_property
    def earliest(self) -> tuple[str, ...]:
        """Columns of which rows of one file that agree in all others give the earliest."""
        return self._where(lambda column: column.earliest)

    @cached_property
    def events(self) -> tuple[str, ...]:
        """Columns of times that cannot lie after the row's load."""
        return self._where(lambda column: column.type == "timestamp" and not column.planned)

    @cached_property
    def plans(self) -> tuple[str, ...]:
        """Columns of times and dates that may."""
        return self._where(lambda column: column.planned or (column.type == "date" and not column.open_ended))

    @cached_property
    def unshown(self) -> frozenset[str]:
        """Columns whose values no message repeats: restricted ones, and of a restricted table all that are no ids."""
        return frozenset(
            name
            for name, column in self.columns.items()
            if column.restricted or (self.restricted and not (column.references or column.entity))
        )

    @property
    def entity(self) -> str | None:
        """The column of the row's own id, by which deletions name it."""
        return next(iter(self._where(lambda column: column.entity is not None)), None)

    @property
    def entity_code(self) -> str | None:
        """The code under which deletions name it, beside the table's name."""
        return self.columns[self.entity].entity if self.entity else None

    def _where(self, holds: Callable[[Column], bool]) -> tuple[str, ...]:
        return tuple(name for name, column in self.columns.items() if holds(column))


def read_tables(written: Mapping[str, Any]) -> dict[str, Table]:
    """The tables as written. Raises ConfigError naming the table, the column and what is wrong with it."""
    try:
        tables = TypeAdapter(dict[str, Table]).validate_python(written)
    except ValidationError as error:
        first = error.errors()[0]
        raise _wrong([str(part) for part in first["loc"]], first["msg"].removeprefix("Value error, ")) from None
    for table_name, table in tables.items():
        for name, column in table.columns.items():
            if column.references and not (column.references in tables and tables[column.references].entity):
                place = [table_name, "columns", name, "references"]
                raise _wrong(place, f"'{column.references}' is not a table whose rows have an id of their own (entity)")
    return tables


def _wrong(place: list[str], what: str) -> ConfigError:
    return ConfigError(
        f"dbt_project.yml: vars.canonical_tables.{'.'.join(place)}: {what}",
        remedy="The comment above canonical_tables says what may be written there.",
    )


#: Columns that any table may carry beside its own.
COMMON_COLUMNS = ("observed_at", "source_system")

TABLES: dict[str, Table] = read_tables(dbt_vars()["canonical_tables"])
