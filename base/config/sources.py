"""sources.yml: where the data comes from."""

from __future__ import annotations

import os
import re
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, field_validator, model_validator

from base.config.reports import check_distinct
from base.config.strict import Mistake, Strict
from base.config.values import Day, EnvironmentVariable, Number, WebAddress, Whole, check_encrypted, matching
from base.dbt_vars import dbt_vars
from base.errors import ConfigError
from base.redaction import holds_a_secret, remember_secrets
from base.registry import did_you_mean
from base.source_kinds import kind_names, shape_of


def null_texts() -> tuple[str, ...]:
    """Texts that mean nothing in ids, codes, times, numbers and yes-or-no columns, compared without case."""
    return tuple(dbt_vars()["null_texts"])


def _stated_format(text: str) -> str:
    """A format that `strptime` reads, with a day in it."""
    if not re.search("%[Yy]", text) or not re.search("%[mbB]", text) or "%d" not in text:
        raise ValueError("must name year, month and day, like '%m/%d/%Y' (%Y 2026, %m 03, %d 21, %H:%M 16:05)")
    try:
        datetime.strptime(datetime(2026, 3, 21, 16, 5, tzinfo=UTC).strftime(text), text)  # noqa: DTZ007
    except (ValueError, re.error):  # re.error: a directive that stands twice
        raise ValueError("is no format that can be read, like '%m/%d/%Y' (%Y 2026, %m 03, %d 21, %H:%M 16:05)") from None
    return text


def _as_text(value: Any) -> Any:
    """YAML reads an unquoted NULL as nothing and -1 as a number; here both are texts of a file."""
    return (
        ["null" if item is None else str(item) if isinstance(item, int | float) else item for item in value]
        if isinstance(value, list)
        else value
    )


class TableMapping(Strict):
    """Where one canonical table comes from in a source of files or a database, and under which names (docs/sources/canonical_files.md).

    `columns`: canonical column -> theirs. `codes`: canonical column -> {their word: canonical code}. At most one of `file` (a name or a
    pattern), `table` and `query`. `updated_column` (databases): their column by which later loads ask only for what changed.

    How values are written: `date_format` (strptime) of times and dates that are not ISO, `decimal` the mark before the fraction of a number,
    `null_values` the texts that mean nothing, instead of `null_texts` of dbt_project.yml.
    """

    written_in = "sources.yml"

    file: str | None = None
    table: str | None = None
    query: str | None = None
    columns: dict[str, str] = Field(default_factory=dict)
    codes: dict[str, dict[str, str]] = Field(default_factory=dict)
    updated_column: str | None = None
    date_format: Annotated[str, AfterValidator(_stated_format)] | None = None
    decimal: Literal[",", "."] | None = None
    null_values: Annotated[tuple[str, ...], BeforeValidator(_as_text)] | None = None

    @model_validator(mode="after")
    def _one_place(self) -> TableMapping:
        given = [name for name in ("file", "table", "query") if getattr(self, name)]
        if len(given) > 1:
            raise ValueError(f"give only one of {' and '.join(given)}")
        if self.updated_column and self.query:
            raise ValueError("updated_column needs a 'table'; a query is always read in full")
        return self


#: As HTTP allows it (RFC 9110, token).
HeaderName = Annotated[str, matching(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}", "the name of a header, like X-Signature")]


class Webhooks(Strict):
    """Deliveries that a source sends to `funnelcast webhooks serve`. `secrets` are NAMES of environment variables, two while one is replaced.

    `scheme` (default: the vendor's own) says what is signed; `hmac` is any sender that signs its body with HMAC-SHA256 in hex: `header` holds
    `prefix` and the signature, `timestamp_header` (optional) Unix seconds that are signed before the body and a dot.
    """

    written_in = "sources.yml"

    path: Annotated[str, matching(r"/[A-Za-z0-9_./-]{0,200}", "a path like /hooks/ats (letters, digits, _, -, . and /)")] | None = None
    scheme: str | None = None
    secrets: tuple[EnvironmentVariable, ...] = Field(min_length=1, max_length=2)
    header: HeaderName | None = None
    prefix: str = ""
    timestamp_header: HeaderName | None = None
    replay_window_minutes: Number = Field(default=25 * 60, gt=0, le=60 * 24 * 31)
    max_body_kilobytes: Whole = Field(default=5120, ge=1, le=102400)

    @field_validator("secrets")
    @classmethod
    def _two_secrets(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if len(set(value)) < len(value):
            raise Mistake("names the same variable twice", remedy="Name the old secret's variable and the new one's.")
        return value

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

    written_in = "sources.yml"

    name: Annotated[str, matching(r"[a-z][a-z0-9_]{0,39}", "a small letter, then small letters, digits or _, up to 40")]
    kind: str
    base_url: WebAddress | None = None
    token_url: WebAddress | None = None
    path: Annotated[str, matching(r"(?=.*\S)[^\r\n]{1,1000}", "the name of a folder, or its address")] | None = None
    credentials: dict[str, EnvironmentVariable] = Field(default_factory=dict)
    streams: tuple[str, ...] | None = Field(default=None, min_length=1)
    start_date: Day | None = None
    lookback_hours: Number = Field(default=2.0, ge=0, le=24 * 90)
    concurrency: Whole = Field(default=4, ge=1, le=16)
    run_budget_minutes: Number = Field(default=360, gt=0, le=60 * 24 * 7)
    requests_per_second: Number | None = Field(default=None, gt=0, le=100_000)
    sweep_days: Number = Field(default=7, ge=0, le=366)
    sweep_limit: Number | None = Field(default=None, gt=0, le=1)
    custom_fields: dict[str, dict[str, str]] = Field(default_factory=dict)
    tables: dict[str, TableMapping] = Field(default_factory=dict)
    storage_options: dict[str, Any] = Field(default_factory=dict)
    allow_http: bool = False
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
                raise Mistake(f"there is no table '{table}' to fill", table, remedy=did_you_mean(table, CUSTOM_COLUMNS))
            for column in columns:
                if column not in CUSTOM_COLUMNS[table]:
                    remedy = did_you_mean(column, CUSTOM_COLUMNS[table])
                    raise Mistake(f"{table} has no column '{column}' to fill", table, column, remedy=remedy)
        return value

    @model_validator(mode="after")
    def _encrypted(self) -> Source:
        addresses: dict[tuple[str, ...], str | None] = {("base_url",): self.base_url, ("token_url",): self.token_url}
        addresses |= {("storage_options", name): option for name, option in self.storage_options.items() if isinstance(option, str)}
        for key, address in addresses.items():
            if address and not self.allow_http:
                check_encrypted(address, *key)
        return self

    @field_validator("storage_options")
    @classmethod
    def _plain_options(cls, value: dict[str, Any]) -> dict[str, Any]:
        for name, option in value.items():
            if not isinstance(option, str | int | bool):
                raise Mistake("must be text, a whole number, true or false", name)
            if holds_a_secret(name, str(option)):
                raise Mistake(
                    "is a secret, and no secret is kept in this file",
                    name,
                    remedy=f"Set an environment variable to it and add 'credentials: {{{name}: NAME_OF_THE_VARIABLE}}'.",
                )
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
                f"{self.place('credentials')}: source '{self.name}' has no credentials.{role}",
                remedy=f"Add 'credentials: {{{role}: NAME_OF_AN_ENVIRONMENT_VARIABLE}}'.",
            )
        value = os.environ.get(variable)
        if not value:
            raise ConfigError(
                f"{self.place('credentials', role)}: source '{self.name}' reads credentials.{role} from the environment variable {variable},"
                " which is not set",
                remedy=f"Set {variable} and run again.",
            )
        remember_secrets([value])
        if value != value.strip():
            # From a file with a line end, mostly: no service takes it, and none says why.
            raise ConfigError(
                f"{self.place('credentials', role)}: the environment variable {variable} begins or ends with a blank or a line break",
                remedy=f"Set {variable} without it and run again.",
            )
        return value


class SourcesFile(Strict):
    written_in = "sources.yml"

    sources: tuple[Source, ...] = ()

    @model_validator(mode="after")
    def _distinct(self) -> SourcesFile:
        check_distinct(self.sources, "name", "sources")
        seen: dict[str, Source] = {}
        for number, source in enumerate(self.sources):
            if source.webhooks is None:
                continue
            path = source.webhooks.path or f"/{source.name}"
            if path in seen:
                key = ("webhooks", "path") if source.webhooks.path else ("webhooks",)
                message = f"{source.name} and {seen[path].name} ({seen[path].place(*key)}) both receive webhooks at {path}"
                raise Mistake(message, "sources", number, *key, remedy="Give one of them another webhooks.path.")
            seen[path] = source
        return self
