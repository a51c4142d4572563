"""What a kind's entry says of its streams is what its folder in dbt has: the same streams, columns that staging parses, models for what it feeds."""

from __future__ import annotations

from typing import Any

import pytest

from base.home import PROJECT_ROOT
from base.registry import imported
from base.source_kinds import feeds_of, kind_names, shape_of, shapes
from ingestion.protocol.connector import Connector
from ingestion.protocol.kind import SourceKind
from ingestion.sources.registry import KINDS
from orchestration.build.staged import staged_stream


@pytest.mark.parametrize("kind", shapes())
def test_every_stream_that_is_loaded_is_staged(manifest: dict[str, Any], kind: str) -> None:
    assert {stream for found, stream in staging_models(manifest) if found == kind} == set(KINDS.named(kind).streams)


@pytest.mark.parametrize("kind", shapes())
def test_a_contract_names_only_columns_that_staging_parses(manifest: dict[str, Any], kind: str) -> None:
    models = staging_models(manifest)
    for name, stream in KINDS.named(kind).streams.items():
        assert stream.contract.columns - models[kind, name]["config"]["meta"]["columns"].keys() == set(), name


@pytest.mark.parametrize("kind", kind_names())
def test_a_kind_feeds_what_its_line_says_and_every_model_of_its_own_is_used(manifest: dict[str, Any], kind: str) -> None:
    models = {node["name"]: unique_id for unique_id, node in manifest["nodes"].items() if node["resource_type"] == "model"}
    assert [table for table in feeds_of(kind) if f"int_{kind}__{table}" not in models] == []
    unused = [
        name
        for name, unique_id in models.items()
        if name.startswith(f"int_{kind}__") and not any(child.startswith("model.") for child in manifest["child_map"][unique_id])
    ]
    assert unused == []


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_every_kind_has_a_page(kind: SourceKind) -> None:
    assert kind.name == KINDS.named(kind.name).name
    assert (PROJECT_ROOT / kind.docs_page).exists()


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_a_kinds_connector_is_where_its_entry_says_and_has_its_streams(kind: SourceKind) -> None:
    connector = imported(kind.connector)
    assert issubclass(connector, Connector)
    assert connector.specs is kind.streams


def test_a_kind_without_models_of_its_own_has_the_streams_of_its_shape() -> None:
    for kind in kind_names():
        assert set(KINDS.named(kind).streams) == set(KINDS.named(shape_of(kind)).streams)


def test_every_staging_model_reads_the_source_of_its_stream_and_no_other(manifest: dict[str, Any]) -> None:
    read = {}
    for stream, node in staging_models(manifest).items():
        read[stream] = [
            manifest["sources"][parent]["relation_name"] for parent in node["depends_on"]["nodes"] if parent.startswith("source.")
        ]
    assert read == {(kind, stream): [f'"warehouse"."raw"."{kind}__{stream}"'] for kind, stream in read}
    assert {(source["source_name"], source["name"]) for source in manifest["sources"].values()} == read.keys()


def staging_models(manifest: dict[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    """(kind, stream) -> the staging model's node."""
    return {stream: node for node in manifest["nodes"].values() if (stream := staged_stream(node))}
