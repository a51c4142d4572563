"""The repairs, in the order in which `funnelcast repair` does them. A new one is one module in this folder and one line here."""

from __future__ import annotations

from base.registry import Registry
from orchestration.repairs.repair import Repair

REPAIRS: Registry[Repair] = Registry(
    "repair",
    {
        "ops": "orchestration.repairs.ops:REPAIR",
        "lake": "orchestration.repairs.lake:REPAIR",
        "warehouse": "orchestration.repairs.warehouse:REPAIR",
        "published": "orchestration.repairs.published:REPAIR",
        "clock": "orchestration.repairs.clock:REPAIR",
    },
)
