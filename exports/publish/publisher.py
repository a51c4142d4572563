"""The interface of a publishing target. folder.py fills it; PostgreSQL (load into a next schema, swap by rename) is to fill it too."""

from __future__ import annotations

from typing import Protocol

from exports.publish.state import RunFacts
from exports.publish.table_contracts import TableContract
from exports.publish.warehouse import Snapshot


class Publisher(Protocol):
    """Three steps, each safe to repeat: everything is prepared unseen, made visible at once, and tidied afterwards."""

    def has(self, version_id: str) -> bool:
        """Is this version already complete at the target?"""

    def prepare(self, version_id: str, snapshot: Snapshot, contracts: tuple[TableContract, ...], facts: RunFacts) -> None:
        """Copy every table to a place no reader looks at, whole and durable, or leave nothing that counts."""

    def activate(self, version_id: str) -> None:
        """Make the version what readers see, in one step."""

    def retire(self, keep: int) -> None:
        """Drop the oldest versions beyond `keep`; never the one that readers see."""
