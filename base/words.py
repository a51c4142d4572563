"""Numbers beside their nouns, as every command and message writes them."""

from __future__ import annotations


def counted(count: int, one: str, many: str | None = None) -> str:
    """`1 stream`, `1,200 streams`; `many` where the plural is no added s."""
    return f"{count:,} {one if count == 1 else many or f'{one}s'}"
