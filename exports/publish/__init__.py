"""Publishing: from the private build file to a version folder that readers may open, atomically.

    publish(home, manifest_path=..., facts=...)   write a version, then flip `published/current`
    current(home)                                 what readers see now

table_contracts.py reads what may be published from dbt's manifest; warehouse.py reads the build file and hashes it; publisher.py says what a target
is and registry.py lists them; folder.py writes version folders; state.py is the manifest of a version; comparison.py says how two differ.
"""

from exports.publish.publisher import Publisher
from exports.publish.publishing import Published, publish
from exports.publish.state import PublishedState, RunFacts, current
from exports.publish.table_contracts import ColumnContract, TableContract, read_contracts

__all__ = [
    "ColumnContract",
    "Published",
    "PublishedState",
    "Publisher",
    "RunFacts",
    "TableContract",
    "current",
    "publish",
    "read_contracts",
]
