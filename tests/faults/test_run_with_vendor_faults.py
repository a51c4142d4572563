"""With the vendors misbehaving, the job ends right, or fails loudly and publishes nothing; once they behave it ends as if nothing had been."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
import yaml

from tests.support.runs import Company, lake_rows

#: Faults that pass, each striking once in the middle of the load.
PASSING = (
    {"kind": "status", "service": "greenhouse", "status": 429, "retry_after": 1, "nth": 4},
    {"kind": "status", "service": "greenhouse", "status": 503, "nth": 7},
    {"kind": "cut", "service": "greenhouse", "nth": 10},
    {"kind": "short", "service": "greenhouse", "nth": 13},
    {"kind": "duplicate", "service": "greenhouse", "route": "/v3/application_stages", "nth": 2},
    {"kind": "html", "service": "greenhouse", "nth": 16},
    {"kind": "expired_token", "service": "greenhouse", "nth": 19},
    {"kind": "status", "service": "gem", "status": 500, "nth": 9},
    {"kind": "cut", "service": "gem", "nth": 15},
)
REFUSED = {"kind": "status", "service": "greenhouse", "route": "/v3/offers", "status": 403}


def control(company: Company, source: str) -> str:
    sources = yaml.safe_load((company.config / "sources.yml").read_text(encoding="utf-8"))["sources"]
    address = httpx.URL(next(entry["base_url"] for entry in sources if entry["name"] == source))
    return str(address.copy_with(path="/_control/faults"))


@pytest.mark.slow
@pytest.mark.xdist_group("whole_runs")
def test_a_refused_stream_publishes_nothing_and_passing_faults_leave_no_trace(company: Company, undisturbed: dict[str, Any]) -> None:
    url = control(company, "greenhouse")
    for fault in (*PASSING, REFUSED):
        httpx.post(url, json=fault).raise_for_status()

    refused = company.funnelcast("run")

    assert refused.code == 1, refused.err
    assert "Traceback" not in refused.err + refused.out
    message = next(line for line in refused.err.splitlines() if line.startswith("funnelcast: "))
    assert "offers" in message
    assert "403" in message
    assert not (company.home / "published" / "current").exists()
    assert not company.mails()

    struck = {(fault["service"], fault["kind"], fault["status"]) for fault in httpx.get(url).json() if fault["struck"]}
    assert {("greenhouse", "cut", 500), ("greenhouse", "status", 429), ("greenhouse", "duplicate", 500), ("gem", "cut", 500)} <= struck
    httpx.delete(url).raise_for_status()
    again = company.funnelcast("run")

    assert again.code == 0, again.err
    assert _tables_unlike(company.manifest(), undisturbed) == []
    assert company.manifest()["content_hash"] == undisturbed["content_hash"]
    assert lake_rows(company.home) == undisturbed["rows"]


def _tables_unlike(one: dict[str, Any], other: dict[str, Any]) -> list[str]:
    """Names of published tables whose content differs."""
    hashes = {table["name"]: table["content_hash"] for table in other["tables"]}
    return [table["name"] for table in one["tables"] if table["content_hash"] != hashes[table["name"]]]
