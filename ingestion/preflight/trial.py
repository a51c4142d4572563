"""A trial of one source: what a preflight finds, and, of files and databases, their rows loaded by the same extraction as a run's into a home that is
thrown away afterwards."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.engine import Engine

from base.config import Config, Source
from base.errors import FunnelcastError
from base.home import Home
from base.words import counted
from ingestion.extract.run import ExtractionError, SourceLoad, StreamLoad, extract
from ingestion.preflight.check import check, error_finding, errors_first
from ingestion.protocol.connector import Sample
from ingestion.protocol.finding import ERROR, OK, WARNING, Finding
from ingestion.protocol.service import Service
from ingestion.sources.registry import KINDS


def try_source(
    config: Config, scratch: Home, ops: Engine, source: Source, *, at: datetime, sample: Sample | None = None, was_loaded: bool = False
) -> tuple[list[Finding], list[StreamLoad]]:
    """Findings, errors first, and the streams that were loaded into `scratch`: none of a service, and none of a source that cannot be read.

    `was_loaded`: an earlier run of the user's home loaded the source whole.
    """
    findings = check(source, now=at, was_loaded=was_loaded)
    if _is_service(source) or not all(finding.is_ok for finding in findings):
        return findings, []
    try:
        load = extract(config, scratch, ops, source, window_end=at, sample=sample)
    except ExtractionError as error:
        load = error.load
    except FunnelcastError as error:
        return errors_first([*findings, error_finding(error, was_loaded=was_loaded)]), []
    return errors_first([*findings, *_findings_of(load)]), load.streams


def _is_service(source: Source) -> bool:
    connector = KINDS.named(source.kind).connector_class
    return isinstance(connector, type) and issubclass(connector, Service)


def _findings_of(load: SourceLoad) -> list[Finding]:
    """What is ignored, odd columns, streams that could not be read."""
    findings = [Finding(WARNING, None, text) for text in load.ignored]
    for stream in load.streams:
        findings += [Finding(WARNING, stream.stream, text) for text in stream.warnings]
        if stream.error:
            findings.append(
                Finding(
                    ERROR,
                    stream.stream,
                    stream.error.removeprefix(f"{stream.source}: {stream.stream}: "),
                    is_configuration=stream.is_misconfigured,
                )
            )
        else:
            findings.append(Finding(OK, stream.stream, counted(stream.fetched, "row"), None, stream.fetched))
    return findings
