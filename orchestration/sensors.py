"""A failed run is told to the owner (company.yml `owner`), once per run."""

# No `from __future__ import annotations` here: Dagster reads the annotations of these functions as types.

import dagster as dg


@dg.run_failure_sensor(name="tell_owner_of_failed_run", default_status=dg.DefaultSensorStatus.RUNNING)
def tell_owner_of_failed_run(context: dg.RunFailureSensorContext) -> None:
    from orchestration.notice import tell_owner

    tell_owner(run_id=context.dagster_run.run_id, sentence=context.failure_event.message or "The run failed")
