"""sources.yml: where the data comes from."""

from __future__ import annotations

import os
from datetime import date
from typing import Any, Literal

from pydantic import Field, field_validator, model_validator

from base.config.strict import EnvironmentVariable, Mistake, Strict
from base.errors import ConfigError
from base.registry import did_you_mean
from base.source_kinds import kind_names, shape_of


class TableMapping(Strict):
    """Where one canonical table comes from in a source of files or a database, and under which names (docs/sources/canonical_files.md).

    `columns`: canonical column -> theirs. `codes`: canonical column -> {their word: canonical code}. At most one of `file` (a name or a
    pattern), `table` and `query`. `updated_column` (databases): their column by which later loads ask only for what changed.
    """

    file: str | None = None
    table: str | None = None
    query: str | None = None
    columns: dict[str, str] = Field(default_factory=dict)
    codes: dict[str, dict[str, str]] = Field(default_factory=dict)
    updated_column: str | None = None

    @model_validator(mode="after")
    def _one_place(self) -> TableMapping:
        given = [name for name in ("file", "table", "query") if getattr(self, name)]
        if len(given) > 1:
            raise ValueError(f"give only one of {' and '.join(given)}")
        if self.updated_column and self.query:
            raise ValueError("updated_column needs a 'table'; a query is always read in full")
        return self


class Webhooks(Strict):
    """Deliveries that a source sends to `funnelcast webhooks serve`. `secrets` are NAMES of environment variables, two while one is replaced.

    `scheme` (default: the vendor's own) says what is signed; `hmac` is any sender that signs its body with HMAC-SHA256 in hex: `header` holds
    `prefix` and the signature, `timestamp_header` (optional) Unix seconds that are signed before the body and a dot.
    """

    path: str | None = Field(default=None, pattern=r"^/[A-Za-z0-9_./-]*$")
    scheme: str | None = None
    secrets: tuple[EnvironmentVariable, ...] = Field(min_length=1, max_length=2)
    header: str | None = None
    prefix: str = ""
    timestamp_header: str | None = None
    replay_window_minutes: float = Field(default=25 * 60, gt=0)
    max_body_kilobytes: int = Field(default=5120, ge=1, le=102400)

    @model_validator(mode="after")
    def _complete(self) -> Webhooks:
        if self.scheme == "hmac" and not self.header:
            raise ValueError("scheme hmac needs 'header', the name of the header with the signature")
        if self.scheme != "hmac" and (self.header or self.prefix or self.timestamp_header):
            raise ValueError("header, prefix and timestamp_header apply to scheme hmac only; a vendor's scheme defines its own")
        return self


#: Canonical columns that a company may keep in custom fields of its ATS, by canonical table.
CUSTOM_COLUMNS: dict[str, tuple[str, ...]] = {
    "jobs": ("job_family", "job_level_code", "job_class_code"),
    "applications": ("origin_code", "sourcer_id"),
}


class Source(Strict):
    """One instance of a source. `credentials` maps a role (client_id, ...) to the NAME of an environment variable."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")
    kind: str
    base_url: str | None = None
    token_url: str | None = None
    path: str | None = None
    credentials: dict[str, EnvironmentVariable] = Field(default_factory=dict)
    streams: tuple[str, ...] | None = None
    start_date: date | None = None
    lookback_hours: float = Field(default=2.0, ge=0, le=24 * 90)
    concurrency: int = Field(default=4, ge=1, le=16)
    run_budget_minutes: float = Field(default=360, gt=0)
    requests_per_second: float | None = Field(default=None, gt=0)
    sweep_days: float = Field(default=7, ge=0)
    sweep_limit: float | None = Field(default=None, gt=0, le=1)
    custom_fields: dict[str, dict[str, str]] = Field(default_factory=dict)
    tables: dict[str, TableMapping] = Field(default_factory=dict)
    storage_options: dict[str, str | int | bool] = Field(default_factory=dict)
    on_failure: Literal["continue", "stop"] = "continue"
    webhooks: Webhooks | None = None

    @field_validator("kind")
    @classmethod
    def _known_kind(cls, value: str) -> str:
        if value not in kind_names():
            near = did_you_mean(value, sorted(kind_names()))
            raise Mistake(f"there is no source kind '{value}'", remedy=near)
        return value

    @field_validator("custom_fields")
    @classmethod
    def _known_columns(cls, value: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
        for table, columns in value.items():
            if table not in CUSTOM_COLUMNS:
                raise ValueError(f"'{table}' is not one of {', '.join(CUSTOM_COLUMNS)}")
            for column in columns:
                if column not in CUSTOM_COLUMNS[table]:
                    raise ValueError(f"{table} has no column '{column}' to fill; known: {', '.join(CUSTOM_COLUMNS[table])}")
        return value

    @property
    def settings(self) -> dict[str, Any]:
        """What dbt must know to read this source's lake (stored in the lake's source.json); unset keys are left out."""
        shape = shape_of(self.kind)
        chosen = {"shape": "" if shape == self.kind else shape, "sweep_limit": self.sweep_limit, "custom_fields": self.custom_fields}
        return {name: value for name, value in chosen.items() if value}

    def secret(self, role: str) -> str:
        """The credential's value from its environment variable. Raises ConfigError naming the variable, never a value."""
        variable = self.credentials.get(role)
        if not variable:
            raise ConfigError(
                f"sources.yml: source '{self.name}' has no credentials.{role}",
                remedy=f"Add 'credentials: {{{role}: NAME_OF_AN_ENVIRONMENT_VARIABLE}}'.",
            )
        value = os.environ.get(variable)
        if not value:
            raise ConfigError(
                f"sources.yml: source '{self.name}' reads credentials.{role} from the environment variable {variable}, which is not set",
                remedy=f"Set {variable} and run again.",
            )
        return value


class SourcesFile(Strict):
    sources: tuple[Source, ...] = ()

    @field_validator("sources")
    @classmethod
    def _distinct(cls, value: tuple[Source, ...]) -> tuple[Source, ...]:
        names = [source.name for source in value]
        doubled = sorted({name for name in names if names.count(name) > 1})
        if doubled:
            raise ValueError(f"source name used twice: {', '.join(doubled)}")
        return value
