"""What `check` and `run` say of odd inputs is what was read and found good (tests/golden/messages.txt).

After a message was changed on purpose, write the file again with FUNNELCAST_WRITE_MESSAGES=1 and read what changed as a new user who must say what to do next.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.message_cases import CONFIGURATIONS, Folder, blocked_folders, folders, unreadable_folders
from tests.support.zygote import Finished, Zygote

pytestmark = [pytest.mark.xdist_group("other_runs"), pytest.mark.slow]

GOLDEN = Path(__file__).parent / "messages.txt"

#: What differs from run to run -> what stands for it.
_UNSTABLE = (
    (r"\d{8}T\d{6}Z-[0-9a-f]{12}", "VERSION"),
    (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ(?=,)", "AS_OF"),
)


def section(title: str, command: str, done: Finished, root: Path) -> str:
    """One message: the input, the command, its exit code, and what it printed but progress."""
    errors = [line for line in done.err.splitlines() if not re.match(r" *\d+\.\d s  ", line)]
    text = "\n".join([*done.out.splitlines(), *errors])
    assert "Traceback" not in text, text
    assert "internal error" not in text, text
    text = text.replace(str(root), "ROOT")
    for pattern, word in _UNSTABLE:
        text = re.sub(pattern, word, text)
    return f"## {title}\n$ funnelcast {command}    [exit {done.code}]\n{text}\n"


def configured(root: Path, chosen: Sequence[Folder]) -> list[str]:
    """Writes the folders and their configuration; the command's options."""
    (root / "config" / "mappings").mkdir(parents=True)
    sources = [folder.source(root / "data") for folder in chosen]
    (root / "config" / "sources.yml").write_text(json.dumps({"sources": sources}), encoding="utf-8")
    return ["--config", str(root / "config"), "--home", str(root / "home")]


@dataclass(frozen=True)
class Odd:
    root: Path
    where: list[str]
    folders: tuple[Folder, ...]
    check: Finished
    run: Finished
    mappings: Finished


@pytest.fixture(scope="module")
def messages(zygote: Zygote, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    found = []
    for number, case in enumerate(CONFIGURATIONS):
        root = tmp_path_factory.mktemp(f"case{number}")
        folder = case.write(root / "config")
        done = zygote.run("check", "--config", str(folder), "--home", str(root / "home"), env={})
        found.append(section(f"{case.fault}: {case.title}", "check", done, root))
    return found


def test_the_messages_of_wrong_configurations_are_the_reviewed_ones(messages: list[str]) -> None:
    assert_reviewed("configuration", messages)


@pytest.fixture(scope="module")
def odd(zygote: Zygote, tmp_path_factory: pytest.TempPathFactory) -> Odd:
    """The folders of odd data after a check and a run."""
    root = tmp_path_factory.mktemp("odd")
    where = configured(root, chosen := folders())
    return Odd(root, where, chosen, *(zygote.run(verb, *where, env={}) for verb in ("check", "run", "mappings")))


def test_the_messages_of_odd_data_are_the_reviewed_ones(odd: Odd, zygote: Zygote, tmp_path: Path) -> None:
    found = [f"Folders:{listed(odd.folders)}\n"]
    found += [
        section("odd data", verb, done, odd.root) for verb, done in (("check", odd.check), ("run", odd.run), ("mappings", odd.mappings))
    ]
    for title, chosen in (("data that blocks", blocked_folders()), ("files that cannot be read", unreadable_folders(tmp_path))):
        root = tmp_path / title.replace(" ", "_")
        where = configured(root, chosen)
        found += [f"Folders:{listed(chosen)}\n"]
        found += [section(title, verb, zygote.run(verb, *where, env={}), root) for verb in ("check", "run")]
    assert_reviewed("data", found)


def test_check_says_of_each_table_what_run_then_does(odd: Odd) -> None:
    def table(done: Finished) -> list[str]:
        lines = done.out.splitlines()
        start = next(number for number, line in enumerate(lines) if line.startswith("source "))
        return lines[start:]

    assert odd.run.code == 0, odd.run.err
    assert table(odd.check) == table(odd.run)
    assert not any(line.endswith(("reports: weekly_funnel", "reports: offer_declines")) for line in odd.run.err.splitlines())


def test_the_rows_that_mappings_prints_can_be_pasted_as_they_stand(odd: Odd, zygote: Zygote) -> None:
    lines = odd.mappings.out.splitlines()
    path = odd.root / "config" / "mappings" / "stages.csv"
    header = lines[lines.index("The file begins with this first line:") + 1]
    pasted = lines[lines.index("Rows to paste:") + 1 : lines.index("Rows to fill in, then paste:")]
    assert pasted == ["visits,Phone screen,,recruiter_screen,,"]
    to_fill = lines[lines.index("Rows to fill in, then paste:") + 1 :]
    filled = [row.replace(",,,,", ",,onsite,,") for row in to_fill[: to_fill.index("")]]
    path.write_text("\n".join([header, *pasted, *filled, ""]), encoding="utf-8")
    assert zygote.run("publish", *odd.where, env={}).code == 0
    assert zygote.run("mappings", *odd.where, env={}).out.startswith("Every stage, reason and source name is mapped.")


def listed(chosen: Sequence[Folder]) -> str:
    return "".join(f"\n   {folder.name} ({folder.fault}): {folder.title}" for folder in chosen)


def assert_reviewed(part: str, found: list[str]) -> None:
    """The part's sections of the golden file, written anew where that was asked for."""
    parts = dict(re.findall(r"^# (\w+)\n(.*?)(?=^# |\Z)", GOLDEN.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL))
    text = "\n".join(found)
    if os.environ.get("FUNNELCAST_WRITE_MESSAGES"):
        parts[part] = text
        GOLDEN.write_text("".join(f"# {name}\n{parts[name]}" for name in sorted(parts)), encoding="utf-8")
    assert text == parts[part]
