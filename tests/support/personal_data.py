"""What files say about the simulated company's candidates: names and contacts, looked for in whatever format a file has."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from sandbox.world import World

_EMAIL = re.compile(r"[\w.+-]+@[\w.-]+\w")
_PHONE = re.compile(r"(?<!\d)\d{10,15}(?!\d)")
_LINK = re.compile(r"linkedin\.com/in/([\w-]+)")


class Candidates:
    """The candidates of a world, but for those whose name an employee has too."""

    def __init__(self, world: World) -> None:
        employees = {(user.first_name, user.last_name) for user in world.users}
        people = [person for person in world.persons if person.employee is None]
        self._contacts = {
            _EMAIL: {p.email for p in people},
            _PHONE: {p.phone.lstrip("+") for p in people},
            _LINK: {p.linkedin for p in people},
        }
        self._names = {(person.first_name, person.last_name) for person in people} - employees
        first = "|".join(sorted({first for first, _ in self._names}))
        #: `Ada Lovelace`, and members of a record: `"first_name":"Ada","id":7,"last_name":"Lovelace"`.
        self._name_patterns = (
            re.compile(rf"\b({first})\W{{1,2}}([^\W\d_]+)"),
            re.compile(rf"first_name\W{{1,5}}({first})\b.{{1,200}}?last_name\W{{1,5}}([^\W\d_]+)"),
        )

    def found_in(self, path: Path) -> set[str]:
        """`names`, `contacts`: which of them the file holds of at least one candidate."""
        found = set()
        for text in _texts(path):
            if "contacts" not in found and self._has_contacts(text):
                found.add("contacts")
            if "names" not in found and any(not self._names.isdisjoint(pattern.findall(text)) for pattern in self._name_patterns):
                found.add("names")
        return found

    def _has_contacts(self, text: str) -> bool:
        # Around each @: a pattern that begins with any letter is slow over whole tables.
        addresses = " ".join(text[max(at.start() - 60, 0) : at.start() + 60] for at in re.finditer("@", text))
        texts = {_EMAIL: addresses, _PHONE: text, _LINK: text}
        return any(not known.isdisjoint(pattern.findall(texts[pattern])) for pattern, known in self._contacts.items())


def _texts(path: Path) -> Iterator[str]:
    """The file's text, in pieces; of tables the columns of text, row by row."""
    if path.suffix == ".parquet":
        table = pq.read_table(path)
        for column in table.columns:
            if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
                yield "\n".join(value or "" for value in column.to_pylist())
    elif path.suffix == ".duckdb":
        with duckdb.connect(config={"autoinstall_known_extensions": "false"}) as connection:
            connection.execute(f"attach '{path}' as looked_at (read_only)")
            tables = connection.execute(
                "select schema_name, table_name, list(column_name) from duckdb_columns()"
                " semi join duckdb_tables() using (database_name, schema_name, table_name) where data_type like '%VARCHAR%' group by all"
            ).fetchall()
            for schema, table, columns in tables:
                members = ", ".join(f"'{column}': \"{column}\"" for column in columns)
                rows = connection.execute(f'select {{{members}}}::varchar from looked_at."{schema}"."{table}"')
                while part := rows.fetchmany(10_000):
                    yield "\n".join(row[0] for row in part)
    else:
        yield path.read_bytes().decode("utf-8", "ignore")
