"""What a preflight saw."""

from __future__ import annotations

from dataclasses import dataclass

OK, WARNING, ERROR = "ok", "warning", "error"


@dataclass(frozen=True)
class Finding:
    """One thing seen. `count`: records on the first page or in the files, where something was counted; `is_configuration`: an error of sources.yml."""

    level: str
    stream: str | None
    message: str
    remedy: str | None = None
    count: int | None = None
    is_configuration: bool = False

    @property
    def is_ok(self) -> bool:
        """Nothing that keeps a run from working (warnings do not)."""
        return self.level != ERROR

    def __str__(self) -> str:
        where = f"{self.stream}: " if self.stream else ""
        return f"{where}{self.message}" + (f". {self.remedy}" if self.remedy else "")
