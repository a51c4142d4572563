"""How many tables are worked on at once: the models of a build, the tables of a publish. Each query has one thread of the engine.

The number changes how long a run takes, never what it computes (docs/decisions/0026-as-many-models-at-once-as-cores.md).
"""

from __future__ import annotations

import os
import re

from base.errors import ConfigError

VARIABLE = "FUNNELCAST_THREADS"
#: Nothing was measured with more: each holds the memory of a query, and the critical path of the build hardly gets shorter.
DEFAULT_AT_MOST = 4
#: Each takes memory and a connection; more than this is a slip of the hand.
AT_MOST = 64


def thread_count() -> int:
    """FUNNELCAST_THREADS, else the cores that this process may use, up to four. Raises ConfigError for what is no such number."""
    text = os.environ.get(VARIABLE, "").strip()
    if not text:
        return min(_cores(), DEFAULT_AT_MOST)
    if not re.fullmatch(r"[0-9]{1,9}", text) or not 1 <= int(text) <= AT_MOST:
        raise ConfigError(
            f"{VARIABLE} is '{text[:40]}', not a number of threads",
            remedy=f"Give 1 to {AT_MOST}, or unset it for one per core, up to four.",
        )
    return int(text)


def _cores() -> int:
    # The affinity, where the system tells it: a container may be given fewer cores than the machine has.
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
