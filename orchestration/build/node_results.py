"""What became of each dbt node, in our words: a status, failing rows, a message without anybody's data; and which of them is an error."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from base.errors import FunnelcastError, GateError
from base.failures import of_text

#: The kinds of DuckDB's errors that speak of files and memory, and not of a query.
_OF_THE_MACHINE = re.compile(r"\b(IO|FATAL|INTERNAL|Serialization|TransactionContext|Invalid Input) Error", re.I)


@dataclass(frozen=True)
class NodeResult:
    """What became of one dbt node. `failures` counts a test's failing rows; `message` is cleaned of data."""

    unique_id: str
    resource_type: str
    status: str
    seconds: float
    failures: int
    message: str

    @property
    def name(self) -> str:
        return self.unique_id.split(".")[2]

    @property
    def is_ok(self) -> bool:
        return self.status in ("success", "pass", "no-op")

    @property
    def is_warning(self) -> bool:
        return self.status == "warn"

    @property
    def is_skipped(self) -> bool:
        return self.status == "skipped"

    @classmethod
    def of(cls, result: Any) -> NodeResult:
        """From dbt's own result."""
        node = result.node
        return cls(
            unique_id=node.unique_id,
            resource_type=str(getattr(node.resource_type, "value", node.resource_type)),
            status=str(getattr(result.status, "value", result.status)),
            seconds=float(result.execution_time or 0),
            failures=int(result.failures or 0),
            message=clean(result.message or ""),
        )

    @classmethod
    def left_alone(cls, unique_id: str) -> NodeResult:
        """Of a model that was not given to dbt (orchestration/build/idle.py)."""
        return cls(unique_id, "model", "no-op", 0.0, 0, "the log has no data for it, or nothing new")


def raise_on_failure(results: Sequence[NodeResult]) -> None:
    """GateError for the first failed test, FunnelcastError for the first model that could not be built; warnings pass."""
    failed = [result for result in results if not (result.is_ok or result.is_warning or result.is_skipped)]
    if not failed:
        return
    broken = [result for result in failed if result.resource_type != "test"]
    more = f" (and {len(failed) - 1} more)" if len(failed) > 1 else ""
    if broken:
        first = broken[0]
        known = of_text(first.message, None) if _OF_THE_MACHINE.search(first.message) else None
        if known:
            raise type(known)(f"dbt {first.resource_type} '{first.name}' could not be built{more}: {known.message}", remedy=known.remedy)
        raise FunnelcastError(
            f"dbt {first.resource_type} '{first.name}' could not be built{more}: {first.message}",
            remedy="Nothing was published; correct the model or the data it reads and run again.",
        )
    first = failed[0]
    found = f"found {first.failures} rows" if first.failures else first.message
    raise GateError(
        f"dbt test '{first.name}' {found}{more}",
        remedy="Nothing was published; the last good state stays. The test's description in dbt_project/ says what it guards.",
    )


def in_order(results: Sequence[NodeResult], left_alone: Sequence[NodeResult], nodes: Mapping[str, Any]) -> list[NodeResult]:
    """All results as if every model had been built: parents before children. What dbt built comes in that order already."""
    place = {result.unique_id: (number, 0) for number, result in enumerate(results)}
    waiting = {result.unique_id for result in left_alone}

    def placed(unique_id: str) -> tuple[int, int]:
        if unique_id not in place:
            parents = [placed(parent) for parent in nodes[unique_id].depends_on.nodes if parent in place or parent in waiting]
            last, depth = max(parents, default=(-1, 0))
            place[unique_id] = (last, depth + 1)
        return place[unique_id]

    return sorted([*results, *left_alone], key=lambda result: placed(result.unique_id))


def clean(message: str) -> str:
    """A database message fit for a log: its telling line, without quoted values (they may be a candidate's)."""
    lines = [line.strip() for line in message.splitlines() if line.strip()]
    telling = next((line for line in lines if re.match(r"(\w+ )?\w*Error: ", line)), None)
    text = telling or " ".join(lines[:3]) or "no message"
    text = re.sub(r"""(string|value|key|record) (["']).*?\2""", r"\1 '...'", text, flags=re.IGNORECASE)
    return text[:300].rstrip(".")
