"""What a person sees while streams load: live bars on a terminal, one plain line per finished stream elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol, TextIO


class Progress(Protocol):
    """Told of each stream's course; called from several threads."""

    def started(self, source: str, stream: str) -> None: ...

    def advanced(self, source: str, stream: str, fetched: int, written: int) -> None: ...

    def finished(self, source: str, stream: str, status: str, fetched: int, written: int) -> None: ...


class Silent:
    """No progress: tests and programs."""

    def started(self, source: str, stream: str) -> None:
        pass

    def advanced(self, source: str, stream: str, fetched: int, written: int) -> None:
        pass

    def finished(self, source: str, stream: str, status: str, fetched: int, written: int) -> None:
        pass


class Plain(Silent):
    """One line when a stream ends: for logs and pipes."""

    def __init__(self, out: TextIO | None = None) -> None:
        self._out = out or sys.stderr

    def finished(self, source: str, stream: str, status: str, fetched: int, written: int) -> None:
        self._out.write(f"{source}.{stream}: {status}, {fetched:,} fetched, {written:,} new\n")
        self._out.flush()


class Live(Silent):
    """A bar per stream, by rich."""

    def __init__(self, bars: object) -> None:
        from rich.progress import Progress as Bars
        from rich.progress import TaskID

        assert isinstance(bars, Bars)
        self._bars = bars
        self._tasks: dict[tuple[str, str], TaskID] = {}

    def started(self, source: str, stream: str) -> None:
        self._tasks[source, stream] = self._bars.add_task(f"{source}.{stream}", total=None, note="")

    def advanced(self, source: str, stream: str, fetched: int, written: int) -> None:
        self._bars.update(self._tasks[source, stream], completed=fetched, note=f"{fetched:,} fetched, {written:,} new")

    def finished(self, source: str, stream: str, status: str, fetched: int, written: int) -> None:
        self._bars.update(
            self._tasks[source, stream],
            total=max(fetched, 1),
            completed=max(fetched, 1),
            note=f"{fetched:,} fetched, {written:,} new, {status}",
        )


@contextmanager
def on_terminal(out: TextIO | None = None) -> Iterator[Progress]:
    """Live bars when `out` (default stderr) is a terminal, else plain lines."""
    stream = out or sys.stderr
    if not stream.isatty():
        yield Plain(stream)
        return
    from rich.console import Console
    from rich.progress import BarColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bars

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(bar_width=20),
        TextColumn("{task.fields[note]}"),
        TimeElapsedColumn(),
    )
    with Bars(*columns, console=Console(file=stream)) as bars:
        yield Live(bars)
