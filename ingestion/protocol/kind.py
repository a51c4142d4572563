"""The entry of a kind of source: everything that the rest of the product must know of it, in one typed value.

Cheap to import: configuration is checked against it in every command. Connectors and what they need are imported when one is opened.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from base.config import Mistake, Source
from base.registry import did_you_mean, imported, near_and_known
from ingestion.protocol.signature import Scheme
from ingestion.protocol.stream import Stream

if TYPE_CHECKING:
    from ingestion.http.limits import RunBudget
    from ingestion.log.records import Row
    from ingestion.protocol.connector import Connector

#: Keys of sources.yml that every kind reads.
_EVERY_SOURCE = ("name", "kind", "streams", "concurrency", "run_budget_minutes", "on_failure", "webhooks")

#: The stream of a source's webhook deliveries, unless its kind has them elsewhere.
WEBHOOKS = "webhooks"


@dataclass(frozen=True)
class Deliveries:
    """What becomes of a source's webhook deliveries. `stream`: where they go. `drop`: members that never enter the log, however deep.

    `rows`: (raw body, when it came) -> rows, where a delivery is not one record.
    """

    stream: str = WEBHOOKS
    drop: frozenset[str] = frozenset()
    rows: Callable[[bytes, datetime], list[Row]] | None = None


@dataclass(frozen=True, kw_only=True)
class SourceKind:
    """`connector`: where its class is, `module:attribute`. `vendor`: whose records they are (two kinds of one vendor may read the same account).

    `page`: its page in docs/sources, where it shares that of another kind. `credentials`: the roles that it knows (None: any, object storage has
    its own), all of them needed but those of `optional_credentials`. `needs`: keys of sources.yml of which one must be there, with what each is.
    `keys`: the keys that it reads beside those that follow from the rest of the entry. `check_settings`: raises Mistake for what only the kind
    can tell. `is_service`: an empty full load is an error, where a folder without news is normal. `scheme`: how its vendor signs webhooks;
    `deliveries`: what becomes of those.
    """

    name: str
    streams: Mapping[str, Stream]
    connector: str
    vendor: str = ""
    page: str = ""
    credentials: tuple[str, ...] | None = None
    optional_credentials: tuple[str, ...] = ()
    needs: Mapping[str, str] = field(default_factory=dict)
    keys: tuple[str, ...] = ()
    check_settings: Callable[[Source], None] | None = None
    is_service: bool = False
    scheme: Scheme | None = None
    deliveries: Deliveries = Deliveries()

    def connect(self, source: Source, budget: RunBudget) -> Connector:
        """The source, opened. Raises ConfigError when a credential or an address is missing."""
        return self.connector_class(source, budget)

    @property
    def connector_class(self) -> Callable[[Source, RunBudget], Connector]:
        found: Callable[[Source, RunBudget], Connector] = imported(self.connector)
        return found

    @property
    def docs_page(self) -> str:
        """Below the repository."""
        return f"docs/sources/{self.page or self.name}.md"

    @property
    def takes(self) -> tuple[str, ...]:
        """The keys of sources.yml that mean something for a source of this kind."""
        found = [*_EVERY_SOURCE, *self.needs, *self.keys]
        if self.credentials is None or self.credentials:
            found.append("credentials")
        if "path" in self.needs:
            found += ["storage_options", "allow_http"]
        if self.is_service:
            found += ["base_url", "allow_http", "requests_per_second"]
        if any(stream.is_windowed for stream in self.streams.values()):
            found += ["start_date", "lookback_hours"]
        if any(stream.is_periodic for stream in self.streams.values()):
            found.append("sweep_days")
        return tuple(dict.fromkeys(found))

    def check(self, source: Source) -> None:
        """Raises Mistake for what sources.yml lacks or has too much of for a source of this kind."""
        if self.needs and not any(getattr(source, key) for key in self.needs):
            wanted = ", or ".join(f"'{key}', {what}" for key, what in self.needs.items())
            raise Mistake(f"a source of kind {self.name} needs {wanted}")
        for key in source.model_fields_set:
            if key not in self.takes:
                raise Mistake(f"has no meaning for a source of kind {self.name}", key, remedy=f"Remove it. Known: {', '.join(self.takes)}.")
        if source.path and "://" not in source.path:
            for key in ("credentials", "storage_options"):
                if getattr(source, key):
                    raise Mistake(
                        "has no meaning for a folder of this machine", key, remedy="Remove it, or give 'path' as s3://bucket/folder."
                    )
        for number, stream in enumerate(source.streams or ()):
            if stream not in self.streams:
                raise Mistake(
                    f"a source of kind {self.name} has no stream '{stream}'",
                    "streams",
                    number,
                    remedy=did_you_mean(stream, sorted(self.streams)),
                )
        self._check_credentials(source)
        if self.check_settings is not None:
            self.check_settings(source)

    def _check_credentials(self, source: Source) -> None:
        if self.credentials is None:
            return
        for role in source.credentials:
            if role not in self.credentials:
                message = f"a source of kind {self.name} has no credential '{role}'"
                raise Mistake(message, "credentials", role, remedy=near_and_known(role, self.credentials))
        for role in self.credentials:
            if role not in source.credentials and role not in self.optional_credentials:
                raise Mistake(
                    f"a source of kind {self.name} needs the credential '{role}'",
                    "credentials",
                    remedy=f"Add 'credentials: {{{role}: NAME_OF_AN_ENVIRONMENT_VARIABLE}}'.",
                )
