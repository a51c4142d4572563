"""The entry of a kind of source: everything that the rest of the product must know of it, in one typed value.

Cheap to import: configuration is checked against it in every command. Connectors and what they need are imported when one is opened.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from base.config import Mistake, Source
from base.registry import imported
from ingestion.protocol.signature import Scheme
from ingestion.protocol.stream import Stream

if TYPE_CHECKING:
    from ingestion.http.limits import RunBudget
    from ingestion.log.records import Row
    from ingestion.protocol.connector import Connector

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
    its own). `needs`: keys of sources.yml of which one must be there, with what each is. `is_service`: an empty full load is an error, where
    a folder without news is normal. `scheme`: how its vendor signs webhooks; `deliveries`: what becomes of those.
    """

    name: str
    streams: Mapping[str, Stream]
    connector: str
    vendor: str = ""
    page: str = ""
    credentials: tuple[str, ...] | None = None
    needs: Mapping[str, str] = field(default_factory=dict)
    is_service: bool = False
    scheme: Scheme | None = None
    deliveries: Deliveries = Deliveries()

    def connect(self, source: Source, budget: RunBudget) -> Connector:
        """The source, opened. Raises ConfigError when a credential or an address is missing."""
        connector: Connector = imported(self.connector)(source, budget)
        return connector

    @property
    def docs_page(self) -> str:
        """Below the repository."""
        return f"docs/sources/{self.page or self.name}.md"

    def check(self, source: Source) -> None:
        """Raises Mistake for what sources.yml lacks or has too much of for a source of this kind."""
        if self.needs and not any(getattr(source, key) for key in self.needs):
            wanted = ", or ".join(f"'{key}', {what}" for key, what in self.needs.items())
            raise Mistake(f"a source of kind {self.name} needs {wanted}")
        if self.credentials is not None:
            for role in source.credentials:
                if role not in self.credentials:
                    raise Mistake(
                        f"a source of kind {self.name} has no credential '{role}'; known: {', '.join(self.credentials)}",
                        "credentials",
                        role,
                    )
