"""The streams of kinds whose records are in canonical shape: every canonical table, with what the gate expects of it."""

from __future__ import annotations

from dataclasses import replace

from ingestion.canonical.tables import TABLES, Table
from ingestion.protocol.contract import Contract
from ingestion.protocol.stream import Stream

#: The kind in whose shape files and databases under a company's own names are read.
SHAPE = "canonical_files"

#: The words by which deletions name a table's rows: the table's, and the one of its own.
_DELETED_AS = tuple(word for name, table in TABLES.items() if table.entity_code for word in dict.fromkeys((name, table.entity_code)))

#: What the tables' specification (ingestion/canonical/tables.py) does not say: which times are in order, without which a row is a plan, and which
#: words come from the specification itself.
_ORDERS: dict[str, Contract] = {
    "applications": Contract(usually_in_order=(("applied_at", "closed_at"), ("applied_at", "hired_at"))),
    "stage_visits": Contract(usually_in_order=(("entered_at", "exited_at"),), plans=("entered_at",)),
    "jobs": Contract(usually_in_order=(("opened_at", "closed_at"),)),
    "openings": Contract(usually_in_order=(("opened_at", "closed_at"),)),
    "job_holds": Contract(in_order=(("held_at", "released_at"),)),
    "offers": Contract(usually_in_order=(("extended_at", "resolved_at"),)),
    "interviews": Contract(usually_in_order=(("starts_at", "ends_at"),)),
    "reviews": Contract(usually_in_order=(("requested_at", "decided_at"),)),
    "deletions": Contract(known={"entity_code": _DELETED_AS}),
    "hiring_plan": Contract(in_order=(("period_start_on", "period_end_on"),)),
}


def _contract(name: str, table: Table) -> Contract:
    """A canonical table's contract: what its specification says, and the order of its times."""
    stated = _ORDERS.get(name, Contract())
    coded = {column: facts.codes for column, facts in table.columns.items() if facts.codes}
    return replace(
        stated,
        required=(*table.key, *table.required),
        expected=table.expected,
        coded={column: codes for column, codes in coded.items() if table.columns[column].strict},
        known={**stated.known, **{column: codes for column, codes in coded.items() if not table.columns[column].strict}},
        dated=table.events,
        planned=table.plans,
        ids=table.ids,
        key=tuple(column for column in (*table.key, *table.nullable_key) if column not in table.unshown),
        unshown=table.unshown,
    )


STREAMS: dict[str, Stream] = {name: Stream(contract=_contract(name, table)) for name, table in TABLES.items()}
