"""Notices to the owner that wait until one can be sent (exports/delivery/notices.py); periods without a zone in their key.

A key named the zone, so that an edited zone sent the period again. Where both zones were delivered, the one that was sent keeps the key; the other is
history and keeps its old one.
"""

import re

import sqlalchemy as sa
from alembic import op

from base.ops import Instant

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "owner_notices",
        sa.Column("notice_key", sa.String(200), primary_key=True),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("unknown_count", sa.Integer, nullable=False),
        sa.Column("claimed_by", sa.String(200)),
        sa.Column("lease_until", Instant),
        sa.Column("sent_at", Instant),
        sa.Column("note", sa.Text),
    )
    op.create_index("ix_owner_notices_state", "owner_notices", ["state"])
    op.add_column("deliveries", sa.Column("notice_state", sa.String(16)))
    _keep_told_runs()
    op.drop_column("runs", "owner_told_at")
    _without_zones()


def _keep_told_runs() -> None:
    """A failed run that was reported to the owner is not reported again."""
    op.execute(
        "insert into owner_notices (notice_key, subject, text, state, created_at, unknown_count, sent_at) "
        "select 'run:' || run_id, 'a run failed', '', 'sent', owner_told_at, 0, owner_told_at from runs where owner_told_at is not null"
    )


def _without_zones() -> None:
    deliveries = sa.table(
        "deliveries",
        *(
            sa.column(name)
            for name in ("delivery_id", "report_id", "edition_number", "subscriber_id", "channel", "period_key", "state", "reason")
        ),
    )
    connection = op.get_bind()
    rows = connection.execute(sa.select(deliveries).where(deliveries.c.period_key.like("%@%"))).all()
    taken = set()
    for row in sorted(rows, key=lambda row: (row.state != "sent", row.state in ("planned", "rendered"), -row.delivery_id)):
        period = re.sub(r"(?<=T\d\d:\d\d)[+-]\d{4}$", "", row.period_key.partition("@")[0])
        key = (row.report_id, row.edition_number, row.subscriber_id, row.channel, period)
        values = {"period_key": period} if key not in taken else {}
        if key in taken and row.state in ("planned", "rendered"):
            values = {"state": "skipped", "reason": "the same period was planned in another time zone"}
        taken.add(key)
        if values:
            connection.execute(sa.update(deliveries).where(deliveries.c.delivery_id == row.delivery_id).values(values))
