"""Tells the owner (company.yml) that a run failed, once per run, whoever notices first: the run itself or Dagster's failure sensor."""

from __future__ import annotations

import logging
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.pool import StaticPool

from base.config import Config
from base.errors import contained
from base.home import Home
from orchestration.run import runs

FAILED_RUN = "The latest run failed, so these figures are from the last good state."


def tell_owner(home: Home, config: Config, ops: Engine, *, run_id: str, sentence: str, at: datetime) -> None:
    """Send the failure's sentence to the owner, once; one that cannot be sent waits. Never raises: a failing notice must not hide the failure."""
    from exports.delivery.notices import notify_owner

    try:
        row = runs.by_id(ops, run_id)
        state = "The other sources were published" if row is not None and row.published_version else "Readers still see the last good state"
        text = f"Run {run_id} failed: {sentence}\n\n{state}. Fix the cause, then run `funnelcast run`."
        results = notify_owner(config, home, ops, key=f"run:{run_id}", subject="a run failed", text=text, now=at)
    except Exception as error:
        results = [f"owner not notified: {contained(error, 'notice to the owner')}"]
    logging.getLogger("funnelcast").warning(
        "run %s failed: %s (%s)", run_id, sentence, "; ".join(results) or "the owner was notified before"
    )


def tell_without_ledger(home: Home, config: Config, *, sentence: str, at: datetime) -> bool:
    """Send a failure's sentence although the operations database cannot be written; whether it went. Never raises. Nothing remembers that it was sent."""
    from exports.delivery.notices import notify_owner, owner_notices

    memory = sa.create_engine("sqlite://", poolclass=StaticPool)
    text = f"Funnelcast cannot run: {sentence}\n\nReaders still see the last good state."
    try:
        owner_notices.create(memory)
        results = notify_owner(
            config, home, memory, key=f"home:{home.root}:{at:%Y-%m-%dT%H:%M:%S}", subject="a run failed", text=text, now=at
        )
        with memory.connect() as connection:
            is_sent = connection.execute(sa.select(owner_notices.c.sent_at)).scalar() is not None
    except Exception as error:
        results, is_sent = [f"owner not notified: {contained(error, 'notice to the owner')}"], False
    finally:
        memory.dispose()
    logging.getLogger("funnelcast").warning("the run could not be recorded: %s (%s)", sentence, "; ".join(results))
    return is_sent


def notice_for_reports(ops: Engine, home: Home) -> str:
    """What a report should say at its top about the newest run: empty when it succeeded or none has ended."""
    ended = [row for row in runs.history(ops, home) if row.status in (runs.SUCCEEDED, runs.FAILED)]
    # A run that published without a source has failed too, but its figures are the newest; their footer names the source.
    return FAILED_RUN if ended and ended[0].status == runs.FAILED and not ended[0].published_version else ""
