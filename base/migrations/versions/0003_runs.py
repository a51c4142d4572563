"""The run ledger: one row per run of the main job (orchestration/run/runs.py)."""

import sqlalchemy as sa
from alembic import op

from base.ops import Instant

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "runs",
        sa.Column("run_id", sa.String(40), primary_key=True),
        sa.Column("run_number", sa.Integer, nullable=False),
        sa.Column("home", sa.Text, nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("arguments", sa.JSON, nullable=False),
        sa.Column("as_of", Instant),
        sa.Column("known_at", Instant),
        sa.Column("is_default_as_of", sa.Boolean, nullable=False),
        sa.Column("window_ends", sa.JSON, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("started_at", Instant, nullable=False),
        sa.Column("finished_at", Instant),
        sa.Column("pid", sa.Integer, nullable=False),
        sa.Column("process_started", sa.String(40), nullable=False),
        sa.Column("boot_id", sa.String(80), nullable=False),
        sa.Column("config_digest", sa.String(64), nullable=False),
        sa.Column("mappings_digest", sa.String(64), nullable=False),
        sa.Column("lock_digest", sa.String(64), nullable=False),
        sa.Column("code_version", sa.String(80), nullable=False),
        sa.Column("published_version", sa.String(80)),
        sa.Column("content_hash", sa.String(64)),
        sa.Column("error", sa.Text),
        sa.Column("dagster_run_id", sa.String(40)),
        sa.Column("owner_told_at", Instant),
    )
    op.create_index("ix_runs_status", "runs", ["status"])


def downgrade() -> None:
    op.drop_table("runs")
