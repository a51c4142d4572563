"""Every column that a gate contract names is one that the staging model of its stream has, and both know the same canonical tables."""

from __future__ import annotations

from typing import Any

import pytest

from ingestion.contracts.canonical_tables import TABLES
from ingestion.contracts.expectations import CONTRACTS
from ingestion.sources.base import streams_of
from orchestration.build.staged import staged_stream


def staging_models(manifest: dict[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    """(kind, stream) -> the staging model's node."""
    return {stream: node for node in manifest["nodes"].values() if (stream := staged_stream(node))}


@pytest.mark.parametrize("kind", ["greenhouse", "ashby", "gem", "gem_export", "ses", "sendgrid"])
def test_a_contract_names_only_columns_that_staging_parses(manifest: dict[str, Any], kind: str) -> None:
    models = staging_models(manifest)
    for stream, contract in CONTRACTS[kind].items():
        assert contract.columns - models[kind, stream]["config"]["meta"]["columns"].keys() == set(), stream


def test_a_canonical_contract_names_only_columns_of_its_table() -> None:
    for table, contract in CONTRACTS["canonical_files"].items():
        assert contract.columns <= set(TABLES[table].columns), table


@pytest.mark.parametrize("kind", ["greenhouse", "ashby", "gem", "gem_export", "ses", "sendgrid"])
def test_every_stream_that_is_loaded_is_staged_and_has_a_contract(manifest: dict[str, Any], kind: str) -> None:
    staged = {stream for found, stream in staging_models(manifest) if found == kind}
    assert staged == set(streams_of(kind))
    assert set(CONTRACTS[kind]) == set(streams_of(kind))


def test_every_staging_model_reads_the_source_of_its_stream_and_no_other(manifest: dict[str, Any]) -> None:
    read = {}
    for stream, node in staging_models(manifest).items():
        read[stream] = [
            manifest["sources"][parent]["relation_name"] for parent in node["depends_on"]["nodes"] if parent.startswith("source.")
        ]
    assert read == {(kind, stream): [f'"warehouse"."raw"."{kind}__{stream}"'] for kind, stream in read}
    assert {(source["source_name"], source["name"]) for source in manifest["sources"].values()} == read.keys()
