"""What is needed of one stream, whatever the vendor."""

from __future__ import annotations

from dataclasses import dataclass, field

from ingestion.protocol.contract import Contract


@dataclass(frozen=True, kw_only=True)
class Stream:
    """A kind adds to it what its requests need.

    `contract`: what the gate expects. `never_empty`: the remedy when a credential sees no record of a stream that no real organisation has
    empty. `is_windowed`: the source is asked for changes only. `is_optional`: no public mart needs it, so a refusal (403) is only reported.
    `is_periodic`: read in full every `sweep_days` instead of in each run. `is_pushed`: the vendor sends it, extraction never asks for it.
    """

    contract: Contract = field(default_factory=Contract)
    never_empty: str = ""
    is_windowed: bool = False
    is_optional: bool = False
    is_periodic: bool = False
    is_pushed: bool = False
