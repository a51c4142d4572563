"""The checks of `funnelcast verify`, in order. A new one is one function in this folder and one line here."""

from __future__ import annotations

from base.registry import Registry
from orchestration.verification.finding import Check

CHECKS: Registry[Check] = Registry(
    "check",
    {
        "operations database": "orchestration.verification.operations:check",
        "log": "orchestration.verification.log:check",
        "staging": "orchestration.verification.staging:check",
        "published": "orchestration.verification.published:check",
        "rights": "orchestration.verification.rights:check",
        "space": "orchestration.verification.space:check",
    },
)

#: What a run looks at by itself each night, besides a sample of the log.
NIGHTLY = ("operations database", "log", "published", "rights")
