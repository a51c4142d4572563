"""Loads, their parts and the files read (ingestion/log/loads.py); the gate's results (ingestion/gate/verdicts.py)."""

import sqlalchemy as sa
from alembic import op

from base.ops import Instant

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "loads",
        sa.Column("load_id", sa.String(16), primary_key=True),
        sa.Column("source", sa.String(40), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("stream", sa.String(64), nullable=False),
        sa.Column("window_start", Instant),
        sa.Column("window_end", Instant, nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("next_cursor", sa.Text),
        sa.Column("parts", sa.Integer, nullable=False),
        sa.Column("fetched", sa.BigInteger, nullable=False),
        sa.Column("written", sa.BigInteger, nullable=False),
        sa.Column("duplicates", sa.BigInteger, nullable=False),
        sa.Column("error", sa.Text),
    )
    op.create_index("ix_loads_source", "loads", ["source", "stream", "window_end"])
    op.create_table(
        "load_parts",
        sa.Column("load_id", sa.String(16), sa.ForeignKey("loads.load_id"), primary_key=True),
        sa.Column("part", sa.Integer, primary_key=True),
        sa.Column("file", sa.Text),
        sa.Column("fetched", sa.BigInteger, nullable=False),
        sa.Column("written", sa.BigInteger, nullable=False),
        sa.Column("duplicates", sa.BigInteger, nullable=False),
        sa.Column("bytes", sa.BigInteger, nullable=False),
        sa.Column("checksum", sa.String(64)),
        sa.Column("next_cursor", sa.Text),
    )
    op.create_table(
        "source_files",
        sa.Column("source", sa.String(40), primary_key=True),
        sa.Column("stream", sa.String(64), primary_key=True),
        sa.Column("path", sa.String(700), primary_key=True),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("checksum", sa.String(64), nullable=False),
        sa.Column("load_id", sa.String(16), nullable=False),
    )
    op.create_table(
        "gate_results",
        sa.Column("run_id", sa.String(64), primary_key=True),
        sa.Column("kind", sa.String(40), primary_key=True),
        sa.Column("stream", sa.String(64), primary_key=True),
        sa.Column("rule", sa.String(200), primary_key=True),
        sa.Column("severity_code", sa.String(16), nullable=False),
        sa.Column("is_met", sa.Boolean, nullable=False),
        sa.Column("evaluated_count", sa.BigInteger, nullable=False),
        sa.Column("failed_count", sa.BigInteger, nullable=False),
        sa.Column("explanation", sa.Text, nullable=False),
        sa.Column("judged_at", Instant, nullable=False),
    )
