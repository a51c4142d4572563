"""The conventions of docs/conventions.md as executable rules over dbt's manifest."""

from __future__ import annotations

import re
from functools import cache
from pathlib import PurePosixPath
from typing import Any

import pytest

from ingestion.canonical.tables import TABLES
from ingestion.sources.registry import KINDS

LAYERS = ("run", "staging", "intermediate", "canonical", "core", "marts", "restricted")
#: The schemas of restricted models, each in a file of its own.
RESTRICTED = {"people", "eeo", "diversity", "diversity_work"}
#: A layer may read itself and what stands before it; marts never reach back behind core except to the clock and terminology.
READS = {
    "run": set(),
    "staging": set(),
    "intermediate": {"staging", "intermediate", "canonical", "terminology"},
    "canonical": {"staging", "intermediate", "canonical", "terminology"},
    "core": {"canonical", "core", "terminology"},
    "marts": {"core", "marts", "terminology", "benchmarks"},
    "restricted": {"canonical", "core", "restricted", "terminology"},
}
#: The run's clock is read everywhere; what is not mapped yet is told in marts from the mapping models.
READ_BY_ALL = {"run_clock"}
#: Reviewed exceptions, each with its reason.
MAY_READ = {
    # When a reason was answered is a fact about what was known when; core holds what is true as of the run.
    ("offer_decline_followups", "close_reason_sightings"),
    ("offer_decline_followups", "reason_codes"),
    # The company's own copy of published figures is a file beside the seed, no source's data.
    ("benchmark_comparison", "stg_config__benchmarks"),
    # How many rows were plans is about what came in; core has the stages that they put on ladders.
    ("int_marts__settled_counts", "stage_visits"),
}
#: Models that read no other model and no source, each with what it reads instead.
ROOTS = {"run_clock": "the run's vars and the lake's windows", "int_diversity__adverse_impact_settings": "vars"}
#: Models of the build file that no other model reads, each with its reader.
UNREAD = {
    "identity_conflicts": "funnelcast identity",
    **dict.fromkeys(
        (
            *("stg_ashby__interview_plans", "stg_lever__referrals", "stg_greenhouse__referrers"),
            *("stg_greenhouse__prospect_pools", "stg_greenhouse__prospect_pool_stages"),
            *("stg_greenhouse__approval_flows", "stg_greenhouse__approver_groups", "stg_greenhouse__approvers"),
        ),
        "the log and the gate: no canonical table has a column for it yet",
    ),
}
#: Views upon views that a query of the last one has to unfold.
MOST_CHAINED_VIEWS = 5
PERSONAL = re.compile(
    r"(^|_)(first_name|last_name|full_name|candidate_name|preferred_name|email|email_address|phone|phone_number|address|linkedin|"
    r"date_of_birth|birth|gender|race|ethnicity|veteran|disability|password|secret|token|api_key|notes|free_text|body)(_|$)"
)


def models(manifest: dict[str, Any]) -> list[dict[str, Any]]:
    return [node for node in manifest["nodes"].values() if node["resource_type"] == "model"]


def layer(node: dict[str, Any]) -> str:
    """The first folder of a model; seeds are terminology or benchmarks."""
    return str(node["fqn"][1]) if node["resource_type"] == "model" else str(node["schema"])


def is_source(unique_id: str) -> bool:
    return unique_id.startswith("source.")


def public(manifest: dict[str, Any]) -> list[dict[str, Any]]:
    return [node for node in models(manifest) if node["schema"] in ("core", "marts") and node["config"]["contract"]["enforced"]]


def report(problems: list[str]) -> None:
    assert not problems, "\n" + "\n".join(sorted(problems))


def test_every_model_lies_in_the_folder_of_its_layer(manifest: dict[str, Any]) -> None:
    """Private steps of core and marts are built in schemas of their own (core_work, marts_work), which are never published."""
    report(
        [
            node["path"]
            for node in models(manifest)
            if layer(node) not in LAYERS
            or node["schema"] not in (RESTRICTED if layer(node) == "restricted" else (layer(node), f"{layer(node)}_work"))
        ]
    )


def test_models_are_named_for_their_folder(manifest: dict[str, Any]) -> None:
    """stg_<kind>__ and int_<kind>__ in the folder of the kind; the private steps of core, marts and diversity are int_<layer>__; nothing else is."""
    wrong = []
    for node in models(manifest):
        folders, name = node["fqn"][1:-1], node["name"]
        if folders[0] in ("staging", "intermediate"):
            prefix = f"{'stg' if folders[0] == 'staging' else 'int'}_{folders[1]}__"
        elif folders[-1] == "intermediate":
            prefix = f"int_{folders[-2]}__"
        else:
            prefix = None
        if not name.startswith(prefix) if prefix else name.startswith(("stg_", "int_")):
            wrong.append(node["original_file_path"])
    report(wrong)


def test_core_holds_dimensions_facts_and_private_intermediates_only(manifest: dict[str, Any]) -> None:
    report([node["name"] for node in public(manifest) if node["schema"] == "core" and not re.match(r"(dim|fct)_", node["name"])])


def test_every_model_is_described_and_its_description_begins_with_its_grain(manifest: dict[str, Any]) -> None:
    report([node["original_file_path"] for node in models(manifest) if not re.match(r"One row(:| per | for )", node["description"] or "")])


def test_every_model_is_described_in_its_own_folder_or_above(manifest: dict[str, Any]) -> None:
    wrong = []
    for node in models(manifest):
        described_in = PurePosixPath(node["patch_path"].partition("://")[2]).parent
        if described_in not in PurePosixPath(node["original_file_path"]).parents:
            wrong.append(f"{node['original_file_path']} is described in {described_in}")
    report(wrong)


def test_every_model_belongs_to_a_group_with_an_owner(manifest: dict[str, Any]) -> None:
    owned = {group["name"] for group in manifest["groups"].values() if group["owner"].get("name")}
    report([node["name"] for node in models(manifest) if node["config"]["group"] not in owned])


def test_sources_are_read_by_staging_alone(manifest: dict[str, Any]) -> None:
    report([node["name"] for node in models(manifest) if layer(node) != "staging" and any(map(is_source, node["depends_on"]["nodes"]))])


def test_a_model_without_parents_reads_a_file_of_the_company_or_the_run_itself(manifest: dict[str, Any]) -> None:
    roots = {node["name"] for node in models(manifest) if not node["depends_on"]["nodes"]}
    assert {name for name in roots if not name.startswith("stg_config__")} == ROOTS.keys()


def test_what_no_model_reads_is_public_or_has_a_reader_that_is_named(manifest: dict[str, Any]) -> None:
    read = {parent for node in models(manifest) for parent in node["depends_on"]["nodes"]}
    unread = {node["name"] for node in models(manifest) if node["unique_id"] not in read and layer(node) != "restricted"}
    assert unread - {node["name"] for node in public(manifest)} == UNREAD.keys() & {node["name"] for node in models(manifest)}


def test_models_are_read_by_ref_and_never_by_their_name_in_the_database(manifest: dict[str, Any]) -> None:
    """Only the gate's own tables (schema quality) are no models."""
    schemas = {"raw", *(node["schema"] for node in manifest["nodes"].values() if node["resource_type"] in ("model", "seed"))}
    by_name = re.compile(rf"\b(?:from|join)\s+({'|'.join(sorted(schemas))})\.\w+", re.IGNORECASE)
    report([node["original_file_path"] for node in models(manifest) if node["language"] == "sql" and by_name.search(node["raw_code"])])


def test_few_views_stand_upon_views(manifest: dict[str, Any]) -> None:
    by_id = {node["unique_id"]: node for node in models(manifest)}

    @cache
    def chained(unique_id: str) -> int:
        node = by_id.get(unique_id)
        if node is None or node["config"]["materialized"] != "stored_view":
            return 0
        return 1 + max(map(chained, node["depends_on"]["nodes"]), default=0)

    report(
        [f"{node['name']} stands on {chained(unique_id)}" for unique_id, node in by_id.items() if chained(unique_id) > MOST_CHAINED_VIEWS]
    )


def test_every_public_model_has_a_tested_primary_key(manifest: dict[str, Any]) -> None:
    keyed = {
        node["attached_node"]
        for node in manifest["nodes"].values()
        if node["resource_type"] == "test" and (node.get("test_metadata") or {}).get("name") == "primary_key"
    }
    report([node["name"] for node in public(manifest) if node["unique_id"] not in keyed])


def test_every_table_of_core_and_marts_is_under_contract_or_private(manifest: dict[str, Any]) -> None:
    loose = [
        node["name"]
        for node in models(manifest)
        if node["schema"] in ("core", "marts") and not node["config"]["contract"]["enforced"] and node["access"] == "public"
    ]
    report(loose)


def test_every_public_model_and_column_is_described(manifest: dict[str, Any]) -> None:
    missing = []
    for node in public(manifest):
        if not re.match(r"One row(:| per )", node["description"] or ""):
            missing.append(f"{node['name']}: description does not begin with its grain")
        missing += [f"{node['name']}.{name}" for name, column in node["columns"].items() if not column["description"].strip()]
    report(missing)


def test_a_layer_reads_only_what_stands_before_it(manifest: dict[str, Any]) -> None:
    nodes = manifest["nodes"]
    wrong = []
    for node in models(manifest):
        for parent_id in node["depends_on"]["nodes"]:
            parent = nodes.get(parent_id)
            if parent is None or parent["name"] in READ_BY_ALL or (node["name"], parent["name"]) in MAY_READ:
                continue
            if layer(parent) not in READS[layer(node)] and not _is_exception(node):
                wrong.append(f"{layer(node)}.{node['name']} reads {layer(parent)}.{parent['name']}")
    report(wrong)


def _is_exception(node: dict[str, Any]) -> bool:
    """Coverage and unmapped names tell about the pipeline itself, so they look back at what came in."""
    return "coverage" in node["fqn"] or "quality" in node["fqn"]


def test_nothing_from_canonical_on_names_a_vendors_kind(manifest: dict[str, Any]) -> None:
    kinds = "|".join(kind.name for kind in KINDS.values() if kind.vendor)
    named = re.compile(rf"\b(stg|int)_({kinds})__|['\"]({kinds})['\"]", re.IGNORECASE)
    source_blind = [node for node in models(manifest) if layer(node) not in ("staging", "intermediate")]
    report([node["original_file_path"] for node in source_blind if named.search(node["raw_code"])])


def test_no_public_column_holds_personal_data(manifest: dict[str, Any]) -> None:
    found = []
    for node in public(manifest):
        for name in node["columns"]:
            # Employees are in dim_users with their name and work address; no candidate is in any public table.
            if PERSONAL.search(name) and not name.startswith(("is_", "has_")) and node["name"] != "dim_users":
                found.append(f"{node['name']}.{name}")
    report(found)


#: Who reads a restricted canonical table beside the models of its restricted file.
READERS = {
    # The search for people compares contacts; coverage counts rows.
    "people": {"candidate_identifiers", "table_counts", "unknown_ids"},
    # Not even how many answers there are is published.
    "eeo": set(),
}


def test_a_restricted_canonical_table_is_read_by_its_restricted_models_alone(manifest: dict[str, Any]) -> None:
    restricted = {f"model.funnelcast.{name}": table.restricted for name, table in TABLES.items() if table.restricted}
    assert len(restricted) == 2
    found = {
        (file, node["name"])
        for node in models(manifest)
        for parent, file in restricted.items()
        if parent in node["depends_on"]["nodes"] and node["schema"] != file
    }
    assert found == {(file, name) for file, names in READERS.items() for name in names}


def test_no_public_column_has_the_name_of_a_restricted_one(manifest: dict[str, Any]) -> None:
    """Ids lead to what is restricted, and times and codes alone tell of nobody: what counts is text."""
    restricted = {
        name
        for table in TABLES.values()
        for name, column in table.columns.items()
        if column.restricted or (table.restricted and column.type == "text" and not column.references)
    }
    assert {"recipient_address", "contact_value", "group_code"} <= restricted
    report([f"{node['name']}.{name}" for node in public(manifest) for name in node["columns"] if name in restricted])


def test_public_columns_follow_the_grammar_of_suffixes(manifest: dict[str, Any]) -> None:
    types = {
        "_at": ("timestamp",),
        "_on": ("date",),
        "_month": ("date",),
        "_week": ("date",),
        "_quarter": ("date",),
        "_count": ("integer", "bigint", "hugeint"),
        "_rate": ("double",),
        "_key": ("string",),
        "_id": ("string",),
        "_code": ("string",),
        "_name": ("string",),
    }
    wrong = []
    for node in public(manifest):
        for name, column in node["columns"].items():
            kind = (column["data_type"] or "").lower()
            for suffix, allowed in types.items():
                if name.endswith(suffix) and kind not in allowed:
                    wrong.append(f"{node['name']}.{name} is {kind}")
            if name.startswith(("is_", "has_")) and kind != "boolean":
                wrong.append(f"{node['name']}.{name} is {kind}")
    report(wrong)


def test_every_mart_carries_its_clock(manifest: dict[str, Any]) -> None:
    report([node["name"] for node in public(manifest) if node["schema"] == "marts" and "as_of" not in node["columns"]])


def test_no_model_asks_what_time_it_is(manifest: dict[str, Any]) -> None:
    clocks = re.compile(r"\b(now\(\)|current_timestamp|current_date|today\(\)|getdate\(\)|run_started_at)", re.IGNORECASE)
    asked = []
    for node in models(manifest):
        code = re.sub(r"\{#.*?#\}", "", re.sub(r"--[^\n]*", "", node["raw_code"]), flags=re.DOTALL)
        if clocks.search(code):
            asked.append(node["original_file_path"])
    report(asked)


@pytest.mark.parametrize(
    "table",
    [
        "funnel_passthrough",
        "time_in_stage",
        "time_to_hire",
        "offer_acceptance",
        "offer_decline_reasons",
        "offer_decline_followups",
        "source_of_hire",
        "outreach_link_stats",
        "outreach_sequence_stats",
        "outreach_step_stats",
        "outreach_subject_stats",
        "outreach_sender_stats",
        "sourcing_activity",
        "nurture_pool",
        "rediscovery_pool",
        "rejection_reasons",
        "withdrawals",
        "benchmark_comparison",
        "pipeline_board",
        "forecast_required_pipeline",
        "forecast_expected_hires",
        "data_coverage",
    ],
)
def test_the_marts_of_this_release_exist(manifest: dict[str, Any], table: str) -> None:
    assert table in {node["name"] for node in public(manifest) if node["schema"] == "marts"}
