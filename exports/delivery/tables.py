"""Tables of the delivery ledger (delivery_ledger.py, pauses.py) in the operations database, and what they hold of people."""

from __future__ import annotations

import sqlalchemy as sa

from base.ops import Instant, metadata
from base.personal_data import Place, columns_of

deliveries = sa.Table(
    "deliveries",
    metadata,
    sa.Column("delivery_id", sa.Integer, primary_key=True),
    sa.Column("report_id", sa.String(64), nullable=False),
    sa.Column("edition_number", sa.Integer, nullable=False),
    sa.Column("subscriber_id", sa.String(64), nullable=False),
    sa.Column("channel", sa.String(16), nullable=False),
    sa.Column("period_key", sa.String(96), nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("reason", sa.Text),
    sa.Column("tick_at", Instant, nullable=False),
    sa.Column("window_ends_at", Instant, nullable=False),
    sa.Column("version_id", sa.String(80)),
    sa.Column("data_as_of", Instant),
    sa.Column("artifact", sa.Text),
    sa.Column("content_hash", sa.String(64)),
    sa.Column("message_id", sa.Text),
    sa.Column("provider_id", sa.Text),
    sa.Column("charts_state", sa.String(16)),
    sa.Column("attempt_count", sa.Integer, nullable=False),
    sa.Column("ambiguous_count", sa.Integer, nullable=False),
    sa.Column("next_attempt_at", Instant),
    sa.Column("claimed_by", sa.String(200)),
    sa.Column("claimed_at", Instant),
    sa.Column("lease_until", Instant),
    sa.Column("is_transmitting", sa.Boolean, nullable=False),
    sa.Column("notice_state", sa.String(16)),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("updated_at", Instant, nullable=False),
    sa.UniqueConstraint("report_id", "edition_number", "subscriber_id", "channel", "period_key", name="uq_deliveries_key"),
    sa.Index("ix_deliveries_state", "state"),
)

delivery_events = sa.Table(
    "delivery_events",
    metadata,
    sa.Column("event_id", sa.Integer, primary_key=True),
    sa.Column("delivery_id", sa.Integer, sa.ForeignKey("deliveries.delivery_id"), nullable=False, index=True),
    sa.Column("happened_at", Instant, nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("note", sa.Text),
)

report_pauses = sa.Table(
    "report_pauses",
    metadata,
    sa.Column("pause_id", sa.Integer, primary_key=True),
    sa.Column("report_id", sa.String(64), nullable=False),
    sa.Column("subscriber_id", sa.String(64)),
    sa.Column("paused_at", Instant, nullable=False),
    sa.Column("paused_until", Instant),
    sa.Column("resumed_at", Instant),
)

PLACES = (
    Place(
        "deliveries",
        "ids of reports, periods and versions; states",
        format="text",
        columns=(
            *columns_of("deliveries", "report_id", "channel", "period_key", "state", "version_id", "artifact", "content_hash"),
            *columns_of("deliveries", "charts_state", "claimed_by", "notice_state"),
            "delivery_events.state",
            "report_pauses.report_id",
        ),
    ),
    Place(
        "recipients of deliveries",
        "proves what was sent to whom: ids of subscribers, ids that mail servers and Slack gave, and their words where they refused",
        holds=("employees",),
        format="text",
        columns=(
            *columns_of("deliveries", "subscriber_id", "reason", "message_id", "provider_id"),
            "delivery_events.note",
            "report_pauses.subscriber_id",
        ),
    ),
)
