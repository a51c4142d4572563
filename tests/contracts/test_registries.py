"""What grows is listed in one registry: every entry loads, the documentation lists them all, and the configuration accepts no other name."""

from __future__ import annotations

import re
from typing import Any

import pytest

from base.config import Report, Subscriber
from base.errors import ConfigError
from base.home import PROJECT_ROOT
from base.registry import Registry
from base.slices import slices
from exports.channels.channel import Channel
from exports.channels.registry import CHANNELS
from exports.editions.edition import Edition
from exports.editions.registry import EDITIONS
from exports.editions.report_options import report_slices
from exports.publish.publisher import Publisher
from exports.publish.registry import PUBLISHERS
from exports.questions.registry import QUESTIONS, SUBJECTS
from orchestration.repairs.registry import REPAIRS
from orchestration.verification.registry import CHECKS

DOCS = PROJECT_ROOT / "docs"
REGISTRIES: tuple[Registry[Any], ...] = (EDITIONS, CHANNELS, PUBLISHERS, REPAIRS, CHECKS)


@pytest.mark.parametrize(
    ("registry", "name"), [(registry, name) for registry in REGISTRIES for name in registry], ids=lambda v: str(getattr(v, "what", v))
)
def test_every_entry_of_a_registry_loads(registry: Registry[Any], name: str) -> None:
    assert registry[name] is registry.named(name)


def test_an_unknown_name_is_refused_with_the_names_that_there_are() -> None:
    with pytest.raises(ConfigError, match="there is no channel 'emial'") as refused:
        CHANNELS.named("emial")
    assert refused.value.remedy == f"Did you mean 'email'? Known: {', '.join(sorted(CHANNELS))}."


def test_entries_are_what_their_registries_say() -> None:
    assert all(isinstance(edition, Edition) for edition in EDITIONS.values())
    assert all(issubclass(channel, Channel) for channel in CHANNELS.values())
    assert all(issubclass(publisher, Publisher) for publisher in PUBLISHERS.values())


@pytest.mark.parametrize(
    ("model", "key", "registry"), [(Report, "edition", EDITIONS), (Subscriber, "channel", CHANNELS)], ids=["edition", "channel"]
)
def test_the_configuration_page_lists_exactly_the_names_of_the_registry(model: type[Any], key: str, registry: Registry[Any]) -> None:
    assert key in model.model_fields
    line = next(line for line in (DOCS / "configuration.md").read_text(encoding="utf-8").splitlines() if line.startswith(f"| `{key}` |"))
    assert re.findall(r"`(\w+)`", line.split("|")[3]) == list(registry)


@pytest.mark.parametrize("name", EDITIONS)
def test_the_reports_page_has_a_section_for_each_edition(name: str) -> None:
    page = (DOCS / "reports.md").read_text(encoding="utf-8")
    assert re.search(rf"^## .*\(`{name}`\)$", page, re.MULTILINE)


def test_the_questions_page_lists_every_question_with_its_text() -> None:
    listed = re.findall(r"^\| `([a-z-]+)` \| (.*) \|$", (DOCS / "questions.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert listed == [(question.name, question.text) for question in QUESTIONS.values()]


def test_no_two_questions_have_one_name() -> None:
    assert len(QUESTIONS) == sum(len(subject.QUESTIONS) for subject in SUBJECTS)


def test_the_concepts_page_defines_every_slice() -> None:
    (definition,) = re.findall(
        r"^\*\*Slice\*\*: .*?`slice_key`", (DOCS / "concepts.md").read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )
    assert re.findall(r"`(\w+)`", definition)[:-1] == list(slices())


def test_the_configuration_page_lists_the_slices_that_a_report_can_be_about() -> None:
    line = next(line for line in (DOCS / "configuration.md").read_text(encoding="utf-8").splitlines() if line.startswith("| `slice_type`"))
    assert re.findall(r"`(\w+)`", line.split("|")[3]) == list(report_slices())


@pytest.mark.parametrize("name", EDITIONS)
def test_the_configuration_page_lists_the_sections_of_each_edition(name: str) -> None:
    page = (DOCS / "configuration.md").read_text(encoding="utf-8")
    (listed,) = re.findall(rf"^Sections of `{name}`: (.*?)[.;]", page, re.MULTILINE | re.DOTALL)
    assert re.findall(r"`(\w+)`", listed) == list(EDITIONS[name].sections)


def test_the_operations_page_says_what_each_repair_is_for() -> None:
    page = (DOCS / "operations.md").read_text(encoding="utf-8")
    table = page[page.index("## When something is damaged") : page.index("## Space")]
    assert all(re.search(rf"\| `{name}`", table) for name in REPAIRS)
