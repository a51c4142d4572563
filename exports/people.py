"""The one guarded door to candidates' names, which are in no published table. Whoever shows a name comes through here, or shows a key.

It fails closed: without the restricted people file, or without the right to read it, there are no names, and a sentence says why.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping

import duckdb

from base.errors import FunnelcastError
from base.home import Home
from exports.publish.warehouse import literal


class NamesClosed(FunnelcastError):
    """Names cannot be shown; the message says why and what is shown instead."""


def names_of(home: Home, candidate_keys: Collection[str]) -> Mapping[str, str]:
    """candidate_key -> name, for those who may read the home's restricted people file. Raises NamesClosed for everybody else."""
    file = home.restricted / "people.duckdb"
    if not file.exists():
        raise NamesClosed(
            "Names are closed: this home has no restricted people file",
            remedy="Leave --names out; keys and the source's own ids lead to the same people there.",
        )
    if not os.access(file, os.R_OK):
        raise NamesClosed(f"Names are closed: you may not read {file}", remedy="Ask who runs Funnelcast for you, or leave --names out.")
    with duckdb.connect(config={"autoinstall_known_extensions": "false"}) as connection:
        connection.execute(f"attach {literal(str(file))} as people (read_only)")
        rows = connection.execute(
            "select candidate_key, candidate_name from people.people.people where candidate_key = any($keys)",
            {"keys": list(candidate_keys)},
        ).fetchall()
    return dict(rows)
