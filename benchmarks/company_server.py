"""The simulated company behind its doubles in a process of its own: `python -m benchmarks.company_server ATS REQUISITIONS FOLDER`.

Writes the configuration into FOLDER/config, then FOLDER/server.json (variables with the credentials, end of the window), and serves until
it is ended. Its own CPU is nobody's figure.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from sandbox.company import simulate
from sandbox.config import write_config
from sandbox.server import Doubles


def main() -> None:
    ats, requisitions, folder = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])
    world = simulate(requisitions=requisitions)
    with Doubles(world, folder, ats=ats) as doubles:
        write_config(folder / "config", doubles)
        facts = {"environment": doubles.environment, "window_end": world.now.isoformat()}
        (folder / ".server.json").write_text(json.dumps(facts), encoding="utf-8")
        (folder / ".server.json").rename(folder / "server.json")
        doubles.wait()


if __name__ == "__main__":
    main()
