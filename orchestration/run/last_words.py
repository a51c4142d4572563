"""Why a run failed, where its ledger could not be written any more: kept in a file whose room on the disk is taken when all is well.

The next run that can write the ledger notifies the owner, and empties the file.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress

from base.home import Home
from base.personal_data import Place

_FILE = "run.failure"
_SIZE = 4096

PLACES = (Place("last words of a run", "why a run failed whose ledger could not be written: one sentence", format="JSON", files=(_FILE,)),)


def reserve(home: Home) -> None:
    """Take the room. A home that has none is noticed by what the run needs it for."""
    path = home.root / _FILE
    with suppress(OSError):
        if not path.exists() or path.stat().st_size != _SIZE:
            path.write_bytes(b" " * _SIZE)


def leave(home: Home, run_id: str, sentence: str) -> None:
    """Write over the room that is there. Never fails."""
    text = json.dumps({"run_id": run_id, "sentence": sentence[:2000]})
    with suppress(OSError):
        _write(home, text)


def take(home: Home) -> tuple[str, str] | None:
    """(run, sentence) of the run that could not say it elsewhere, if there is one."""
    try:
        found = json.loads((home.root / _FILE).read_text(encoding="utf-8").strip() or "null")
        return (found["run_id"], found["sentence"]) if found else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def clear(home: Home) -> None:
    with suppress(OSError):
        _write(home, "")


def _write(home: Home, text: str) -> None:
    with (home.root / _FILE).open("r+b") as file:
        file.write(text.encode()[:_SIZE].ljust(_SIZE))
        file.flush()
        os.fsync(file.fileno())
