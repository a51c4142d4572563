"""Runs of the real command line without their start-up: one process imports everything once, then forks per request.

Importing Dagster, dbt and Great Expectations and parsing the project costs 15 CPU seconds, a small run itself a third of that; a test
that kills a run and starts it again would pay it each time. The zygote is a process of its own, so no thread of pytest is forked.

As a program (`python -m tests.support.zygote`): reads one JSON request per line on stdin, answers one JSON line on stdout.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parents[2]

#: Small, and still with every kind of thing in it: hires, declines, prospects, sequences.
WORLD = {"seed": 7, "years": 1.0, "requisitions": 6}


@dataclass(frozen=True)
class Finished:
    """How one forked command ended. `code` is None when a signal ended it."""

    code: int | None
    killed_by: int | None
    out: str
    err: str
    cpu_seconds: float


class Zygote:
    """The parent's side."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._log = (folder / "zygote.log").open("w+", encoding="utf-8")
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("FUNNELCAST_", "DAGSTER_HOME"))}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.zygote", str(folder)],
            cwd=PROJECT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
        )
        self._served: dict[str, int] = {}

    def run(
        self,
        *arguments: str,
        env: dict[str, str],
        prefix: str = "",
        timeout: float = 400,
        kill_after: float | None = None,
        file_limit: int | None = None,
    ) -> Finished:
        """`funnelcast ARGUMENTS` in a fork. `prefix` names a function of this module to call first ('no_network').

        `kill_after`: SIGKILL after so many seconds of CPU. `file_limit`: no file may grow beyond so many bytes, as on a disk that is full.
        """
        limits = {"kill_after": kill_after, "file_limit": file_limit}
        answer = self._ask({"do": "run", "arguments": arguments, "env": env, "prefix": prefix, "timeout": timeout, **limits})
        return Finished(**answer)

    def launch(self, run_config: dict[str, Any], *, env: dict[str, str], timeout: float = 400) -> Finished:
        """The job `daily` in a fork, launched with this run config as Dagster's launchpad and schedules do, without the command line."""
        answer = self._ask({"do": "launch", "run_config": run_config, "env": env, "timeout": timeout})
        return Finished(**answer)

    def serve(self, folder: Path, *, ats: str = "greenhouse") -> dict[str, str]:
        """The doubles of WORLD in a fork, keeping what they get in `folder`; returns the environment of a run against them."""
        answer = self._ask({"do": "serve", "folder": str(folder), "ats": ats})
        self._served[str(folder)] = answer["pid"]
        environment: dict[str, str] = answer["environment"]
        return environment

    def stop_serving(self, folder: Path) -> None:
        self._ask({"do": "kill", "pid": self._served.pop(str(folder))})

    def close(self) -> None:
        for folder in list(self._served):
            self.stop_serving(Path(folder))
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(30)
        self._log.close()

    def _ask(self, request: dict[str, Any]) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            self._log.seek(0)
            raise AssertionError("the zygote ended:\n" + self._log.read()[-4000:])
        answer: dict[str, Any] = json.loads(line)
        return answer


def main(folder: Path) -> None:
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    world = _prepare(folder)
    for line in sys.stdin:
        request = json.loads(line)
        if request["do"] == "run":
            answer = _in_fork(folder, request, _command)
        elif request["do"] == "launch":
            answer = _in_fork(folder, request, _launch)
        elif request["do"] == "serve":
            answer = _serve(world, Path(request["folder"]), request["ats"])
        else:
            os.kill(request["pid"], signal.SIGKILL)
            os.waitpid(request["pid"], 0)
            answer = {}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


def _prepare(folder: Path) -> Any:
    """Import and parse what every run needs."""
    import great_expectations  # noqa: F401

    import orchestration.commands.run
    import orchestration.daily  # noqa: F401
    import sandbox.server  # noqa: F401
    from base.home import Home
    from orchestration.build import dbt
    from orchestration.definitions import build_definitions
    from sandbox.company import simulate

    home = Home(folder / "parsed").prepare()
    dbt.parse(home)
    build_definitions(home)
    return simulate(**WORLD)  # type: ignore[arg-type]


def _command(request: dict[str, Any]) -> int:
    from orchestration.cli import run_cli

    if request["prefix"]:
        globals()[request["prefix"]]()
    return run_cli(list(request["arguments"]))


def _launch(request: dict[str, Any]) -> int:
    from base.home import Home
    from orchestration.definitions import build_definitions
    from orchestration.instance.dagster_home import open_instance

    job = build_definitions().resolve_job_def("daily")
    result = job.execute_in_process(instance=open_instance(Home.at()), run_config=request["run_config"], raise_on_error=False)
    return 0 if result.success else 1


def _in_fork(folder: Path, request: dict[str, Any], work: Callable[[dict[str, Any]], int]) -> dict[str, Any]:
    out, err = folder / "out", folder / "err"
    child = os.fork()
    if child == 0:
        os.setsid()
        for descriptor, path in ((1, out), (2, err)):
            opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
            os.dup2(opened, descriptor)
        sys.stdout, sys.stderr = os.fdopen(1, "w", closefd=False), os.fdopen(2, "w", closefd=False)
        os.environ.update(request["env"])
        _limit(request)
        code = 70
        try:
            code = work(request)
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)
    status, cpu_seconds = _wait(child, request["timeout"])
    return {
        "code": os.waitstatus_to_exitcode(status) if os.WIFEXITED(status) else None,
        "killed_by": os.WTERMSIG(status) if os.WIFSIGNALED(status) else None,
        "out": out.read_text(encoding="utf-8", errors="replace"),
        "err": err.read_text(encoding="utf-8", errors="replace"),
        "cpu_seconds": cpu_seconds,
    }


def _limit(request: dict[str, Any]) -> None:
    import resource

    if request.get("file_limit") is not None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (request["file_limit"], resource.RLIM_INFINITY))
    if request.get("kill_after") is not None:
        # By CPU, so that the load of the machine does not decide where the run is killed: the timer's signal becomes a SIGKILL.
        signal.signal(signal.SIGPROF, lambda *_: os.kill(os.getpid(), signal.SIGKILL))
        signal.setitimer(signal.ITIMER_PROF, request["kill_after"])


def _wait(child: int, timeout: float) -> tuple[int, float]:
    """The child's wait status and CPU seconds; a child that hangs is aborted (SIGABRT), which no test expects."""
    end = time.monotonic() + timeout
    while time.monotonic() < end:
        done, status, usage = os.wait4(child, os.WNOHANG)
        if done:
            return status, usage.ru_utime + usage.ru_stime
        time.sleep(0.02)
    os.kill(child, signal.SIGABRT)
    return os.wait4(child, 0)[1], timeout


def _serve(world: Any, folder: Path, ats: str) -> dict[str, Any]:
    folder.mkdir(parents=True, exist_ok=True)
    ready, tell = os.pipe()
    child = os.fork()
    if child == 0:
        from base.clock import iso
        from sandbox.config import write_config
        from sandbox.server import Doubles

        with Doubles(world, folder, ats=ats) as doubles:
            config = write_config(folder / "config", doubles)
            environment = {**doubles.environment, "FUNNELCAST_NOW": iso(world.now), "FUNNELCAST_CONFIG": str(config)}
            os.write(tell, json.dumps(environment).encode())
            os.close(tell)
            signal.pause()
        os._exit(0)
    os.close(tell)
    with os.fdopen(ready) as answer:
        environment = json.load(answer)
    return {"pid": child, "environment": environment}


def no_network() -> None:
    """Everything but loopback is refused: by an empty network namespace where the machine allows one, else at the socket."""
    import ctypes

    new_user, new_net = 0x10000000, 0x40000000
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(new_net) == 0 or libc.unshare(new_user | new_net) == 0:
        _loopback_up()
        return
    import socket

    original = socket.socket.connect

    def connect(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in ("127.0.0.1", "::1", "localhost"):
            raise AssertionError(f"a connection to {address[0]} was tried")
        original(self, address)

    def resolve(host: Any, *arguments: Any, **options: Any) -> Any:
        if host not in (None, "127.0.0.1", "::1", "localhost", b"127.0.0.1", b"localhost"):
            raise AssertionError(f"the name {host!r} was looked up")
        return lookup(host, *arguments, **options)

    lookup = socket.getaddrinfo
    socket.socket.connect = connect  # type: ignore[method-assign]
    socket.getaddrinfo = resolve


def _loopback_up() -> None:
    """`ip link set lo up`, without needing the ip program."""
    import fcntl
    import socket
    import struct

    get_flags, set_flags, is_up = 0x8913, 0x8914, 0x1
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        request = struct.pack("16sh14x", b"lo", 0)
        flags = struct.unpack("16sh14x", fcntl.ioctl(any_socket, get_flags, request))[1]
        fcntl.ioctl(any_socket, set_flags, struct.pack("16sh14x", b"lo", flags | is_up))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
