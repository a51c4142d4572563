"""What a preflight saw."""

from __future__ import annotations

from dataclasses import dataclass

OK, WARNING, ERROR = "ok", "warning", "error"


@dataclass(frozen=True)
class Finding:
    """One thing seen. `count`: records on the first page or in the file, where something was counted."""

    level: str
    stream: str | None
    message: str
    remedy: str | None = None
    count: int | None = None

    @property
    def is_ok(self) -> bool:
        """Nothing that keeps a run from working (warnings do not)."""
        return self.level != ERROR

    def __str__(self) -> str:
        where = f"{self.stream}: " if self.stream else ""
        return f"{where}{self.message}" + (f". {self.remedy}" if self.remedy else "")


def unusable_keys(stream: str, which: str, rows: int) -> Finding:
    """The finding about rows that the gate would quarantine for want of a key."""
    return Finding(
        WARNING, stream, f"{which} have no usable key and would be quarantined", "Fill the key columns (docs/canonical.md).", rows
    )
