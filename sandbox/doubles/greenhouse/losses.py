"""How a Greenhouse list loses records: what is deleted or merged away is simply gone, and a smaller right shows fewer without a word."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sandbox.model import iso

Row = dict[str, Any]

#: Which member of a record names the thing that takes it along when it is deleted.
_OWNERS = {"applications": "application_id", "candidates": "candidate_id"}


@dataclass
class Losses:
    """`deleted`: stream -> ids. `merged`: candidate -> the one it lives on as. `hidden_share`: of the records that a lost right hides."""

    deleted: dict[str, set[int]] = field(default_factory=dict)
    merged: dict[int, int] = field(default_factory=dict)
    merged_at: int = 0
    hidden_share: float = 0.0

    def apply(self, stream: str, record: Row) -> Row | None:
        """The record as it is served; None when it is not."""
        if record["id"] in self.deleted.get(stream, ()) or (stream == "candidates" and record["id"] in self.merged):
            return None
        if any(record.get(member) in self.deleted.get(owner, ()) for owner, member in _OWNERS.items()):
            return None
        if record["id"] % 1000 < self.hidden_share * 1000:
            return None
        survivor = self.merged.get(record.get("candidate_id", 0))
        if survivor is None:
            return record
        updated = max(record["updated_at"], str(iso(self.merged_at)))
        return {**record, "candidate_id": survivor, "updated_at": updated}
