"""Dagster resources: the open run (lock, ledger, clocks) and, for jobs that only read, the workspace without it."""

from collections.abc import Generator
from contextlib import ExitStack, contextmanager

import dagster as dg
from dagster._core.execution.stats import StepEventStatus
from pydantic import PrivateAttr
from sqlalchemy.engine import Engine

from base.config import Config
from base.errors import FunnelcastError
from base.home import Home
from base.ops import engine
from orchestration.answers.mapping_files import check_mappings
from orchestration.instance.dagster_home import fail_dead_runs
from orchestration.run.runs import remember_dagster_run
from orchestration.run.session import RunSession, active, arguments_from_text, load, open_session


class SessionResource(dg.ConfigurableResource):
    """The run at work. Taken over from the command line when it opened one, else opened here (a run launched by the daemon).

    Empty texts mean: home and config from the environment; as_of the newest closed window; known_at everything; sources all.
    """

    home: str = ""
    config: str = ""
    as_of: str = ""
    known_at: str = ""
    sources: list[str] = []

    _session: RunSession | None = PrivateAttr(default=None)
    _stack: ExitStack | None = PrivateAttr(default=None)
    _context: dg.InitResourceContext | None = PrivateAttr(default=None)

    @property
    def session(self) -> RunSession:
        """Opened when the first step asks: Dagster also makes resources for the job's end, which must not count as a run."""
        if self._session is None:
            self._session = active() or self._open()
            self._tell_dagster(self._session)
        return self._session

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Generator["SessionResource", None, None]:
        with ExitStack() as stack:
            self._session, self._stack, self._context = None, stack, context
            yield self

    def _open(self) -> RunSession:
        assert self._stack is not None
        home, config = load(self.home or None, self.config or None)
        check_mappings(config.mappings)
        arguments = arguments_from_text(config, self.as_of or None, self.known_at or None, tuple(self.sources))
        session = self._stack.enter_context(open_session(home, config, arguments))
        self._stack.callback(self._note_failed_steps, session)
        return session

    def _note_failed_steps(self, session: RunSession) -> None:
        """A step can also fail in Dagster itself, outside what the session sees; such a run has not succeeded."""
        context = self._context
        if session.failure is not None or context is None or context.run is None or context.instance is None:
            return
        failed = [
            step.step_key for step in context.instance.get_run_step_stats(context.run.run_id) if step.status == StepEventStatus.FAILURE
        ]
        if failed:
            remedy = f"See run {context.run.run_id} in funnelcast dev."
            session.fail(FunnelcastError(f"Step {failed[0]} failed in Dagster", remedy=remedy), during="job")

    def _tell_dagster(self, session: RunSession) -> None:
        context = self._context
        if context is not None and context.run is not None and context.instance is not None:
            remember_dagster_run(session.ops, session.run, context.run.run_id)
            fail_dead_runs(context.instance, but=context.run.run_id)


class WorkspaceResource(dg.ConfigurableResource):
    """Home, configuration and operations database, without the run lock: for what reads published state and the delivery ledger."""

    home: str = ""
    config: str = ""

    _home: Home | None = PrivateAttr(default=None)
    _config: Config | None = PrivateAttr(default=None)
    _ops: Engine | None = PrivateAttr(default=None)

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Generator["WorkspaceResource", None, None]:
        session = active()
        if session is not None:
            self._home, self._config, self._ops = session.home, session.config, session.ops
            yield self
            return
        self._home, self._config = load(self.home or None, self.config or None)
        self._ops = engine(self._home.prepare())
        try:
            yield self
        finally:
            self._ops.dispose()

    def open(self) -> tuple[Home, Config, Engine]:
        assert self._home is not None
        assert self._config is not None
        assert self._ops is not None
        return self._home, self._config, self._ops
