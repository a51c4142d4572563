"""Where a state is published to, in the order in which it is made visible. A new target is one module in this folder and one line here."""

from __future__ import annotations

from base.registry import Registry
from exports.publish.publisher import Publisher

PUBLISHERS: Registry[type[Publisher]] = Registry(
    "publisher",
    {
        "folder": "exports.publish.folder:FolderPublisher",
    },
)
