"""The environment variables FUNNELCAST_* that change how a run works, each checked before anything begins."""

from __future__ import annotations

import os
import re

from base import clock
from base.errors import ConfigError
from base.faults import check_fault
from base.threads import thread_count

MEMORY_VARIABLE = "FUNNELCAST_MEMORY"
_MEMORY = re.compile(r"([0-9]{1,6}(?:\.[0-9]{1,3})?)\s*([MGT])i?B", re.IGNORECASE)
_MEGABYTES = {"M": 1, "G": 1000, "T": 1_000_000}
#: Below it the build fails at the first large join; above it is no machine.
LEAST_MEGABYTES, MOST_MEGABYTES = 200, 64_000_000


def check_settings() -> None:
    """Raises ConfigError for the first variable that says what cannot be done, naming it and what may be said."""
    clock.now()
    thread_count()
    check_fault()
    text = os.environ.get(MEMORY_VARIABLE, "").strip()
    found = _MEMORY.fullmatch(text)
    if text and not (found and LEAST_MEGABYTES <= float(found[1]) * _MEGABYTES[found[2].upper()] <= MOST_MEGABYTES):
        raise ConfigError(
            f"{MEMORY_VARIABLE} is '{text[:40]}', not an amount of memory",
            remedy=f"Write it like 5GB (at least {LEAST_MEGABYTES}MB), or unset it.",
        )
