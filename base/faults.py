"""Named points at which a test may kill the process, so that "can be killed and run again" is tested where it matters.

A point that is not registered here cannot be used, and a test runs every registered one, so none is forgotten.
`FUNNELCAST_FAULT=<name>` kills the process with SIGKILL the first time it passes the point, `<name>:3` the third time.
"""

from __future__ import annotations

import os
import re
import signal

from base.errors import ConfigError
from base.registry import near_and_known

FAULT_VARIABLE = "FUNNELCAST_FAULT"

FAULT_POINTS: dict[str, str] = {
    "ingestion.after_page": "a page was fetched, its part is not yet committed",
    "ingestion.between_file_and_ledger": "the lake file is in place, its ledger row is not",
    "ingestion.after_part": "a part and its ledger row are committed, more pages follow",
    "webhooks.between_append_and_answer": "a delivery is in the spool, its sender does not know",
    "gate.before_record": "the gate has judged a load, its verdict is not yet stored",
    "transform.mid_dbt": "some models are built, others are not",
    "publish.before_flip": "the new version folder is complete, `current` still names the old one",
    "publish.after_flip": "`current` names the new version, its run record is not written",
    "delivery.before_send": "the delivery is claimed (`sending`), no byte has left",
    "delivery.before_charts": "the message is on the ledger, its charts are claimed, none is uploaded",
    "delivery.between_send_and_record": "the message was accepted, the ledger does not know",
}

_passed: dict[str, int] = {}


def check_fault() -> None:
    """Raises ConfigError when FUNNELCAST_FAULT names no point: it would kill nothing, and a test would prove nothing."""
    target, colon, nth = os.environ.get(FAULT_VARIABLE, "").partition(":")
    if target and (target not in FAULT_POINTS or (colon and not re.fullmatch(r"[1-9][0-9]{0,3}", nth))):
        raise ConfigError(f"{FAULT_VARIABLE} names no point where the process can be killed", remedy=near_and_known(target, FAULT_POINTS))


def fault_point(name: str) -> None:
    """Die here if FUNNELCAST_FAULT says so. Costs a dictionary look-up otherwise. Raises KeyError on an unregistered name."""
    if name not in FAULT_POINTS:
        raise KeyError(f"fault point '{name}' is not registered in base/faults.py")
    wanted = os.environ.get(FAULT_VARIABLE)
    if not wanted:
        return
    target, _, nth = wanted.partition(":")
    if target != name:
        return
    _passed[name] = _passed.get(name, 0) + 1
    if _passed[name] >= int(nth or 1):
        os.kill(os.getpid(), signal.SIGKILL)
