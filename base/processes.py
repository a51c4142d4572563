"""Which process is which: a process id is used again, so its start time tells whether it is still the same one."""

from __future__ import annotations

import platform
import subprocess
from pathlib import Path


def start_time(pid: int) -> str | None:
    """Start time of a process in a form that only serves comparison; None when there is no such process."""
    stat = Path(f"/proc/{pid}/stat")
    if stat.exists():
        try:
            # Field 22 of proc(5); the command name before it may hold spaces, so count from its closing parenthesis.
            after_name = stat.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        except OSError:
            return None
        return None if after_name[0] == "Z" else after_name[19]
    if platform.system() == "Linux":
        return None
    answer = subprocess.run(["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return answer.stdout.strip() or None
