"""One run at a time: the lock, its holder's name, and its end with the process."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

from base.errors import BusyError
from base.home import Home
from orchestration.run.lock import Process, run_lock


def test_a_second_holder_is_told_who_has_it(tmp_path: Path) -> None:
    home = Home(tmp_path)
    with run_lock(home), pytest.raises(BusyError, match=f"process {os.getpid()}"), run_lock(home):
        pass


def test_the_lock_is_free_again_after_the_block(tmp_path: Path) -> None:
    home = Home(tmp_path)
    with run_lock(home):
        pass
    with run_lock(home):
        pass


def test_a_killed_holder_holds_nothing(tmp_path: Path) -> None:
    home = Home(tmp_path)
    ready, tell = os.pipe()
    child = os.fork()
    if child == 0:
        with run_lock(home):
            os.write(tell, b"x")
            time.sleep(60)
    os.read(ready, 1)
    with pytest.raises(BusyError, match=str(child)), run_lock(home):
        pass
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    with run_lock(home):
        pass


def test_a_process_is_told_from_a_later_one_with_its_number() -> None:
    me = Process.this()
    assert me.is_alive()
    assert not Process(me.pid, me.started + "1", me.boot).is_alive()
    assert not Process(me.pid, me.started, "another boot").is_alive()


def test_a_process_that_ended_is_gone() -> None:
    ready, tell = os.pipe()
    child = os.fork()
    if child == 0:
        os.read(ready, 1)
        os._exit(0)
    from base.processes import start_time

    process = Process(child, start_time(child) or "", Process.this().boot)
    assert process.is_alive()
    os.write(tell, b"x")
    os.waitpid(child, 0)
    assert not process.is_alive()
