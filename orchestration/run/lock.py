"""One run at a time per home: an OS lock that dies with its holder, and who holds it.

flock on home/run.lock: the kernel releases it however the process ends, so a killed run never blocks the next. The file's text (pid,
start time) is only for the message; the lock, not the text, is the truth.
"""

from __future__ import annotations

import fcntl
import json
import os
import platform
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TextIO

from base.errors import BusyError
from base.home import Home, set_aside
from base.personal_data import Place
from base.processes import start_time

PLACES = (Place("run lock", "a process id and when it started", format="JSON", files=("run.lock",)),)


@dataclass(frozen=True)
class Process:
    """A process, told apart from a later one with the same pid: `started` is its start time, `boot` the machine's boot."""

    pid: int
    started: str
    boot: str

    @classmethod
    def this(cls) -> Process:
        pid = os.getpid()
        return cls(pid, start_time(pid) or "", _boot_id())

    def is_alive(self) -> bool:
        """Whether exactly this process runs on this machine (a process of another boot or machine counts as gone)."""
        return self.boot == _boot_id() and bool(self.started) and start_time(self.pid) == self.started


@contextmanager
def run_lock(home: Home) -> Iterator[None]:
    """Hold the home's run lock for the block. Raises BusyError naming the holder when another process has it."""
    if home.run_lock.is_dir():
        set_aside(home, home.run_lock)
    with home.run_lock.open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BusyError(
                f"Another run holds {home.root} ({_holder(home.run_lock)})",
                remedy="Wait until it ends, or stop that process; the lock ends with its process.",
            ) from error
        _write(file, json.dumps(asdict(Process.this())))
        try:
            yield
        finally:
            _write(file, "")
            fcntl.flock(file, fcntl.LOCK_UN)


def _write(file: TextIO, text: str) -> None:
    """The text is only for a message: a full disk must not stop who holds the lock."""
    with suppress(OSError):
        file.seek(0)
        file.truncate()
        file.write(text)
        file.flush()


def _holder(path: Path) -> str:
    try:
        return f"process {json.loads(path.read_text(encoding='utf-8'))['pid']}"
    except (OSError, ValueError, KeyError):
        return "its process is just starting"


def _boot_id() -> str:
    boot = Path("/proc/sys/kernel/random/boot_id")
    return boot.read_text(encoding="utf-8").strip() if boot.exists() else platform.node()
