"""T4: a disk that is full, a home that cannot be written: words with the place and the remedy, nothing lost, and the owner hears of it."""

from __future__ import annotations

import errno
import multiprocessing
import os
import resource
import shutil
import signal
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import sqlalchemy as sa

from base import space
from base.errors import BusyError, DamageError, FunnelcastError, SpaceError
from base.failures import explained
from base.home import Home
from orchestration.cli import run_cli
from orchestration.run import last_words, logs
from orchestration.run.space import STEPS, check
from tests.support.runs import Company, FirstRun

LIMIT = 200_000


def grow_a_file(folder: Path) -> None:
    (folder / "plain").write_bytes(b"x" * 1_000_000)


def grow_a_part(folder: Path) -> None:
    pq.write_table(pa.table({"a": [os.urandom(8).hex() for _ in range(100_000)]}), folder / "part.parquet")


def grow_the_build(folder: Path) -> None:
    with duckdb.connect(str(folder / "warehouse.duckdb")) as connection:
        connection.execute("create table t as select md5(range::varchar) as x from range(500000)")


def grow_the_database(folder: Path) -> None:
    ops = sa.create_engine(f"sqlite:///{folder / 'ops.sqlite'}")
    with ops.begin() as connection:
        connection.execute(sa.text("create table t (a text)"))
        connection.execute(sa.text("insert into t values (:a)"), [{"a": "x" * 1000} for _ in range(2000)])


def _explained(write: Callable[[Path], None], folder: Path, answer: multiprocessing.Queue[tuple[str, str]]) -> None:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (LIMIT, resource.RLIM_INFINITY))
    try:
        write(folder)
    except Exception as error:
        known = explained(error, Home(folder))
        answer.put((type(known).__name__, str(known)))


@pytest.mark.parametrize("write", [grow_a_file, grow_a_part, grow_the_build, grow_the_database])
def test_whatever_cannot_be_written_any_more_is_told_in_words_with_the_place(write: Callable[[Path], None], tmp_path: Path) -> None:
    """Each writer of ours beyond the size that a file may have: the same errors as of a full disk, without needing one."""
    context = multiprocessing.get_context("spawn")
    answer: multiprocessing.Queue[tuple[str, str]] = context.Queue()
    child = context.Process(target=_explained, args=(write, tmp_path, answer))
    child.start()
    kind, words = answer.get(timeout=120)
    child.join()
    assert kind in ("SpaceError", "DamageError"), words
    assert "full" in words
    assert str(tmp_path) in words or "operations database" in words


def test_a_step_that_would_not_fit_is_not_begun(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = Home(tmp_path).prepare()
    for step in STEPS:
        check(home, step)
    home.warehouse.write_bytes(b"x" * 50_000_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _place: shutil._ntuple_diskusage(10**9, 10**9 - 60_000_000, 60_000_000))
    with pytest.raises(SpaceError) as refused:
        check(home, "building the models")
    assert refused.value.message == f"Building the models needs 84 MB free in {tmp_path}, there are 60 MB"
    assert "Free space and run again" in str(refused.value)
    space.require(tmp_path, 10_000_000, "A small step")


ERRORS: list[tuple[Callable[[], object], type[FunnelcastError], str]] = [
    (
        lambda: _raise(OSError(errno.ENOSPC, "No space left on device", "/home/lake/x")),
        SpaceError,
        "/home/lake/x cannot be written: the disk is full",
    ),
    (lambda: _raise(OSError(errno.EROFS, "Read-only file system", "/home/logs")), FunnelcastError, "/home/logs: read-only file system"),
    (lambda: _raise(OSError(errno.EIO, "Input/output error", "/home/lake/x")), DamageError, "/home/lake/x could not be read or written"),
    (lambda: _raise(sqlite3.OperationalError("database is locked")), BusyError, "operations database is locked by another process"),
    (lambda: _raise(sqlite3.OperationalError("attempt to write a readonly database")), FunnelcastError, "cannot be opened for writing"),
    (lambda: _raise(sqlite3.DatabaseError("database disk image is malformed")), DamageError, "`funnelcast repair ops`"),
    (lambda: duckdb.sql("select * from '/home/lake/a/b/c.parquet'"), DamageError, "/home/lake/a/b/c.parquet is damaged"),
    (
        lambda: _raise(duckdb.IOException("Corrupt database file: computed checksum 1 does not match 2")),
        DamageError,
        "`funnelcast repair warehouse`",
    ),
    (lambda: _raise(MemoryError()), FunnelcastError, "ran out of memory"),
]


@pytest.mark.parametrize(("fail", "kind", "words"), ERRORS, ids=[words for _, _, words in ERRORS])
def test_what_the_machine_refuses_is_said_with_the_file_and_the_remedy(
    fail: Callable[[], object], kind: type[FunnelcastError], words: str
) -> None:
    with pytest.raises(Exception) as raised:
        fail()
    known = explained(raised.value, Home(Path("/home")))
    assert isinstance(known, kind)
    assert words in str(known)
    assert known.remedy


def test_a_commit_of_dagsters_that_fails_is_not_taken_for_the_operations_database() -> None:
    """SQLAlchemy keeps no statement of a commit."""
    storage: dict[str, Any] = {"__name__": "dagster.storage.event_log"}
    exec("def commit(fail): fail()", storage)
    failure = sa.exc.OperationalError(None, None, sqlite3.OperationalError("disk I/O error"))  # type: ignore[arg-type]
    with pytest.raises(sa.exc.OperationalError) as raised:
        storage["commit"](lambda: _raise(failure))
    assert str(explained(raised.value, Home(Path("/home")))).startswith("Dagster's history could not be read or written")
    with pytest.raises(sa.exc.OperationalError) as raised:
        _raise(failure.with_traceback(None))
    assert str(explained(raised.value, Home(Path("/home")))).startswith("The operations database could not be read or written")


def test_a_bug_of_ours_is_not_taken_for_the_machines(tmp_path: Path) -> None:
    assert explained(KeyError("x"), Home(tmp_path)) is None
    assert explained(duckdb.BinderException("Referenced column checksum not found"), Home(tmp_path)) is None


def _raise(error: BaseException) -> None:
    raise error


@pytest.fixture
def config(tmp_path: Path) -> Path:
    folder = tmp_path / "config"
    folder.mkdir()
    (folder / "sources.yml").write_text("sources: []\n")
    return folder


def spoil_logs(home: Path) -> None:
    home.mkdir()
    (home / "logs").write_text("a file where the folder belongs")


def spoil_home(home: Path) -> None:
    home.write_text("a file where the home belongs")


def spoil_dagster(home: Path) -> None:
    home.mkdir()
    (home / "dagster").write_text("a file")


@pytest.mark.parametrize(("spoil", "place"), [(spoil_logs, "logs"), (spoil_home, "home"), (spoil_dagster, "home")])
def test_a_home_that_cannot_be_written_is_told_in_words(
    spoil: Callable[[Path], None], place: str, config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spoil(tmp_path / "home")
    code = run_cli(["--home", str(tmp_path / "home"), "--config", str(config), "run"])
    message = capsys.readouterr().err
    assert code in (1, 2)
    assert f"{tmp_path / 'home'}" in message
    assert place in message
    assert not [word for word in ("internal error", "Traceback") if word in message]


def test_the_handler_of_bugs_cannot_fail(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    home = tmp_path / "home"
    spoil_logs(home)
    logs.remember_home(Home(home))
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(tmp_path / "nowhere" / "at all"))
    assert logs.log_unexpected(KeyError("a bug")) == "above, because no log can be written"
    assert "KeyError: 'a bug'" in capsys.readouterr().err


def test_last_words_need_no_room_on_the_disk(tmp_path: Path) -> None:
    home = Home(tmp_path)
    assert last_words.take(home) is None
    last_words.leave(home, "run1", "nobody reserved a place, so nothing can be left")
    assert last_words.take(home) is None
    last_words.reserve(home)
    size = (tmp_path / "run.failure").stat().st_size
    last_words.leave(home, "run1", "the disk is full " * 1000)
    assert last_words.take(home) == ("run1", ("the disk is full " * 1000)[:2000])
    assert (tmp_path / "run.failure").stat().st_size == size
    last_words.clear(home)
    assert last_words.take(home) is None


@pytest.fixture(scope="module")
def kept(first_run: FirstRun, tmp_path_factory: pytest.TempPathFactory) -> Company:
    return first_run.copied(tmp_path_factory.mktemp("disk"))


@pytest.mark.slow
@pytest.mark.xdist_group("whole_runs")
def test_on_a_disk_that_fills_a_run_ends_in_words_the_owner_hears_of_it_and_the_next_run_is_whole(kept: Company) -> None:
    before, notices = kept.manifest()["content_hash"], len(kept.notices())
    for limit in (20_000, 400_000):
        stopped = kept.funnelcast("run", file_limit=limit)
        assert stopped.code == 1, limit
        assert "full" in stopped.err, limit
        assert not [word for word in ("internal error", "Traceback") if word in stopped.err], stopped.err
        assert kept.funnelcast("ask", "open-offers", "--department", "Sales").code == 0
    assert len(kept.notices()) > notices
    assert not [path for path in (kept.home / "logs").iterdir() if "unexpected OperationalError" in path.read_text(encoding="utf-8")]
    again = kept.funnelcast("run")
    assert again.code == 0, again.err
    assert kept.manifest()["content_hash"] == before
