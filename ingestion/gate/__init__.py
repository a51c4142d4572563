"""The quality gate: judges newly parsed staging rows, puts failing ones in quarantine, blocks publishing when a stream fails."""

from ingestion.gate.judge import gate
from ingestion.gate.verdicts import GateReport, RuleResult, StreamVerdict

__all__ = ["GateReport", "RuleResult", "StreamVerdict", "gate"]
