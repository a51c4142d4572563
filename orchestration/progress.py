"""What a waiting person sees: one line per step, and how far a long step is. Steps get a callable, never a terminal."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

Progress = Callable[[str], None]


def quiet(_text: str) -> None:
    """Says nothing (tests, runs launched by Dagster)."""


class Lines:
    """One line per step on stderr, with the seconds since the start. On a terminal `update` rewrites the last line in place."""

    def __init__(self) -> None:
        self._started = time.monotonic()
        self._is_terminal = sys.stderr.isatty()
        self._has_open_line = False

    def __call__(self, text: str) -> None:
        self._close()
        sys.stderr.write(f"{time.monotonic() - self._started:6.1f} s  {text}\n")
        sys.stderr.flush()

    def update(self, text: str) -> None:
        if self._is_terminal:
            sys.stderr.write(f"\r\x1b[2K{'':10}{text[:100]}")
            sys.stderr.flush()
            self._has_open_line = True

    def _close(self) -> None:
        if self._has_open_line:
            sys.stderr.write("\r\x1b[2K")
            self._has_open_line = False


def update(progress: Progress, text: str) -> None:
    """How far the step is, where the progress can show it; nothing otherwise."""
    if isinstance(progress, Lines):
        progress.update(text)
