"""The one guarded door to candidates' names, which are in no published table. Whoever shows a name comes through here, or shows a key.

It fails closed: without the restricted people file, or without the right to read it, there are no names, and a sentence says why.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import duckdb

from base.home import Home
from exports.publish.warehouse import literal
from exports.rights.access import for_reading


def names_of(home: Home, candidate_keys: Collection[str]) -> Mapping[str, str]:
    """candidate_key -> name, for those who may read the home's restricted people file. Raises RestrictedClosed for everybody else."""
    file = for_reading(
        home.restricted / "people.duckdb", "No names", remedy="Leave out --names; the keys and ids lead to the people in the source."
    )
    with duckdb.connect(config={"autoinstall_known_extensions": "false"}) as connection:
        connection.execute(f"attach {literal(str(file))} as people (read_only)")
        rows = connection.execute(
            "select candidate_key, candidate_name from people.people.people where candidate_key = any($keys)",
            {"keys": list(candidate_keys)},
        ).fetchall()
    return dict(rows)
