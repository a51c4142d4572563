"""dbt's exposures are the registries of editions and questions: each reads the published tables that its queries name, and no other."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import exports.editions
from base.home import DBT_PROJECT_DIR
from base.slices import slices
from exports.editions.registry import EDITIONS
from exports.questions.members import Member
from exports.questions.parameters import Stage
from exports.questions.registry import QUESTIONS

FILE = DBT_PROJECT_DIR / "models" / "exposures.yml"
TABLE = re.compile(r"\b(?:from|join)\s+(?:core|marts|diversity)\.([a-z_]+)\b")
OWNER = "recruiting operations"
HEAD = """\
# Who reads the published tables: every edition of the reports and every question of `funnelcast ask`. Written from the registries and their queries by
# `make exposures`; a test compares.
exposures:
"""


def tables_of(text: str) -> set[str]:
    return {match[1] for match in TABLE.finditer(text)}


def tables_of_edition(module: str) -> set[str]:
    """What an edition names (a module or a folder of them), and what the modules beside it name that it imports."""
    beside = Path(exports.editions.__path__[0])
    own = beside / module.rpartition(".")[2]
    texts = [path.read_text(encoding="utf-8") for path in (own.glob("*.py") if own.is_dir() else [own.with_suffix(".py")])]
    imported = set(re.findall(r"exports\.editions(?:\.| import )(\w+)", "\n".join(texts)))
    texts += [path.read_text(encoding="utf-8") for path in beside.glob("*.py") if path.stem in imported]
    return tables_of("\n".join(texts))


def tables_of_question(name: str) -> set[str]:
    """What its query names: with every parameter given, and with none that may be left out."""
    question = QUESTIONS[name]
    samples: dict[str, Any] = {
        "quarter": date(2026, 1, 1),
        "month": date(2026, 1, 1),
        "hires": 1,
        "text": "x",
        "job_id": Member("job", "k", "x"),
    }
    samples |= {"stage": Stage("onsite", "Onsite", 7), **{name: Member(name, "k", "x") for name in slices()}}
    given = {parameter.name: samples[parameter.kind] for parameter in question.parameters}
    least = {
        parameter.name: given[parameter.name] if parameter.is_required or parameter.default else None for parameter in question.parameters
    }
    return tables_of(question.sql(given)) | tables_of(question.sql(least))


def expected() -> dict[str, tuple[str, str, str, set[str]]]:
    """Name of the exposure -> type, label, description, tables."""
    found = {
        f"report_{name}": ("dashboard", EDITIONS[name].title, f"The report {name}.", tables_of_edition(module))
        for name, module in zip(EDITIONS, EDITIONS.modules, strict=True)
    }
    for name, question in QUESTIONS.items():
        found[f"ask_{name.replace('-', '_')}"] = ("analysis", f"ask {name}", question.text, tables_of_question(name))
    return found


def written() -> str:
    """models/exposures.yml as it should be."""
    entries = []
    for name, (kind, label, description, tables) in expected().items():
        refs = "".join(f"      - ref('{table}')\n" for table in sorted(tables))
        entries.append(
            f'  - name: {name}\n    type: {kind}\n    label: "{label}"\n    description: "{description}"\n'
            f"    owner: {{name: {OWNER}}}\n    depends_on:\n{refs}"
        )
    return HEAD + "\n".join(entries)


def test_every_edition_and_question_is_an_exposure_of_the_tables_that_it_reads() -> None:
    assert FILE.read_text(encoding="utf-8") == written()


def test_exposures_read_public_models_alone(manifest: dict[str, Any]) -> None:
    """The one restricted table is read by the question that says so."""
    wrong = [
        f"{exposure['name']} reads {manifest['nodes'][parent]['name']}"
        for exposure in manifest["exposures"].values()
        for parent in exposure["depends_on"]["nodes"]
        if manifest["nodes"][parent]["access"] != "public" and manifest["nodes"][parent]["name"] != "adverse_impact"
    ]
    assert wrong == []
    assert {exposure["owner"]["name"] for exposure in manifest["exposures"].values()} == {OWNER}


if __name__ == "__main__":
    FILE.write_text(written(), encoding="utf-8")
