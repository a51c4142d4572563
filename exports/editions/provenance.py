"""Where a report's figures come from, read from the published version: its clocks, its id, and the sources that are stale in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from exports.document.model import Provenance
from exports.marts import Marts


@dataclass(frozen=True)
class _Stale:
    source_system: str
    stale_since: datetime | None


def provenance_of(marts: Marts) -> Provenance:
    """For a report's footer. A source is stale when the run that published the version could not read it."""
    state = marts.state
    stale = marts.rows(
        _Stale,
        """
        select source_system, max(stale_since) as stale_since
        from marts.data_coverage
        where stale_since is not null
        group by source_system
        order by source_system
        """,
    )
    since = tuple((row.source_system, row.stale_since.replace(tzinfo=UTC)) for row in stale if row.stale_since)
    return Provenance(state.as_of, state.known_at, state.version_id, state.time_zone, since)
