"""Every column that a gate contract names is one that the staging model of its stream has, and both know the same canonical tables."""

from __future__ import annotations

from typing import Any

import pytest

from ingestion.contracts.canonical_tables import TABLES
from ingestion.contracts.expectations import CONTRACTS
from ingestion.sources.base import streams_of


def staging_models(manifest: dict[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    """(kind, stream) -> the staging model's node."""
    found = {}
    for node in manifest["nodes"].values():
        kind, separator, stream = node["name"].removeprefix("stg_").partition("__")
        if node["resource_type"] == "model" and separator and node["name"].startswith("stg_") and kind in CONTRACTS:
            found[kind, stream] = node
    return found


@pytest.mark.parametrize("kind", ["greenhouse", "ashby", "gem", "gem_export", "ses", "sendgrid"])
def test_a_contract_names_only_columns_that_staging_parses(manifest: dict[str, Any], kind: str) -> None:
    models = staging_models(manifest)
    for stream, contract in CONTRACTS[kind].items():
        declared = models[kind, stream]["raw_code"]
        missing = [
            column
            for column in contract.columns
            if f'"{column}"' not in declared and f'"{column}:' not in declared and f'"{column}=' not in declared
        ]
        assert missing == [], stream


def test_a_canonical_contract_names_only_columns_of_its_table() -> None:
    for table, contract in CONTRACTS["canonical_files"].items():
        assert contract.columns <= set(TABLES[table].columns), table


@pytest.mark.parametrize("kind", ["greenhouse", "ashby", "gem", "gem_export", "ses", "sendgrid"])
def test_every_stream_that_is_loaded_is_staged_and_has_a_contract(manifest: dict[str, Any], kind: str) -> None:
    staged = {stream for found, stream in staging_models(manifest) if found == kind}
    assert staged == set(streams_of(kind))
    assert set(CONTRACTS[kind]) == set(streams_of(kind))
