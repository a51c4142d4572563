"""The streams of kinds whose records are in canonical shape: every canonical table, with what the gate expects of it."""

from __future__ import annotations

from dataclasses import replace

from ingestion.canonical.tables import TABLES, Table
from ingestion.protocol.contract import Contract
from ingestion.protocol.stream import Stream

#: The kind in whose shape files and databases under a company's own names are read.
SHAPE = "canonical_files"

#: What the tables' specification (ingestion/canonical/tables.py) does not say: which times are in order, and without which a row is a plan.
_ORDERS: dict[str, Contract] = {
    "applications": Contract(usually_in_order=(("applied_at", "closed_at"), ("applied_at", "hired_at"))),
    "stage_visits": Contract(usually_in_order=(("entered_at", "exited_at"),), plans=("entered_at",)),
    "jobs": Contract(usually_in_order=(("opened_at", "closed_at"),)),
    "openings": Contract(usually_in_order=(("opened_at", "closed_at"),)),
    "job_holds": Contract(in_order=(("held_at", "released_at"),)),
    "offers": Contract(usually_in_order=(("extended_at", "resolved_at"),)),
    "interviews": Contract(usually_in_order=(("starts_at", "ends_at"),)),
    "reviews": Contract(usually_in_order=(("requested_at", "decided_at"),)),
    "hiring_plan": Contract(in_order=(("period_start_on", "period_end_on"),)),
}


def _contract(name: str, table: Table) -> Contract:
    """A canonical table's contract: what its specification says, and the order of its times."""
    coded = {column: facts.codes for column, facts in table.columns.items() if facts.codes}
    return replace(
        _ORDERS.get(name, Contract()),
        required=(*table.key, *table.required),
        expected=table.expected,
        coded={column: codes for column, codes in coded.items() if table.columns[column].strict},
        known={column: codes for column, codes in coded.items() if not table.columns[column].strict},
        dated=table.events,
        planned=table.plans,
        ids=table.ids,
        key=tuple(column for column in (*table.key, *table.nullable_key) if column not in table.unshown),
        unshown=table.unshown,
    )


STREAMS: dict[str, Stream] = {name: Stream(contract=_contract(name, table)) for name, table in TABLES.items()}
