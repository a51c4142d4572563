"""The example connector of docs/add-a-source.md runs as it stands there: read over HTTP, resumed, its records in the log."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from base.config import Source
from base.home import PROJECT_ROOT
from ingestion.canonical.tables import TABLES
from ingestion.http.limits import RunBudget
from ingestion.protocol.connector import Window
from ingestion.protocol.contract import Contract
from tests.support.scripted_http import ScriptedServer, reply

TEXT = (PROJECT_ROOT / "docs" / "add-a-source.md").read_text(encoding="utf-8")
NOW = datetime(2026, 6, 29, 6, tzinfo=UTC)


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", TEXT, re.DOTALL)


def test_the_example_is_under_a_hundred_lines() -> None:
    lines = [line for language in ("python", "jinja") for text in blocks(language) for line in text.splitlines() if line.strip()]
    assert len(lines) < 100


def test_the_connector_reads_windows_and_pages_goes_on_from_a_cursor_and_leaves_out_what_it_says(monkeypatch: pytest.MonkeyPatch) -> None:
    names: dict[str, Any] = {}
    exec(compile(blocks("python")[0], str(Path("acme.py")), "exec"), names)
    monkeypatch.setenv("ACME_KEY", "k")
    pages = (
        reply({"items": [{"id": 1, "cover_letter": "Dear all"}], "next_page": 2}),
        reply({"items": [{"id": 2}, {"state": "Open"}], "next_page": None}),
    )
    with ScriptedServer((*pages, pages[1], pages[0])) as server:
        source = Source(name="acme", kind="gem", base_url=server.url, credentials={"api_key": "ACME_KEY"})
        connector = names["Acme"](source, RunBudget(60))
        window = Window(NOW - timedelta(days=1), NOW)
        read = list(connector.pages("applications", window, None, {}))
        assert [[row.record_id.partition(":")[0] for row in page.rows] for page in read] == [["1"], ["2", "keyless"]]
        assert [page.cursor for page in read] == ["2", None]
        assert b"Dear" not in b"".join(row.payload for page in read for row in page.rows)
        assert len(list(connector.pages("jobs", window, read[0].cursor, {}))) == 1
        assert connector.first_page("applications").has_more
        connector.close()
        asked = [line for line, _ in server.requests]
    assert "page=1&changed_since=2026-06-28T06" in asked[0]
    assert asked[2].startswith("GET /jobs?page=2 ")


def test_its_contract_and_canonical_columns_exist() -> None:
    names: dict[str, Any] = {"Contract": Contract}
    exec(compile(blocks("python")[1], "expectations.py", "exec"), names)
    staged = set(re.findall(r'"(\w+)[":=]', blocks("jinja")[0].partition("[")[2]))
    assert names["ACME"]["applications"].columns <= staged
    columns = set(re.findall(r'"(\w+)": "', blocks("jinja")[1]))
    assert columns <= set(TABLES["applications"].columns)
    assert set(TABLES["applications"].needed) <= columns
