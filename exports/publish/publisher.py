"""The interface of a publishing target; registry.py lists those there are."""

from __future__ import annotations

from abc import ABC, abstractmethod

from base.home import Home
from exports.publish.state import RunFacts
from exports.publish.table_contracts import TableContract
from exports.publish.warehouse import Snapshot


class Publisher(ABC):
    """Three steps, each safe to repeat: everything is prepared unseen, made visible at once, and tidied afterwards."""

    def __init__(self, home: Home) -> None:
        self.home = home

    @abstractmethod
    def has(self, version_id: str) -> bool:
        """Is this version already complete at the target?"""

    @abstractmethod
    def prepare(self, version_id: str, snapshot: Snapshot, contracts: tuple[TableContract, ...], facts: RunFacts) -> None:
        """Copy every table to a place no reader looks at, whole and durable, or leave nothing that counts."""

    @abstractmethod
    def activate(self, version_id: str) -> None:
        """Make the version what readers see, in one step."""

    @abstractmethod
    def retire(self, keep: int) -> None:
        """Drop the oldest versions beyond `keep`; never the one that readers see."""
