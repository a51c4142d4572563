"""docs/configuration.md held against the code: every key is documented, every example is valid."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pydantic import BaseModel

from base.config import Company, Delivery, Owner, Report, Source, Subscriber, Web, Webhooks, WorkingHours
from base.home import PROJECT_ROOT
from exports.channels.registry import delivery_sections
from exports.editions.registry import EDITIONS
from ingestion.protocol.finding import OK
from orchestration.answers.mapping_files import FILES, check_mappings
from orchestration.checked_config import load_config
from tests.support.ingestion import look_at

CONFIGURATION = (PROJECT_ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", CONFIGURATION, re.DOTALL)


@pytest.mark.parametrize(
    "model",
    [Source, Webhooks, Company, WorkingHours, Owner, Delivery, Report, Subscriber, Web, *delivery_sections().values()],
    ids=lambda m: m.__name__,
)
def test_every_key_of_the_configuration_is_documented(model: type[BaseModel]) -> None:
    missing = [key for key in model.model_fields if not re.search(rf"[`.]{key}[`.]", CONFIGURATION)]
    assert not missing


def test_every_option_of_an_edition_is_documented() -> None:
    names = {name for edition in EDITIONS.values() for name in edition.options.model_fields}
    assert not [name for name in names if f"`{name}`" not in CONFIGURATION]


def test_the_examples_are_a_configuration_that_loads(tmp_path: Path) -> None:
    for text in blocks("yaml"):
        name = text.partition(":")[0]
        (tmp_path / f"{name if name in ('sources', 'reports') else 'company'}.yml").write_text(text, encoding="utf-8")
    config = load_config(tmp_path)
    assert [source.kind for source in config.sources] == ["greenhouse", "gem", "ses", "canonical_files"]
    assert config.company.time_zone == "America/New_York"
    for report in config.reports:
        EDITIONS[report.edition].options_of(report)


def test_the_mapping_examples_are_accepted_with_every_column(tmp_path: Path) -> None:
    files = {tuple(sorted(file.columns)): file.name for file in FILES}
    for text in blocks("csv"):
        header = text.partition("\n")[0].split(",")
        (tmp_path / f"{files[tuple(sorted(header))]}.csv").write_text(text, encoding="utf-8")
    assert check_mappings(tmp_path) == {"stages": 3, "reasons": 2, "sources": 1, "decline_answers": 1}


def test_the_example_company_of_the_files_page_reads_without_a_warning(tmp_path: Path) -> None:
    page = (PROJECT_ROOT / "docs" / "sources" / "canonical_files.md").read_text(encoding="utf-8")
    files = re.findall(r"`exports/acme/(\w+\.csv)`\n\n```csv\n(.*?)```", page, re.DOTALL)
    for name, text in files:
        (tmp_path / name).write_text(text, encoding="utf-8")
    findings = look_at(Source(name="acme", kind="canonical_files", path=str(tmp_path)))
    assert {finding.stream for finding in findings} == {"applications", "jobs", "stages", "stage_visits"}
    assert [finding for finding in findings if finding.level != OK] == []
