"""The owner (company.yml `owner`) is notified of a failed run, even when its process died before it could do so itself."""

# No `from __future__ import annotations` here: Dagster reads the annotations of these functions as types.

import dagster as dg


@dg.run_failure_sensor(name="tell_owner_of_failed_run", default_status=dg.DefaultSensorStatus.RUNNING)
def tell_owner_of_failed_run(context: dg.RunFailureSensorContext) -> None:
    """The sentence of the run ledger where the run got that far, else Dagster's."""
    from base.clock import now
    from base.ops import engine
    from orchestration.run import runs
    from orchestration.run.notice import tell_owner
    from orchestration.run.session import load

    home, config = load(None, None)
    ops = engine(home.prepare())
    try:
        row = runs.by_dagster_run(ops, context.dagster_run.run_id)
        sentence = (row.error if row is not None else None) or context.failure_event.message or "its process ended early"
        run_id = row.run_id if row is not None else context.dagster_run.run_id
        tell_owner(home, config, ops, run_id=run_id, sentence=sentence, at=now())
    finally:
        ops.dispose()
