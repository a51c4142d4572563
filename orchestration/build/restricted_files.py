"""The restricted files of a home: people's names, their answers about themselves, and what is counted of them.

    restricted/people.duckdb      names and addresses by candidate_key; read by exports/rights/names.py alone
    restricted/eeo.duckdb         answers by application_key; read by nobody but the next
    restricted/diversity.duckdb   counts and comparisons; what may be shown of it is published/restricted/diversity.duckdb

dbt builds them by a second invocation over the build file (target `restricted`), which cannot change it. Folder and files are the
owner's alone (0700, 0600).
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb

from base.environment import variables as variables_set
from base.errors import DamageError
from base.failures import explained
from base.home import DBT_PROJECT_DIR, Home, set_aside
from base.personal_data import Place
from exports.publish.warehouse import literal
from orchestration.build import dbt
from orchestration.build.arguments import RESTRICTED
from orchestration.build.node_results import raise_on_failure

TARGET = "restricted"

PLACES = (
    Place(
        "names",
        "built again without the person",
        holds=("names", "contacts", "keys"),
        erasure="rebuild",
        format="DuckDB",
        files=("restricted/people.duckdb*",),
    ),
    Place(
        "answers",
        "built again without the person; counts of groups that are frozen stay",
        holds=("answers", "keys"),
        erasure="rebuild",
        format="DuckDB",
        files=("restricted/eeo.duckdb*", "restricted/diversity.duckdb*"),
    ),
)


def build(home: Home, variables: Mapping[str, Any]) -> None:
    """Build the restricted files and publish the diversity file. Raises FunnelcastError, GateError; what was published stays then."""
    from exports.publish.diversity_file import publish_diversity

    home.restricted.mkdir(mode=0o700, exist_ok=True)
    home.restricted.chmod(0o700)
    for path in damaged(home):
        # Built whole each time, so nothing is lost; but dbt would attach it first.
        logging.getLogger("funnelcast").warning("%s was damaged; it is in %s now", path, set_aside(home, path))
    with variables_set({"FUNNELCAST_DBT_PROJECT": str(DBT_PROJECT_DIR)}):
        raise_on_failure(dbt.build(home, select=[RESTRICTED], variables=variables, target=TARGET))
    for path in home.restricted.glob("*.duckdb"):
        path.chmod(0o600)
    publish_diversity(home, dbt.manifest_path(home))


def damaged(home: Home) -> list[Path]:
    """Restricted files, built or published, that cannot be read to their last block."""
    folders = (home.restricted, home.published / "restricted")
    return [path for folder in folders for path in sorted(folder.glob("*.duckdb")) if _is_damaged(path, home)]


def _is_damaged(path: Path, home: Home) -> bool:
    try:
        with duckdb.connect(config={"autoinstall_known_extensions": "false"}) as connection:
            # Under a name of its own: a file `people` with a schema `people` makes `people.x` ambiguous to DuckDB.
            connection.execute(f"attach {literal(str(path))} as looked_at (read_only)")
            tables = connection.execute("select schema_name, table_name from duckdb_tables() where database_name = 'looked_at'").fetchall()
            for schema, table in tables:
                connection.execute(f'select sum(hash(t)) from looked_at."{schema}"."{table}" as t').fetchall()
    except duckdb.Error as error:
        # A file that the build of this process has open still, or that another process reads, is not damaged for that.
        return isinstance(explained(error, home), DamageError)
    return False
