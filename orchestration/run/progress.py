"""What a waiting person sees: one line per step, and how far a long step is. Steps get a callable, never a terminal."""

from __future__ import annotations

import sys
import threading
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


class StreamCounts:
    """The sum over the streams of one source, for ingestion (ingestion.extract.results.StreamProgress); called from several threads."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._lock = threading.Lock()
        self._fetched: dict[str, int] = {}
        self._running: set[str] = set()

    def started(self, source: str, stream: str) -> None:
        with self._lock:
            self._running.add(stream)

    def advanced(self, source: str, stream: str, fetched: int, written: int) -> None:
        with self._lock:
            self._fetched[stream] = fetched
            update(self._progress, f"{source}: {sum(self._fetched.values()):,} records ({', '.join(sorted(self._running))})")

    def finished(self, source: str, stream: str, status: str, fetched: int, written: int) -> None:
        with self._lock:
            self._running.discard(stream)
            self._fetched[stream] = fetched
