"""Python's cyclic collector while records stream by.

Pages are trees that die by reference count, but every few hundred of their dicts start a collection, and each walks all that the process
has ever imported: measured (benchmarks, 200,000 records of 1.6 KB), a quarter of the CPU of an extraction.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

#: Containers that must have been added (less those freed) before the collector looks: a part's rows stay below, leaked cycles do not.
_YOUNG_CONTAINERS = 200_000


@contextmanager
def rare_collections() -> Iterator[None]:
    """Within the block the collector runs seldom; memory stays bounded, because it still runs."""
    before = gc.get_threshold()
    gc.set_threshold(_YOUNG_CONTAINERS, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
