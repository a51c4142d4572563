"""What the repository cites is in the repository: links and their anchors, file names, dotted names of modules, and entries of the concepts page.

A page that is renamed, or a note that never was committed, must not leave readers of a comment behind.
"""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from base.home import PROJECT_ROOT

TEXT = {".py", ".sql", ".yml", ".yaml", ".md", ".toml", ".csv", ".sh", ".mjml", ".j2", ""}
#: Folders that a path in a text begins with: of the repository, and of the dbt project, whose files name each other from there.
FOLDERS = ("base", "ingestion", "exports", "orchestration", "sandbox", "benchmarks", "dbt_project", "docs", "tests", "tools")
DBT_FOLDERS = ("models", "macros", "seeds", "kernels")
PACKAGES = ("base", "ingestion", "exports", "orchestration", "sandbox", "benchmarks")

#: What only looks like a reference, as a pattern of the cited text, and why.
ALLOWED = {
    r"dbt_project/(target|logs|dbt_packages)(/.*)?": "generated, and ignored by git",
    r"exports/(acme|intranet|old_ats|recruiting)(/.*)?": "a user's own folder, in the examples",
    r"exports/\w+/(open_requisitions|json_lines|marker)\.py": "added in a copy by tests/contracts/test_change_in_a_copy.py",
    r".*\bacme\b.*": "the source that docs/add-a-source.md adds",
}

DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
#: Files whose texts are no references: the licence, a generated set, and examples of broken ones.
SKIPPED = {"LICENSE", "requirements.lock", "requirements-dev.lock", "tests/contracts/test_references.py", "tests/unit/test_vocabulary.py"}

LINK = re.compile(r"\]\(([^)\s]+)\)")
MARKDOWN_NAME = re.compile(r"(?<![\w/.:-])((?:[\w.-]+/)*[\w-]+\.md)\b")
PATH = re.compile(rf"(?<![\w/.<{{:@$-])((?:{'|'.join(FOLDERS + DBT_FOLDERS)})/[\w./*-]*[\w*/])")
DOTTED = re.compile(rf"(?<![\w/.<\"'-])((?:{'|'.join(PACKAGES)})(?:\.(?!csv\b|md\b|yml\b)[A-Za-z_]\w*)+)")
ENTRY = re.compile(r"concepts\.md[,)]*\s+(?:--\s+)?\\?\"([^\"\\]+)\\?\"")
HEADING = re.compile(r"^#+ +(.*)$", re.MULTILINE)


@cache
def tracked() -> tuple[Path, ...]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=PROJECT_ROOT, capture_output=True, text=True, check=True).stdout
    return tuple(Path(name) for name in listed.split("\0") if name and (PROJECT_ROOT / name).is_file())


@cache
def known() -> frozenset[str]:
    """Every tracked file and folder."""
    return frozenset(str(place) for file in tracked() for place in (file, *file.parents))


def texts() -> Iterator[tuple[Path, str]]:
    for file in tracked():
        if file.suffix in TEXT and str(file) not in SKIPPED:
            yield file, (PROJECT_ROOT / file).read_text(encoding="utf-8")


def prose(file: Path, text: str) -> str:
    """Of Python only what is written for people: names in code are the type checker's to follow."""
    if file.suffix != ".py":
        return text
    comments = re.findall(r"#.*", text)
    docstrings = [ast.get_docstring(node) or "" for node in ast.walk(ast.parse(text)) if isinstance(node, DOCUMENTED)]
    return "\n".join(comments + docstrings)


def is_allowed(cited: str) -> bool:
    return any(re.fullmatch(pattern, cited) for pattern in ALLOWED)


def is_there(file: Path, cited: str) -> bool:
    """From the root, from the citing file's folder, from docs/, from the dbt project or its seeds; `*` stands for any name."""
    cited = cited.rstrip("/")
    if "/" not in cited and any(Path(name).name == cited for name in known()):
        return True
    for folder in (Path(), file.parent, Path("docs"), Path("dbt_project"), Path("dbt_project/seeds")):
        place = (PROJECT_ROOT / folder / cited).resolve()
        if not place.is_relative_to(PROJECT_ROOT):
            continue
        name = str(place.relative_to(PROJECT_ROOT))
        if {name, f"{name}.py", f"{name}.csv"} & known():
            return True
        if "*" in name and any(Path(other).match(name) for other in known()):
            return True
    return False


def anchors(page: Path) -> set[str]:
    """As GitHub makes them of headings: lower case, punctuation out, blanks as hyphens."""
    text = re.sub(r"^```.*?^```", "", (PROJECT_ROOT / page).read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-") for heading in HEADING.findall(text)}


def is_defined(dotted: str) -> bool:
    """The longest part that is a module, then a name that its text mentions."""
    parts = dotted.split(".")
    for length in range(len(parts), 0, -1):
        module = "/".join(parts[:length])
        found = [name for name in (f"{module}.py", f"{module}/__init__.py") if name in known()]
        if found:
            return length == len(parts) or bool(re.search(rf"\b{parts[length]}\b", (PROJECT_ROOT / found[0]).read_text(encoding="utf-8")))
        if module in known() and length == len(parts):
            return True
    return False


def test_every_link_of_a_page_leads_to_a_file_and_a_heading_that_are_there() -> None:
    broken = []
    for file, text in texts():
        if file.suffix != ".md":
            continue
        for target in LINK.findall(text):
            if re.match(r"[a-z]+:", target):
                continue
            path, _, anchor = target.partition("#")
            page = (PROJECT_ROOT / file.parent / path).resolve() if path else PROJECT_ROOT / file
            name = page.relative_to(PROJECT_ROOT) if page.is_relative_to(PROJECT_ROOT) else None
            if name is None or str(name) not in known() or (anchor and anchor not in anchors(name)):
                broken.append(f"{file}: {target}")
    assert not broken


@pytest.mark.parametrize("pattern", [MARKDOWN_NAME, PATH], ids=["pages", "paths"])
def test_every_file_that_a_text_names_is_in_the_repository(pattern: re.Pattern[str]) -> None:
    missing = [
        f"{file}: {cited}"
        for file, text in texts()
        for cited in sorted(set(pattern.findall(text)))
        if not is_there(file, cited) and not is_allowed(cited)
    ]
    assert not missing


def test_every_module_and_function_that_a_text_names_is_defined() -> None:
    missing = [
        f"{file}: {dotted}"
        for file, text in texts()
        for dotted in sorted(set(DOTTED.findall(prose(file, text))))
        if not is_defined(dotted) and not is_allowed(dotted)
    ]
    assert not missing


def test_every_entry_cited_from_the_concepts_page_is_one_of_its_terms() -> None:
    page = (PROJECT_ROOT / "docs" / "concepts.md").read_text(encoding="utf-8")
    terms = {term.lower() for term in re.findall(r"\*\*([^*]+)\*\*", page)} | {heading.lower() for heading in HEADING.findall(page)}
    cited = [(file, entry) for file, text in texts() for entry in ENTRY.findall(text)]
    assert len(cited) > 10
    assert not [f"{file}: {entry}" for file, entry in cited if entry.lower() not in terms]


def test_nothing_is_allowed_that_no_text_cites() -> None:
    everything = [cited for _, text in texts() for pattern in (MARKDOWN_NAME, PATH, DOTTED) for cited in pattern.findall(text)]
    assert not [pattern for pattern in ALLOWED if not any(re.fullmatch(pattern, cited) for cited in everything)]
