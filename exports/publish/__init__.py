"""Publishing: from the private build file to a version folder that readers may open, atomically.

    publish(home, manifest_path=..., facts=...)   write a version, then flip `published/current`
    current(home)                                 what readers see now

contracts.py reads what may be published from dbt's manifest; warehouse.py reads the build file and hashes it; folder.py writes version
folders; state.py is the manifest of a version; publisher.py is the interface that a PostgreSQL publisher would also fill.
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
