"""The resource of the jobs: the home that a job works on, and the run that it opens there."""

from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import dagster as dg
from pydantic import Field, PrivateAttr
from sqlalchemy.engine import Engine

from base.config import Config
from base.errors import ConfigError, FunnelcastError
from base.home import Home
from base.ops import engine
from orchestration.instance.dagster_home import REPORTS, fail_dead_runs
from orchestration.instance.dagster_internals import silence_missing_results
from orchestration.readiness import check_ready
from orchestration.run.request import RunRequest
from orchestration.run.runs import remember_dagster_run
from orchestration.run.session import RunSession, load, open_session


@dataclass(frozen=True)
class Workspace:
    """Home, configuration and operations database. `run`: the run that is open there; None where a job only reads what is published."""

    home: Home
    config: Config
    ops: Engine
    run: RunSession | None = None


class SessionResource(dg.ConfigurableResource, RunRequest):
    """What a run can be asked for, and where. The command line hands in the run that it has opened; else the first step opens one."""

    home: str = Field(default="", description="Home folder. Default: FUNNELCAST_HOME.")
    config: str = Field(default="", description="Configuration folder. Default: FUNNELCAST_CONFIG.")

    _session: RunSession | None = PrivateAttr(default=None)
    _has_failed: bool = PrivateAttr(default=False)
    _stack: ExitStack | None = PrivateAttr(default=None)
    _context: dg.InitResourceContext | None = PrivateAttr(default=None)

    @property
    def session(self) -> RunSession:
        """Opened when the first step asks: Dagster also makes resources for the job's end, which must not count as a run."""
        if self._session is None:
            if self._has_failed:
                raise dg.Failure("The run did not begin; the first step that failed says why", allow_retries=False)
            try:
                self._session = self._given() or self._open()
            except FunnelcastError as error:
                self._has_failed = True
                raise dg.Failure(str(error), allow_retries=False) from error
            self._tell_dagster(self._session)
        return self._session

    @property
    def workspace(self) -> Workspace:
        """Without opening a run: a job that only delivers must not take the lock."""
        if self._session is not None or self._given() is not None:
            session = self.session
            return Workspace(session.home, session.config, session.ops, session)
        assert self._stack is not None
        home, config = self._place()
        ops = engine(home.prepare())
        self._stack.callback(ops.dispose)
        return Workspace(home, config, ops)

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Generator["SessionResource", None, None]:
        silence_missing_results()
        with ExitStack() as stack:
            self._session, self._has_failed, self._stack, self._context = None, False, stack, context
            if self._given() is None:
                self._check(context)
            yield self

    def _check(self, context: dg.InitResourceContext) -> None:
        """What a person asked for wrongly, or wrote into the configuration, fails the job once, here: each step would fail with it."""
        try:
            home, config = self._place()
            if context.run is None or context.run.job_name != REPORTS:
                check_ready(home, config, self)
        except ConfigError as error:
            if context.log is not None:
                context.log.error(str(error))
            raise dg.Failure(str(error), allow_retries=False) from None

    def spelled(self, field: str) -> str:
        return f"resources > session > {field}"

    def _given(self) -> RunSession | None:
        """The run that the command line has opened."""
        return None

    def _place(self) -> tuple[Home, Config]:
        return load(self.home or None, self.config or None)

    def _open(self) -> RunSession:
        assert self._stack is not None
        home, config = self._place()
        session = self._stack.enter_context(open_session(home, config, self))
        self._stack.callback(self._note_failed_steps, session)
        return session

    def _note_failed_steps(self, session: RunSession) -> None:
        """A step can also fail in Dagster itself, outside what the session sees; such a run has not succeeded."""
        context = self._context
        if session.failure is not None or context is None or context.run is None or context.instance is None:
            return
        failed = context.instance.all_logs(context.run.run_id, of_type=dg.DagsterEventType.STEP_FAILURE)
        if failed:
            remedy = f"See run {context.run.run_id} in funnelcast dev."
            session.fail(FunnelcastError(f"Step {failed[0].step_key} failed in Dagster", remedy=remedy), during="job")

    def _tell_dagster(self, session: RunSession) -> None:
        context = self._context
        if context is not None and context.run is not None and context.instance is not None:
            remember_dagster_run(session.ops, session.run, context.run.run_id)
            fail_dead_runs(context.instance, but=context.run.run_id)


def holding(session: RunSession) -> SessionResource:
    """The resource of a run that is open already."""

    class OpenedSession(SessionResource):
        def _given(self) -> RunSession:
            return session

    return OpenedSession()
