"""Configuration: YAML with line numbers, checked against typed models, every mistake named by file, line and key.

Files in the configuration folder (docs/configuration.md). Only sources.yml is needed; every other has working defaults.

    sources.yml    where the data comes from
    company.yml    name, time zone, working hours, where to deliver
    reports.yml    which reports go to whom, when
    mappings/*.csv the tenant's stage, reason and source names -> canonical codes, with dates (read by dbt, not here)
"""

from __future__ import annotations

import difflib
import hashlib
import os
import re
from datetime import date, time
from pathlib import Path
from typing import Any, Literal, TypeVar
from zoneinfo import ZoneInfo, available_timezones

import yaml
from cronsim import CronSim, CronSimError
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from base.errors import ConfigError

SOURCE_KINDS = ("greenhouse", "ashby", "lever", "gem", "gem_export", "ses", "sendgrid", "canonical_files", "canonical_database")

#: Kinds whose records have the shape of another kind's, so that one set of staging models parses both.
SHAPES = {"canonical_database": "canonical_files"}

#: Kinds whose vendor has a way of its own to sign webhooks.
WEBHOOK_KINDS = ("greenhouse", "lever", "ashby", "sendgrid")

#: How the name of an environment variable looks; a secret hardly looks so.
_VARIABLE = re.compile(r"[A-Z_][A-Z0-9_]*")


class Strict(BaseModel):
    """Unknown keys are mistakes, not extras."""

    model_config = ConfigDict(extra="forbid", frozen=True)


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
            raise ValueError("updated_column needs a 'table', a query is read whole each time")
        return self


class Webhooks(Strict):
    """Deliveries that a source sends to `funnelcast webhooks serve`. `secrets` are NAMES of environment variables, two while one is replaced.

    `scheme` (default: the vendor's own) says what is signed; `hmac` is any sender that signs its body with HMAC-SHA256 in hex: `header` holds
    `prefix` and the signature, `timestamp_header` (optional) Unix seconds that are signed before the body and a dot.
    """

    path: str | None = Field(default=None, pattern=r"^/[A-Za-z0-9_./-]*$")
    scheme: Literal["greenhouse", "lever", "ashby", "sendgrid", "hmac"] | None = None
    secrets: tuple[str, ...] = Field(min_length=1, max_length=2)
    header: str | None = None
    prefix: str = ""
    timestamp_header: str | None = None
    replay_window_minutes: float = Field(default=25 * 60, gt=0)
    max_body_kilobytes: int = Field(default=5120, ge=1, le=102400)

    @field_validator("secrets")
    @classmethod
    def _names_not_values(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for variable in value:
            if not _VARIABLE.fullmatch(variable):
                raise ValueError("each must be the NAME of an environment variable (capitals, digits, _), not the secret itself")
        return value

    @model_validator(mode="after")
    def _complete(self) -> Webhooks:
        if self.scheme == "hmac" and not self.header:
            raise ValueError("scheme hmac needs 'header', the name of the header with the signature")
        if self.scheme != "hmac" and (self.header or self.prefix or self.timestamp_header):
            raise ValueError("header, prefix and timestamp_header are for scheme hmac; a vendor's scheme knows its own")
        return self


#: Canonical columns that a company may keep in custom fields of its ATS, by canonical table.
CUSTOM_COLUMNS: dict[str, tuple[str, ...]] = {
    "jobs": ("job_family", "job_level_code", "job_class_code"),
    "applications": ("origin_code", "sourcer_id"),
}


class Source(Strict):
    """One instance of a source. `credentials` maps a role (client_id, ...) to the NAME of an environment variable."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")
    kind: Literal["greenhouse", "ashby", "lever", "gem", "ses", "sendgrid", "canonical_files", "canonical_database", "gem_export"]
    base_url: str | None = None
    token_url: str | None = None
    path: str | None = None
    credentials: dict[str, str] = Field(default_factory=dict)
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

    @field_validator("credentials")
    @classmethod
    def _names_not_values(cls, value: dict[str, str]) -> dict[str, str]:
        for role, variable in value.items():
            if not _VARIABLE.fullmatch(variable):
                # The text is not repeated: it may be the secret itself.
                raise ValueError(f"'{role}' must be the NAME of an environment variable (capitals, digits, _), not the secret itself")
        return value

    @field_validator("custom_fields")
    @classmethod
    def _known_columns(cls, value: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
        for table, columns in value.items():
            if table not in CUSTOM_COLUMNS:
                raise ValueError(f"'{table}' is none of {', '.join(CUSTOM_COLUMNS)}")
            for column in columns:
                if column not in CUSTOM_COLUMNS[table]:
                    raise ValueError(f"{table} has no column '{column}' to fill; known: {', '.join(CUSTOM_COLUMNS[table])}")
        return value

    @model_validator(mode="after")
    def _complete(self) -> Source:
        if self.kind in ("canonical_files", "ses", "gem_export") and not self.path:
            raise ValueError(f"a source of kind {self.kind} needs 'path', the folder to read")
        if self.kind == "sendgrid" and not (self.path or self.webhooks):
            raise ValueError("a source of kind sendgrid needs 'webhooks', or 'path', a folder of its events")
        if self.webhooks and not self.webhooks.scheme and self.kind not in WEBHOOK_KINDS:
            raise ValueError(f"webhooks of kind {self.kind} need 'scheme': {', '.join(WEBHOOK_KINDS)} or hmac")
        return self

    @property
    def settings(self) -> dict[str, Any]:
        """What dbt must know to read this source's lake (it stands in the lake's source.json); what is not set is not said."""
        chosen = {"shape": SHAPES.get(self.kind), "sweep_limit": self.sweep_limit, "custom_fields": self.custom_fields}
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


class WorkingHours(Strict):
    start: time = time(9)
    end: time = time(17)
    days: tuple[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"], ...] = ("mon", "tue", "wed", "thu", "fri")
    holidays: tuple[date, ...] = ()


Findings = Literal[
    "reference", "no_difference_seen", "difference_may_be_chance", "difference_seen", "too_few", "not_compared", "suppressed"
]


class Outreach(Strict):
    """How long after a message an application counts as brought by it."""

    attribution_window_days: Literal[30, 60, 90] = 90


class Rediscovery(Strict):
    """How long after their last application or contact a past candidate may be written to."""

    retention_days: int = Field(default=730, ge=1)


class AdverseImpact(Strict):
    """How groups are held beside each other (docs/adverse-impact.md): thresholds and words are the company's, not the law's."""

    period: Literal["quarter", "year"] = "quarter"
    maturity_days: int = Field(default=90, ge=0)
    least_people: int = Field(default=10, ge=5, le=100)
    few_outcomes: int = Field(default=4, ge=1, le=20)
    ratio: tuple[int, int] = (4, 5)
    reference_share: float = Field(default=0.02, ge=0, lt=1)
    level: float = Field(default=0.05, gt=0, lt=1)
    few_people: int = Field(default=30, ge=1)
    wording: dict[Findings, str] = Field(default_factory=dict)

    @field_validator("ratio")
    @classmethod
    def _below_one(cls, value: tuple[int, int]) -> tuple[int, int]:
        if not 0 < value[0] < value[1]:
            raise ValueError("ratio is two whole numbers, the smaller first: [4, 5]")
        return value


class Smtp(Strict):
    host: str
    port: int = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    username_env: str | None = None
    password_env: str | None = None
    from_address: str
    timeout_seconds: float = 60


class Slack(Strict):
    token_env: str = "SLACK_BOT_TOKEN"  # noqa: S105 - the name of a variable, not a secret
    base_url: str = "https://slack.com/api/"


class Delivery(Strict):
    """`enabled: false` (the default) renders everything and sends nothing."""

    enabled: bool = False
    allowed_domains: tuple[str, ...] = ()
    smtp: Smtp | None = None
    slack: Slack | None = None


class Owner(Strict):
    """Who hears of a failed run and of ambiguous deliveries."""

    email: str | None = None
    slack_channel: str | None = None


class Quality(Strict):
    """What the gate does about changes in the shape of the data: per change another action than the rule's own, and what a person accepts.

    `accepted`: `stream.field` or `source.stream.field`.
    """

    drift: dict[
        Literal["new_field", "vanished_field", "null_flood", "retyped_field", "restructured_field", "new_value"],
        Literal["note", "warn", "block"],
    ] = Field(default_factory=dict)
    accepted: tuple[str, ...] = ()


class Company(Strict):
    name: str = "Our company"
    time_zone: str = "UTC"
    working_hours: WorkingHours = WorkingHours()
    owner: Owner = Owner()
    quality: Quality = Quality()
    delivery: Delivery = Delivery()
    outreach: Outreach = Outreach()
    rediscovery: Rediscovery = Rediscovery()
    adverse_impact: AdverseImpact = AdverseImpact()

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        return known_zone(value)


class Subscriber(Strict):
    """One recipient of a report. `channel` email: `address` is an email; slack: a channel or user id; files: a folder name."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")
    channel: Literal["email", "slack", "files"]
    address: str
    time_zone: str | None = None
    paused: bool = False

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str | None) -> str | None:
        return None if value is None else known_zone(value)


class Report(Strict):
    id: str = Field(pattern=r"^[a-z][a-z0-9_]{0,63}$")
    edition: Literal["weekly_funnel", "offer_declines"]
    title: str | None = None
    cron: str
    time_zone: str | None = None
    send_window_hours: float = Field(default=48, gt=0)
    on_ambiguous: Literal["resend", "hold"] = "resend"
    subscribers: tuple[Subscriber, ...] = ()
    options: dict[str, Any] = Field(default_factory=dict)

    @field_validator("cron")
    @classmethod
    def _valid_cron(cls, value: str) -> str:
        from datetime import UTC, datetime

        try:
            CronSim(value, datetime(2026, 1, 1, tzinfo=UTC))
        except CronSimError as error:
            raise ValueError(f"'{value}' is not a cron expression ({error})") from error
        return value

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str | None) -> str | None:
        return None if value is None else known_zone(value)


class ReportsFile(Strict):
    reports: tuple[Report, ...] = ()


class Config(Strict):
    """The whole configuration of one company. `folder` is where it was read; `digest` changes when any file does."""

    folder: Path
    sources: tuple[Source, ...]
    company: Company
    reports: tuple[Report, ...]
    digest: str
    mappings_digest: str

    @property
    def mappings(self) -> Path:
        return self.folder / "mappings"

    def source(self, name: str) -> Source:
        for source in self.sources:
            if source.name == name:
                return source
        raise ConfigError(f"sources.yml has no source '{name}'", remedy=_did_you_mean(name, [s.name for s in self.sources]))


def shape_of(kind: str) -> str:
    """The kind whose staging models parse records of `kind`: its own, or the one that it shares its shape with."""
    return SHAPES.get(kind, kind)


def load_config(folder: Path) -> Config:
    """Read and check every file of the folder. Raises ConfigError with file, line, key and remedy."""
    if not folder.is_dir():
        raise ConfigError(
            f"Configuration folder {folder} does not exist",
            remedy="Give --config DIR, or create it with a sources.yml (docs/configuration.md).",
        )
    sources_path = folder / "sources.yml"
    if not sources_path.exists():
        raise ConfigError(
            f"{sources_path} does not exist",
            remedy="Create it: 'sources: [{name: acme, kind: canonical_files, path: exports/acme}]' is enough.",
        )
    sources = _read(sources_path, SourcesFile)
    company = _read(folder / "company.yml", Company)
    reports = _read(folder / "reports.yml", ReportsFile)
    _distinct_reports(folder / "reports.yml", reports.reports)
    return Config(
        folder=folder,
        sources=tuple(_resolve_path(source, folder) for source in sources.sources),
        company=company,
        reports=reports.reports,
        digest=_digest(sorted(path for path in folder.rglob("*") if path.suffix in (".yml", ".csv"))),
        mappings_digest=_digest(sorted((folder / "mappings").glob("*.csv"))),
    )


def known_zone(name: str) -> str:
    """`name` if it is an IANA time zone, else ValueError with near names."""
    if name not in available_timezones():
        near = difflib.get_close_matches(name, available_timezones(), n=2)
        raise ValueError(f"'{name}' is not an IANA time zone" + (f"; did you mean {' or '.join(near)}?" if near else ""))
    ZoneInfo(name)
    return name


def _resolve_path(source: Source, folder: Path) -> Source:
    """Relative paths are relative to where the command runs first, else to the configuration folder."""
    if not source.path or "://" in source.path or Path(source.path).is_absolute():
        return source
    here = Path(source.path)
    resolved = here if here.exists() else folder / source.path
    return source.model_copy(update={"path": str(resolved.resolve())})


def _distinct_reports(path: Path, reports: tuple[Report, ...]) -> None:
    seen: set[str] = set()
    for report in reports:
        if report.id in seen:
            raise ConfigError(f"{path}: report id '{report.id}' is used twice", remedy="Give each report its own id.")
        seen.add(report.id)
        ids = [subscriber.id for subscriber in report.subscribers]
        doubled = sorted({name for name in ids if ids.count(name) > 1})
        if doubled:
            raise ConfigError(
                f"{path}: report '{report.id}' has subscriber id '{doubled[0]}' twice", remedy="Give each subscriber its own id."
            )


ModelT = TypeVar("ModelT", bound=Strict)


def _read(path: Path, model: type[ModelT]) -> ModelT:
    """One YAML file as `model`; a file that does not exist is its defaults."""
    if not path.exists():
        return model()
    text = path.read_text(encoding="utf-8")
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        data = yaml.safe_load(text) or {}
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else "?"
        raise ConfigError(f"{path}:{line}: not valid YAML ({error.problem})", remedy="Check the indentation and quotes there.") from error
    if not isinstance(data, dict):
        raise ConfigError(f"{path}:1: expected keys and values at the top", remedy="See docs/configuration.md for an example.")
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise _as_config_error(path, root, model, error) from error


def _as_config_error(path: Path, root: yaml.Node | None, model: type[Strict], error: ValidationError) -> ConfigError:
    """The first mistake pydantic found, said with its line and key. The offending value is not repeated (it may be a secret)."""
    # An unknown key first: it is usually the cause of the "missing" one beside it.
    first = min(error.errors(include_input=False, include_url=False), key=lambda found: found["type"] != "extra_forbidden")
    location = first["loc"]
    key = ".".join(str(part) for part in location) or "(top)"
    line = _line_of(root, location)
    if first["type"] == "extra_forbidden":
        known = _keys_at(model, location[:-1])
        return ConfigError(f"{path}:{line}: unknown key '{key}'", remedy=_did_you_mean(str(location[-1]), known))
    if first["type"] == "missing":
        return ConfigError(f"{path}:{line}: key '{key}' is missing", remedy="Add it (docs/configuration.md shows each key).")
    message = first["msg"].removeprefix("Value error, ")
    return ConfigError(f"{path}:{line}: {key}: {message}", remedy="Correct the value and run again.")


def _line_of(node: yaml.Node | None, location: tuple[int | str, ...]) -> int:
    """Line of the deepest part of `location` that the file has."""
    line = node.start_mark.line + 1 if node else 1
    for part in location:
        found: yaml.Node | None = None
        if isinstance(node, yaml.MappingNode):
            for key_node, value_node in node.value:
                if key_node.value == str(part):
                    line, found = key_node.start_mark.line + 1, value_node
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            found = node.value[part]
            line = found.start_mark.line + 1
        if found is None:
            break
        node = found
    return line


def _keys_at(model: type[Strict], location: tuple[int | str, ...]) -> list[str]:
    """Names of the keys allowed where `location` points."""
    current: Any = model
    for part in location:
        if isinstance(part, int):
            continue
        field = current.model_fields.get(part) if isinstance(current, type) and issubclass(current, BaseModel) else None
        if field is None:
            return []
        current = _model_in(field.annotation)
    return list(current.model_fields) if isinstance(current, type) and issubclass(current, BaseModel) else []


def _model_in(annotation: Any) -> Any:
    """The model inside `X`, `X | None` or `tuple[X, ...]`."""
    for inner in getattr(annotation, "__args__", (annotation,)):
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            return inner
    return annotation


def _digest(paths: list[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _did_you_mean(word: str, choices: list[str]) -> str:
    near = difflib.get_close_matches(word, choices, n=1)
    if near:
        return f"Did you mean '{near[0]}'?"
    return f"Known: {', '.join(sorted(choices)) or 'none'}."
