"""No call home: the demo where nothing but loopback can be reached."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.integration.conftest import FinishedDemo
from tests.support.zygote import Zygote

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("other_runs")]


def test_the_demo_succeeds_where_only_loopback_can_be_reached(finished_demo: FinishedDemo) -> None:
    """In an empty network namespace where the machine allows one (doubles and run inside it), else with other sockets refused."""
    done = finished_demo.done
    assert done.code == 0, done.err
    report = json.loads(done.out)
    assert report["outcome"]["deliveries"].get("sent", 0) >= 1
    assert "Applications" in report["headlines"]
    assert (finished_demo.root / "published" / "current" / "funnelcast.duckdb").exists()


def test_the_guard_does_refuse_what_is_not_loopback(zygote: Zygote, tmp_path: Path) -> None:
    """The same guard, with a source beyond loopback: the run must fail, or the test above shows nothing."""
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "sources.yml").write_text(
        "sources:\n  - {name: far, kind: gem, base_url: 'http://192.0.2.1/v0', allow_http: true, credentials: {api_key: GEM_API_KEY}}\n"
    )
    where = ("--home", str(tmp_path / "home"), "--config", str(tmp_path / "config"))
    done = zygote.run(*where, "check", env={"GEM_API_KEY": "k"}, prefix="no_network")
    assert done.code == 1
