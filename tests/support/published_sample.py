"""A small build file and its manifest, for tests of publishing and reports: tables as dbt's YAML contracts declare them, rows by hand.

Columns and types are read from dbt_project's YAML, so a report that reads a column no contract declares fails here. Numbers are made up;
the funnel is that of the backward forecast in docs/concepts.md (124 -> 62 -> 31 -> 28 -> 14 -> 12).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import yaml

from base.home import DBT_PROJECT_DIR, Home
from exports.publish import Published, RunFacts, publish

#: A Monday; the week reported is 22 to 28 June 2026.
AS_OF = datetime(2026, 6, 29, 6, tzinfo=UTC)
RECRUITERS = ("Rosa Recruiter", "Ravi Recruiter")
MANAGERS = ("Hana Manager", "Hugo Manager")
STAGES = (
    ("applied", 50, "Entered process", 124, 62, 20),
    ("recruiter_screen", 60, "Recruiter screen", 62, 31, 9),
    ("phone_interview", 80, "Phone interview", 31, 28, 1),
    ("onsite", 100, "Onsite", 28, 14, 5),
    ("offer", 120, "Offer", 14, 12, 1),
    ("hired", 130, "Hired", 12, 0, 0),
)


@dataclass(frozen=True)
class Declared:
    """A model as its YAML declares it."""

    schema: str
    name: str
    description: str
    columns: dict[str, dict[str, str]]
    key: tuple[str, ...]


@cache
def declared() -> tuple[Declared, ...]:
    """Every model with columns under models/core and models/marts."""
    found = []
    for schema in ("core", "marts"):
        for path in sorted((DBT_PROJECT_DIR / "models" / schema).rglob("*.yml")):
            for model in yaml.safe_load(path.read_text()).get("models", []):
                keys = [t["primary_key"] for t in model.get("data_tests", []) if isinstance(t, dict) and "primary_key" in t]
                contract = model.get("config", {}).get("contract", {})
                if not model.get("columns") or not keys or contract.get("enforced") is False:
                    continue
                columns = {column["name"]: column for column in model["columns"] if "data_type" in column}
                key = keys[0].get("arguments", keys[0])["columns"]
                found.append(Declared(schema, model["name"], model.get("description", ""), columns, tuple(key)))
    return tuple(found)


def write_manifest(path: Path, tables: tuple[Declared, ...] | None = None) -> Path:
    """The parts of dbt's manifest.json that publishing reads."""
    nodes: dict[str, Any] = {}
    for table in tables or declared():
        model_id = f"model.funnelcast.{table.name}"
        nodes[model_id] = {
            "resource_type": "model",
            "name": table.name,
            "alias": table.name,
            "schema": table.schema,
            "description": table.description,
            "columns": {name: {"name": name, **column} for name, column in table.columns.items()},
            "config": {"materialized": "table", "contract": {"enforced": True}},
        }
        nodes[f"test.funnelcast.primary_key_{table.name}"] = {
            "resource_type": "test",
            "attached_node": model_id,
            "test_metadata": {"name": "primary_key", "kwargs": {"columns": list(table.key), "model": "..."}},
        }
    path.write_text(json.dumps({"nodes": nodes}))
    return path


def write_warehouse(path: Path, rows: dict[str, list[dict[str, Any]]], tables: tuple[Declared, ...] | None = None) -> None:
    """A build file with every declared table; `rows` by relation. A column the contract does not have is a KeyError."""
    path.unlink(missing_ok=True)
    with duckdb.connect(str(path)) as connection:
        connection.execute("set TimeZone = 'UTC'; create schema core; create schema marts; create schema staging")
        connection.execute("begin")
        connection.execute("create table staging.stg_secret as select 'a candidate''s name' as candidate_name")
        known = {f"{table.schema}.{table.name}": table for table in tables or declared()}
        if unknown := set(rows) - set(known):
            raise KeyError(f"no contract declares {sorted(unknown)}")
        for relation, table in known.items():
            columns = ", ".join(f'"{name}" {column["data_type"]}' for name, column in table.columns.items())
            connection.execute(f"create table {relation} ({columns})")
            for row in rows.get(relation, []):
                if unknown := set(row) - set(table.columns):
                    raise KeyError(f"{relation} has no column {sorted(unknown)}")
                names = ", ".join(f'"{name}"' for name in row)
                connection.execute(f"insert into {relation} ({names}) values ({', '.join('?' * len(row))})", list(row.values()))
        connection.execute("commit")


def facts(run_id: str = "run-1", as_of: datetime = AS_OF, **changes: Any) -> RunFacts:
    given = {
        "run_id": run_id,
        "as_of": as_of,
        "known_at": None,
        "published_at": as_of + timedelta(minutes=20),
        "config_digest": "c" * 64,
        "mappings_digest": "m" * 64,
        "lock_digest": "l" * 64,
        "git_version": "abc1234",
        "time_zone": "Europe/Berlin",
        "company_name": "Northwind Robotics",
    }
    return RunFacts(**{**given, **changes})


def publish_sample(home: Home, *, rows: dict[str, list[dict[str, Any]]] | None = None, **changes: Any) -> Published:
    """Build and publish the sample into `home`; keyword arguments change the run's facts."""
    home.prepare()
    publishing = {name: changes.pop(name) for name in ("make_current", "keep") if name in changes}
    write_warehouse(home.warehouse, sample_rows() if rows is None else rows)
    manifest = write_manifest(home.root / "manifest.json")
    return publish(home, manifest_path=manifest, facts=facts(**changes), **publishing)


def at(days_before: float) -> datetime:
    """A naive UTC time so many days before as_of."""
    return AS_OF.replace(tzinfo=None) - timedelta(days=days_before)


def sample_rows() -> dict[str, list[dict[str, Any]]]:
    """The sample company: two recruiters, two managers, three jobs, 62 applications with events in the last weeks."""
    as_of = AS_OF.replace(tzinfo=None)
    company = {"slice_type": "company", "slice_key": "all", "slice_name": "Company", "as_of": as_of}
    return {
        "core.dim_users": [
            {"user_key": f"u{i}", "source_system": "acme", "user_id": str(i), "user_name": name, "is_active": True}
            for i, name in enumerate(RECRUITERS + MANAGERS)
        ],
        "core.dim_stages": [
            {"stage_code": code, "stage_order": order, "stage_name": name, "is_outreach": False} for code, order, name, *_ in STAGES
        ],
        "core.dim_jobs": [
            {
                "job_key": f"j{i}", "source_system": "acme", "job_id": str(i), "job_name": name, "job_family": name, "department_key": "d0",
                "office_key": "o0", "recruiter_key": f"u{i % 2}", "hiring_manager_key": f"u{2 + i % 2}", "job_class": "role", "status": "open",
            }
            for i, name in enumerate(("Software Engineer", "Product Manager", "Data Analyst"))
        ],
        "core.fct_applications": _applications(),
        "core.fct_application_stages": _application_stages(),
        "core.fct_offers": _offers(),
        "marts.funnel_passthrough": [
            {
                **company, "cohort_code": "trailing_12m", "stage_code": code, "stage_order": order, "entered_count": reached,
                "reached_count": reached, "advanced_count": advanced, "waiting_count": waiting, "withdrawn_count": 0, "closed_count": 0,
                "rejected_count": max(reached - advanced - waiting, 0) if code != "hired" else 0,
                "reached_rate": advanced / reached if code != "hired" else None,
                "resolved_rate": advanced / (reached - waiting) if code != "hired" else None,
                "adjusted_rate": (advanced + waiting * 0.4) / reached if code != "hired" else None,
                "adjusted_rate_low": advanced / reached * 0.8 if code != "hired" else None,
                "adjusted_rate_high": min(advanced / reached * 1.2, 0.99) if code != "hired" else None,
                "maturity_rate": (reached - waiting) / reached,
            }
            for code, order, _, reached, advanced, waiting in STAGES
        ],
        "marts.time_in_stage": [
            {
                **company, "stage_code": code, "stage_order": order, "median_days": 2.25 + i * 3, "p75_days": 5.0 + i * 3,
                "p90_days": 9.5 + i * 4, "leaver_mean_days": 3.0, "advancer_mean_days": 2.5, "waiting_count": waiting, "coverage_rate": 1.0,
            }
            for i, (code, order, _, _, _, waiting) in enumerate(STAGES[:-1])
        ],
        "marts.pipeline_board": _board(as_of),
        "marts.offer_acceptance": [
            {
                **company, "quarter": quarter, "extended_count": e, "open_count": o, "accepted_count": a, "declined_count": d,
                "expired_count": x, "rescinded_count": 0, "reneged_count": 0, "acceptance_rate": a / (a + d + x),
                "acceptance_rate_low": 0.4, "acceptance_rate_high": 0.93, "accepted_of_extended_rate": a / e,
                "accepted_in_period_count": a, "declined_in_period_count": d,
            }
            for quarter, e, o, a, d, x in (
                (date(2025, 10, 1), 10, 0, 8, 2, 0), (date(2026, 1, 1), 12, 0, 8, 3, 1), (date(2026, 4, 1), 14, 2, 7, 5, 0)
            )
        ],
        "marts.offer_decline_reasons": [
            {
                **company, "quarter": quarter, "decline_reason_code": code, "decline_reason_name": name, "declined_count": n,
                "slice_declined_count": total, "share_rate": n / total, "prior_quarter_share_rate": prior,
            }
            for quarter, code, name, n, total, prior in (
                (date(2026, 4, 1), "comp_base", "Base salary", 2, 5, 1 / 3), (date(2026, 4, 1), "competing_offer", "Competing offer", 2, 5, 0.0),
                (date(2026, 4, 1), "unknown", "Unknown", 1, 5, 2 / 3), (date(2026, 1, 1), "comp_base", "Base salary", 1, 3, 0.5),
                (date(2026, 1, 1), "unknown", "Unknown", 2, 3, 0.5),
            )
        ],
        "marts.offer_decline_followups": [
            {"offer_key": "of1", "recruiter_key": "u0", "declined_at": at(5), "is_answered": False, "hours_open": 120.0, "as_of": as_of},
            {"offer_key": "of2", "recruiter_key": "u1", "declined_at": at(40), "is_answered": True, "answered_at": at(39), "hours_open": 24.0,
             "as_of": as_of},
        ],
        "marts.time_to_hire": [
            {**company, "month": date(2026, 6, 1), "n_count": 3, "median_days": 41.5, "p90_days": 60.0},
            {**company, "month": date(2026, 5, 1), "n_count": 2, "median_days": 38.0, "p90_days": 50.0},
        ],
        "marts.source_of_hire": [
            {
                **company, "quarter": date(2026, 4, 1), "source_key": f"s{i}", "source_name": name, "applications_count": n, "hires_count": h,
                "hire_share_rate": h / 5, "hires_per_100_applications": 100 * h / n,
            }
            for i, (name, n, h) in enumerate((("Referral", 12, 3), ("Job board", 80, 2), ("Agency", 4, 0)))
        ],
        "marts.outreach_link_stats": [
            {
                "link_url": url, "link_host": "example.com", "is_scheduling": False, "is_linkedin": False, "sequences_count": 2,
                "messages_count": m, "recipients_count": m, "replied_count": m // 8, "clicked_count": c, "replied_and_clicked_count": b,
                "interested_after_click_count": 1, "replied_rate_per_clicked": b / c, "as_of": as_of,
            }
            for url, m, c, b in (("example.com/blog/platform", 4415, 115, 45), ("example.com/careers", 2177, 149, 79))
        ],
        "marts.forecast_expected_hires": [
            {
                **company, "stage_code": code, "stage_order": order, "active_count": waiting, "unplaced_count": 0, "hire_pending_count": 0, "passthrough_rate": advanced / reached,
                "cumulative_rate": 12 / reached, "stage_days": 6.0, "days_late": -1.0 if order >= 100 else 9.0,
                "expected_hires": waiting * 12 / reached if order >= 100 else 0.0, "expected_hires_undated": waiting * 12 / reached,
                "pooled_expected_hires": waiting * 0.1,
                "total_expected_hires": 3, "horizon_days": 90, "horizon_on": date(2026, 9, 27),
            }
            for code, order, _, reached, advanced, waiting in STAGES[:-1]
        ],
        "marts.forecast_required_pipeline": [
            {**company, "hires_wanted": wanted, "stage_code": code, "stage_order": order, "candidates_needed": round(wanted * reached / 12 + 1e-9),
             "passthrough_rate": advanced / reached, "entrants_count": reached}
            for wanted in (1, 7)
            for code, order, _, reached, advanced, _ in STAGES
        ],
        "marts.data_coverage": [
            {"source_system": source, "table_name": table, "row_count": n, "loaded_at": at(0.01), "freshness_hours": 0.2, "unmapped_count": u,
             "orphan_count": 2 if table == "stage_visits" else 0, "is_loaded": True, "status_code": "stale" if source == "gem" else "ok", "stale_since": at(1) if source == "gem" else None, "as_of": as_of}
            for source, table, n, u in (
                ("acme", "applications", 62, 0), ("acme", "stage_visits", 180, 3), ("gem", "sequences", 4, 0),
                *(("acme", table, 10, 0) for table in ("departments", "jobs", "offers", "sources", "users")),
                *(("gem", table, 10, 0) for table in ("email_events", "message_links", "outreach_messages")),
            )
        ],
    }  # fmt: skip


def _applications() -> list[dict[str, Any]]:
    """Twenty-four in the week, twenty the week before, the rest earlier; three hires in the week, one the week before."""
    messages = []
    for i in range(62):
        age = 0.5 + i * 0.28 if i < 24 else 7.5 + (i - 24) * 0.3 if i < 44 else 30.0 + i
        hired = {58: 2.0, 59: 3.0, 60: 4.5, 61: 9.0}.get(i)
        messages.append(
            {
                "application_key": f"a{i:03}", "source_system": "acme", "application_id": str(i), "candidate_key": f"c{i:03}",
                "job_key": f"j{i % 3}", "department_key": "d0", "recruiter_key": f"u{i % 2}", "hiring_manager_key": f"u{2 + i % 2}",
                "is_prospect": False, "applied_at": at(age), "current_stage_code": "applied", "furthest_stage_code": "hired" if hired else "applied",
                "status_code": "hired" if hired else "active", "hired_at": at(hired) if hired else None,
            }
        )  # fmt: skip
    return messages


def _application_stages() -> list[dict[str, Any]]:
    """Nine applications moved forward in the week (one of them twice), four the week before."""
    moves = (
        [(i, "applied", 1.0 + (i - 44) * 0.4) for i in range(44, 53)]
        + [(44, "recruiter_screen", 0.8)]
        + [(i, "applied", 9.0) for i in range(53, 57)]
    )
    return [
        {"application_key": f"a{i:03}", "stage_code": stage, "stage_order": 50, "entered_at": at(20), "is_implied": False, "is_advanced": True,
         "advanced_at": at(age), "outcome_code": "advanced", "outcome_at": at(age), "department_key": "d0"}
        for i, stage, age in moves
    ]  # fmt: skip


def _offers() -> list[dict[str, Any]]:
    links = (
        ("of0", "accepted", 10.0, 2.0, None), ("of1", "declined", 12.0, 5.0, False), ("of2", "declined", 50.0, 40.0, True),
        ("of3", "open", 3.0, None, None), ("of4", "open", 1.5, None, None), ("of5", "accepted", 20.0, 3.5, None),
    )  # fmt: skip
    return [
        {
            "offer_key": key, "application_key": f"a{50 + i:03}", "job_key": f"j{i % 3}", "recruiter_key": f"u{i % 2}", "department_key": "d0",
            "extended_at": at(extended), "cohort_at": at(extended), "is_extension_inferred": False, "is_resolution_inferred": False,
            "resolved_at": at(resolved) if resolved else None, "status_code": status, "is_reneged": False,
            "version_count": 1, "decline_reason_code": "unknown" if status == "declined" else None,
            "decline_reason_source_name": "Other" if status == "declined" else None, "is_reason_specific": specific,
        }
        for i, (key, status, extended, resolved, specific) in enumerate(links)
    ]  # fmt: skip


def _board(as_of: datetime) -> list[dict[str, Any]]:
    """Forty active: every fourth needs nothing; who must act and what is overdue follow from the number."""
    needs = ("decision", "scheduling", "feedback", "none")
    stages = ("applied", "recruiter_screen", "onsite", "phone_interview")
    return [
        {
            "application_key": f"a{i:03}", "candidate_key": f"c{i:03}", "job_key": f"j{i % 3}", "stage_code": stages[(i // 3) % 4],
            "source_stage_name": "as the source calls it", "entered_at": at(1 + i), "days_in_stage": 1.0 + i, "needs_code": needs[i % 4],
            "owner_key": None if i == 1 else f"u{i % 3 + (1 if i % 4 == 0 else 0)}", "due_at": at(i - 20), "is_overdue": i > 20 and i % 4 != 3,
            "as_of": as_of,
        }
        for i in range(40)
    ]  # fmt: skip
