"""The semantic layer, asked through MetricFlow over the simulated company's warehouse: every metric equals its mart, or a count made apart."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from base.home import Home
from tests.support.company import Company

pytestmark = [pytest.mark.xdist_group("company"), pytest.mark.slow]

#: What is compared: the metrics' common grouping, and a query with the same columns, `_count` columns of marts renamed to the metric.
#: Every metric must stand in one of them.
COMPARED: dict[str, tuple[list[str], str]] = {
    "funnel": (
        ["metric_time__month", "application_stage__stage_code", "department"],
        """select cohort_month, stage_code, nullif(slice_key, 'none'),
                  reached_count as reached_applications, entered_count as entered_applications, advanced_count as advanced_applications,
                  rejected_count as rejected_applications, withdrawn_count as withdrawn_applications, closed_count as closed_applications,
                  waiting_count as waiting_applications, advanced_count + rejected_count + withdrawn_count as resolved_applications,
                  reached_rate, resolved_rate, maturity_rate
           from marts.funnel_passthrough where slice_type = 'department' and cohort_month is not null""",
    ),
    "time in stage": (
        ["application_stage__stage_code", "job__job_family"],
        """select stage_code, nullif(slice_key, 'none'), timed_count as timed_applications, leaver_mean_days, advancer_mean_days,
                  coverage_rate as time_coverage_rate
           from marts.time_in_stage where slice_type = 'job_family'""",
    ),
    "hires of a source, by cohort and in the period": (
        ["metric_time__quarter", "source"],
        """select quarter, nullif(source_key, 'none'), applications_count as applications, hires_count as hires,
                  hires_per_100_applications, hired_in_period_count as hires_in_period
           from marts.source_of_hire where slice_type = 'company'""",
    ),
    "time to hire": (
        ["metric_time__month", "hiring_manager"],
        """select month, nullif(slice_key, 'none'), median_days as median_days_to_hire, p90_days as p90_days_to_hire
           from marts.time_to_hire where slice_type = 'hiring_manager'""",
    ),
    "time to fill, in the slices of the application": (
        ["metric_time__month", "application__office"],
        """select month, nullif(slice_key, 'none'), n_count as openings_filled, median_days as median_days_to_fill,
                  p90_days as p90_days_to_fill, gross_median_days as median_gross_days_to_fill
           from marts.time_to_fill where slice_type = 'office'""",
    ),
    "offers, by cohort and in the period": (
        ["metric_time__quarter", "recruiter"],
        """select quarter, nullif(slice_key, 'none'), extended_count as offers_extended, open_count as offers_open,
                  accepted_count as offers_accepted, declined_count as offers_declined, expired_count as offers_expired,
                  rescinded_count as offers_rescinded, reneged_count as offers_reneged,
                  accepted_count + declined_count + expired_count as offers_answered, acceptance_rate as offer_acceptance_rate,
                  accepted_count + declined_count as offers_accepted_or_declined, answered_acceptance_rate,
                  inferred_count as offers_inferred, undated_count as offers_undated, accepted_of_extended_rate, accepted_in_period_count as offers_accepted_in_period,
                  declined_in_period_count as offers_declined_in_period
           from marts.offer_acceptance where slice_type = 'recruiter'""",
    ),
    "outreach": (
        ["metric_time__month", "sequence"],
        """select cohort_month, sequence_key, recipients_count as recipients, opened_count as opened_people,
                  opened_all_count as opened_all_people, clicked_count as clicked_people, clicked_all_count as clicked_all_people,
                  replied_count as replied_people, interested_count as interested_people, bounced_count as bounced_people,
                  unsubscribed_count as unsubscribed_people,
                  opened_rate, opened_all_rate, clicked_rate, clicked_all_rate, replied_rate, interested_rate
           from marts.outreach_cohorts""",
    ),
    "replies of those who clicked": (
        ["sequence"],
        """with people as (
               select sequence_key, candidate_key, bool_or(is_replied) as has_replied, bool_or(is_clicked_human) as has_clicked
               from core.fct_outreach_messages where sequence_key is not null group by all)
           select sequence_key, count(*) filter (has_replied or has_clicked) as replied_or_clicked_people,
                  count(*) filter (has_replied and has_clicked) / nullif(count(*) filter (has_clicked), 0) as replied_rate_per_clicked
           from people group by sequence_key""",
    ),
    "messages of a week": (
        ["metric_time__week"],
        "select date_trunc('week', sent_at), count(*) as messages_sent from core.fct_outreach_messages group by all",
    ),
    "who is in process": (
        ["application__current_stage_code"],
        "select stage_code, count(*) as active_applications from marts.pipeline_board group by stage_code",
    ),
}


@pytest.fixture(scope="module")
def engine(company: Company) -> Iterator[Any]:
    """MetricFlow over the project's semantic manifest, checked by its own validator; it writes the SQL and the test runs it."""
    from dbt.contracts.graph.semantic_manifest import SemanticManifest
    from metricflow.engine.metricflow_engine import MetricFlowEngine
    from metricflow.protocols.sql_client import SqlEngine
    from metricflow.sql.render.duckdb_renderer import DuckDbSqlPlanRenderer
    from metricflow_semantic_interfaces.validations.semantic_manifest_validator import SemanticManifestValidator
    from metricflow_semantics.model.dbt_manifest_parser import parse_manifest_from_dbt_generated_manifest
    from metricflow_semantics.model.semantic_manifest_lookup import SemanticManifestLookup

    from orchestration.build import dbt

    path = Path(company.folder) / "semantic_manifest.json"
    SemanticManifest(dbt.parse(Home(company.home))).write_json_to_file(str(path))
    manifest = parse_manifest_from_dbt_generated_manifest(path.read_text(encoding="utf-8"))
    found = SemanticManifestValidator().validate_semantic_manifest(manifest)
    assert [issue.as_readable_str() for issue in found.all_issues] == []
    dialect = SimpleNamespace(sql_engine_type=SqlEngine.DUCKDB, sql_plan_renderer=DuckDbSqlPlanRenderer())
    yield MetricFlowEngine(SemanticManifestLookup(manifest), dialect)


@pytest.mark.parametrize("name", list(COMPARED))
def test_metrics_equal_the_marts(company: Company, engine: Any, name: str) -> None:
    from metricflow.engine.metricflow_engine import MetricFlowQueryRequest

    groups, query = COMPARED[name]
    expected = _by_group(company.ask(query), len(groups))
    metrics = sorted({metric for values in expected.values() for metric in values})
    request = MetricFlowQueryRequest.create(metric_names=metrics, group_by_names=groups)
    rows = company.ask(engine.explain(request).sql_statement.sql)
    found = _by_group([{group: row[group] for group in groups} | row for row in rows], len(groups))
    wrong = [
        (key, metric, found.get(key, {}).get(metric), value)
        for key, values in expected.items()
        for metric, value in values.items()
        if not _same(found.get(key, {}).get(metric), value)
    ]
    assert wrong[:5] == []
    # What only the semantic layer has: groups in which nothing happened, or that have no date and so no place in a mart.
    more = [key for key, values in found.items() if key not in expected and None not in key and any(values.values())]
    assert more[:5] == []
    assert len(expected) > 3


def test_every_metric_is_compared(engine: Any) -> None:
    compared = " ".join(query for _, query in COMPARED.values())
    names = {metric.name for metric in engine.list_metrics(include_dimensions=False)}
    assert {name for name in names if f" {name}" not in compared} == set()
    assert len(names) > 50


def _by_group(rows: list[dict[str, Any]], width: int) -> dict[tuple[Any, ...], dict[str, Any]]:
    """Rows by their first `width` columns; days as texts, because an engine may say date or timestamp."""
    found = {}
    for row in rows:
        items = list(row.items())
        key = tuple(
            json.dumps(value, default=lambda day: day.isoformat()[:10]) if value is not None else None for _, value in items[:width]
        )
        found[key] = dict(items[width:])
    return found


def _same(found: Any, expected: Any) -> bool:
    """A count of nothing may be null where two metrics are joined; a rate of nothing is null in both."""
    if expected is None or found is None:
        return found is None and (expected is None or (isinstance(expected, int) and expected == 0))
    return bool(float(found) == pytest.approx(float(expected), rel=1e-9))
