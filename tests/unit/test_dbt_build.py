"""dbt in this process: what it says of itself is turned into our errors, and being told to stop is none."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from base.errors import FunnelcastError
from base.home import Home
from orchestration.build import dbt
from orchestration.build.arguments import STAGING


def _ends_with(monkeypatch: pytest.MonkeyPatch, home: Home, exception: BaseException) -> None:
    """dbt's runner hands an exception of any kind back instead of raising it."""
    import dbt.cli.main as command_line

    dbt.parse(home)
    monkeypatch.setattr(command_line.dbtRunner, "invoke", lambda *_: SimpleNamespace(exception=exception, success=False, result=None))


def test_a_build_that_is_told_to_stop_stops(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = Home(tmp_path / "home").prepare()
    _ends_with(monkeypatch, home, KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        dbt.build(home, select=[STAGING], variables={})


def test_what_dbt_cannot_do_is_one_sentence_without_values_of_records(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = Home(tmp_path / "home").prepare()
    _ends_with(monkeypatch, home, RuntimeError("IO Error: could not convert string 'a name' to a lock"))
    with pytest.raises(FunnelcastError) as failed:
        dbt.build(home, select=[STAGING], variables={})
    assert "dbt could not run" in str(failed.value)
    assert "a name" not in str(failed.value)
