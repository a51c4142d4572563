"""A real PostgreSQL for a test: initialised in a temporary folder, on a Unix socket only, stopped afterwards.

The server refuses to run as root, so then it runs as the first unprivileged user that exists (postgres, nobody).
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def binaries() -> Path | None:
    """The folder with initdb and pg_ctl: on the PATH, else Debian's (which are not on it)."""
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    candidates = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]), reverse=True)
    return candidates[0].parent if candidates else None


@contextmanager
def postgres(bin_folder: Path) -> Iterator[str]:
    """SQLAlchemy URL of an empty database."""
    # Short and world-traversable: a socket's path has at most 107 bytes, and another user must reach the folder.
    with tempfile.TemporaryDirectory(prefix="pg") as name:
        root = Path(name)
        root.chmod(0o755)
        data, socket = root / "data", root / "socket"
        data.mkdir(mode=0o700)
        socket.mkdir()
        user = _unprivileged()
        if user is not None:
            for folder in (root, data, socket):
                os.chown(folder, user.pw_uid, user.pw_gid)

        def run(*command: str) -> None:
            done = subprocess.run(
                command,
                user=user.pw_uid if user else None,
                group=user.pw_gid if user else None,
                extra_groups=[] if user else None,
                env={**os.environ, "LC_ALL": "C", "HOME": str(root)},
                cwd=root,
                capture_output=True,
                text=True,
            )
            assert done.returncode == 0, done.stdout + done.stderr

        pg_ctl = str(bin_folder / "pg_ctl")
        run(str(bin_folder / "initdb"), "-D", str(data), "-U", "tester", "--auth=trust", "--no-sync", "-E", "UTF8")
        options = f"-c listen_addresses='' -c unix_socket_directories='{socket}' -c fsync=off"
        run(pg_ctl, "-D", str(data), "-l", str(root / "log"), "-o", options, "-w", "start")
        try:
            yield f"postgresql+psycopg://tester@/postgres?host={socket}"
        finally:
            run(pg_ctl, "-D", str(data), "-m", "immediate", "stop")


def _unprivileged() -> pwd.struct_passwd | None:
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise AssertionError("running as root and no user 'postgres' or 'nobody' exists to run the server as")
