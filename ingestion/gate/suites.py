"""Runs a stream's rules as a Great Expectations suite over profile frames. The import takes seconds, so it happens only when there is something new."""

from __future__ import annotations

import logging
import os
import warnings
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from base.errors import GateError
from ingestion.gate.rules import Rule

if TYPE_CHECKING:
    import pandas as pd

# Which profiles fail, nothing else: no samples, no rows.
_RESULT_FORMAT = {"result_format": "COMPLETE", "include_unexpected_rows": False, "return_unexpected_index_query": False}


class Suites:
    """One Great Expectations context, in memory, silent, without telemetry."""

    def __init__(self) -> None:
        os.environ["GX_ANALYTICS_ENABLED"] = "false"
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import great_expectations as gx
            from great_expectations.data_context.types.base import ProgressBarsConfig
        logging.getLogger("great_expectations").setLevel(logging.ERROR)
        # This one sets a level of its own.
        logging.getLogger("great_expectations.data_context.types.base").setLevel(logging.ERROR)
        self._gx: Any = gx
        context = gx.get_context(mode="ephemeral")
        context.variables.progress_bars = ProgressBarsConfig(globally=False)
        self._frames: Any = (
            context.data_sources.add_pandas("staging").add_dataframe_asset("profiles").add_batch_definition_whole_dataframe("all")
        )

    def failures(self, stream: str, rules: Sequence[Rule], frame: pd.DataFrame) -> Iterator[list[int]]:
        """Per rule, in order, the profiles (index of the frame) that fail it. Raises GateError when an expectation itself breaks."""
        batch = self._frames.get_batch(batch_parameters={"dataframe": frame.reset_index(drop=True)})
        expectations = [rule.expectation(self._gx.expectations) for rule in rules]
        suite = self._gx.ExpectationSuite(name=stream, expectations=expectations)
        outcome = batch.validate(suite, result_format=_RESULT_FORMAT)
        results = {_identity(result.expectation_config): result for result in outcome.results}
        for rule, expectation in zip(rules, expectations, strict=True):
            result = results[_identity(expectation.configuration)]
            if result.exception_info and result.exception_info.get("raised_exception", False):
                raise GateError(
                    f"gate: rule {rule.name} of {stream} could not be evaluated",
                    remedy="This is a bug; please report it. Nothing was published.",
                )
            yield [int(frame.index[position]) for position in result.result.get("unexpected_index_list") or []]


def _identity(configuration: Any) -> tuple[str, str]:
    return configuration.type, str(configuration.kwargs.get("column"))
