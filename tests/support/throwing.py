"""Throws an exception at a chosen call of some work: steps are found by running it once, so that none is forgotten when the code changes.

A step is a call made by, or of, the product's own code: caller's file and line, and the name of what is called.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from base.home import PROJECT_ROOT

Step = tuple[str, int, str]

#: In turn: what a library, the machine, a text and a disk may raise.
KINDS: tuple[Callable[[], Exception], ...] = (
    lambda: RuntimeError("thrown"),
    MemoryError,
    lambda: UnicodeEncodeError("ascii", "jörg", 1, 2, "thrown"),
    lambda: OSError(28, "No space left on device"),
    lambda: KeyError("thrown"),
)

_OURS = tuple(f"{PROJECT_ROOT}/{folder}/" for folder in ("exports", "base"))


def _step(frame: FrameType, event: str, argument: Any) -> Step | None:
    if event == "call":
        caller = frame.f_back
        if caller is None or not (frame.f_code.co_filename.startswith(_OURS) or caller.f_code.co_filename.startswith(_OURS)):
            return None
        return caller.f_code.co_filename, caller.f_lineno, frame.f_code.co_qualname
    if event == "c_call" and frame.f_code.co_filename.startswith(_OURS):
        return frame.f_code.co_filename, frame.f_lineno, getattr(argument, "__qualname__", str(argument))
    return None


@contextmanager
def _profiled(profile: Callable[[FrameType, str, Any], None]) -> Iterator[None]:
    """Without the garbage collector: its callbacks (Hypothesis has one) and finalizers would be calls of wherever it happens to come."""
    was_enabled = gc.isenabled()
    gc.disable()
    sys.setprofile(profile)
    try:
        yield
    finally:
        sys.setprofile(None)
        if was_enabled:
            gc.enable()


@contextmanager
def recorded(steps: dict[Step, None]) -> Iterator[None]:
    """Adds every step of what is done inside, in order."""

    def profile(frame: FrameType, event: str, argument: Any) -> None:
        step = _step(frame, event, argument)
        if step is not None:
            steps.setdefault(step)

    with _profiled(profile):
        yield
    for step in [step for step in steps if step[0] == __file__ or step[2] == "setprofile"]:
        del steps[step]


@contextmanager
def thrown(step: Step, make: Callable[[], BaseException]) -> Iterator[list[bool]]:
    """Raises what `make` makes at the first call of that step inside; the list is not empty when it came to that. Once: what handles it runs undisturbed."""
    fired: list[bool] = []
    file, line, _ = step

    def profile(frame: FrameType, event: str, argument: Any) -> None:
        if event == "call":
            place = frame.f_back
        elif event == "c_call":
            place = frame
        else:
            return
        if place is None or place.f_lineno != line or place.f_code.co_filename != file or _step(frame, event, argument) != step:
            return
        sys.setprofile(None)
        fired.append(True)
        raise make()

    with _profiled(profile):
        yield fired
