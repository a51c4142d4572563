"""Deliveries of reports, what happened to each, and pauses (exports/delivery/delivery_ledger.py)."""

import sqlalchemy as sa
from alembic import op

from base.ops import Instant

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "deliveries",
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
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("updated_at", Instant, nullable=False),
        sa.UniqueConstraint("report_id", "edition_number", "subscriber_id", "channel", "period_key", name="uq_deliveries_key"),
    )
    op.create_index("ix_deliveries_state", "deliveries", ["state"])
    op.create_table(
        "delivery_events",
        sa.Column("event_id", sa.Integer, primary_key=True),
        sa.Column("delivery_id", sa.Integer, sa.ForeignKey("deliveries.delivery_id"), nullable=False),
        sa.Column("happened_at", Instant, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("note", sa.Text),
    )
    op.create_index("ix_delivery_events_delivery_id", "delivery_events", ["delivery_id"])
    op.create_table(
        "report_pauses",
        sa.Column("pause_id", sa.Integer, primary_key=True),
        sa.Column("report_id", sa.String(64), nullable=False),
        sa.Column("subscriber_id", sa.String(64)),
        sa.Column("paused_at", Instant, nullable=False),
        sa.Column("paused_until", Instant),
        sa.Column("resumed_at", Instant),
    )
