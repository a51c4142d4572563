"""The log's streams: one operation per kind of source, one asset per stream. Loads every configured source of the kind.

All kinds are always defined, so that lineage does not depend on one company's configuration; a kind without a source loads nothing and
says so. If a source fails but has loaded completely before, the run continues without it (on_failure in sources.yml); otherwise the operation fails,
after the kind's other sources have loaded: what was loaded stays in the log.
"""

# No `from __future__ import annotations` here: Dagster reads the annotations of these functions as types.

from collections.abc import Iterator
from dataclasses import fields
from typing import Any

import dagster as dg

from base.clock import iso
from base.config import Source
from base.errors import FunnelcastError
from base.source_kinds import kind_names
from orchestration.assets.keys import RAW, raw_key
from orchestration.resources import SessionResource
from orchestration.run.progress import StreamCounts
from orchestration.run.result import LoadCounts
from orchestration.run.session import RunSession

MEASURES = tuple(field.name for field in fields(LoadCounts))


def build_raw_assets() -> list[dg.AssetsDefinition]:
    return [_kind_assets(kind) for kind in kind_names()]


def _kind_assets(kind: str) -> dg.AssetsDefinition:
    from ingestion.sources.registry import KINDS

    streams = tuple(KINDS.named(kind).streams)
    specs = [
        dg.AssetSpec(raw_key(kind, stream), group_name=RAW, kinds={kind}, description=f"The log of {kind} {stream}: one row per version.")
        for stream in streams
    ]

    @dg.multi_asset(name=f"load_{kind}", specs=specs, can_subset=True, pool="warehouse")
    def load(context: dg.AssetExecutionContext, session: SessionResource) -> Iterator[dg.MaterializeResult]:
        work = session.session
        wanted = [stream for stream in streams if raw_key(kind, stream) in context.selected_asset_keys]
        totals: dict[str, dict[str, Any]] = {stream: {} for stream in wanted}
        failures: list[FunnelcastError] = []
        stopped: dict[str, str] = {}
        for source in work.sources:
            if source.kind != kind:
                continue
            try:
                with work.step(f"load {source.name} ({kind})", writes="loading"):
                    reason = _load_or_go_on(work, source, wanted if len(wanted) < len(streams) else None, totals)
                if reason:
                    stopped[source.name] = reason
            except FunnelcastError as error:
                failures.append(error)
        if failures:
            raise failures[0]
        for stream in wanted:
            note: dict[str, Any] = totals[stream] or {"note": f"no {kind} source in sources.yml has loaded this stream in this run"}
            yield dg.MaterializeResult(
                raw_key(kind, stream), metadata={**note, **{f"stopped: {name}": reason for name, reason in stopped.items()}}
            )

    return load


def _load_or_go_on(work: RunSession, source: Source, wanted: list[str] | None, totals: dict[str, dict[str, Any]]) -> str:
    """Load the source; the reason when it cannot be read and the run goes on without it. Raises when the run must not."""
    from ingestion.extract.results import ExtractionError

    try:
        _load(work, source.name, wanted, totals)
    except FunnelcastError as error:
        if isinstance(error, ExtractionError):
            work.result.streams += error.load.streams
        if not work.go_on_without(source, error):
            raise
        work.progress(f"  {source.name} could not be read; the run continues without it: {error}")
        return str(error)
    return ""


def _load(work: RunSession, name: str, wanted: list[str] | None, totals: dict[str, dict[str, Any]]) -> None:
    from ingestion.extract.run import extract

    source = work.config.source(name)
    window_end = work.window_end(source)
    streams = tuple(wanted) if wanted else None
    progress = StreamCounts(work.progress)
    loaded = extract(
        work.config,
        work.home,
        work.ops,
        source,
        window_end=window_end,
        streams=streams,
        progress=progress,
        sweep=work.run.request.sweep,
    )
    for warning in sorted({*loaded.ignored, *(f"{stream.stream}: {text}" for stream in loaded.streams for text in stream.warnings)}):
        work.progress(f"  {name}: {warning}")
    counts = {measure: sum(getattr(stream, measure) for stream in loaded.streams) for measure in MEASURES}
    work.result.loaded[name] = LoadCounts(**counts)
    work.result.streams += loaded.streams
    for stream in loaded.streams:
        if stream.stream in totals:
            note = totals[stream.stream]
            for measure in MEASURES:
                note[measure] = note.get(measure, 0) + getattr(stream, measure)
            note["window_end"] = iso(window_end)
