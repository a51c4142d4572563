"""What grows is listed in one registry: every entry loads, the documentation lists them all, and the configuration accepts no other name."""

from __future__ import annotations

import re
from typing import Any

import pytest

from base.config import Report, Subscriber
from base.errors import ConfigError
from base.home import PROJECT_ROOT
from base.registry import Registry
from exports.channels.channel import Channel
from exports.channels.registry import CHANNELS
from exports.editions.edition import Edition
from exports.editions.registry import EDITIONS

DOCS = PROJECT_ROOT / "docs"
REGISTRIES: tuple[Registry[Any], ...] = (EDITIONS, CHANNELS)


@pytest.mark.parametrize(
    ("registry", "name"), [(registry, name) for registry in REGISTRIES for name in registry], ids=lambda v: str(getattr(v, "what", v))
)
def test_every_entry_of_a_registry_loads(registry: Registry[Any], name: str) -> None:
    assert registry[name] is registry.named(name)


def test_an_unknown_name_is_refused_with_the_names_that_there_are() -> None:
    with pytest.raises(ConfigError, match="there is no channel 'emial'") as refused:
        CHANNELS.named("emial")
    assert refused.value.remedy == f"Did you mean 'email'? Known: {', '.join(sorted(CHANNELS))}."


def test_editions_and_channels_are_what_their_registries_say() -> None:
    assert all(isinstance(edition, Edition) for edition in EDITIONS.values())
    assert all(issubclass(channel, Channel) for channel in CHANNELS.values())


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
