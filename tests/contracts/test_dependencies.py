"""What a folder imports is declared for its use in pyproject.toml, what is declared is used, and both locks say the same versions."""

from __future__ import annotations

import ast
import importlib
import re
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.metadata import packages_distributions

import pytest

from base.errors import ConfigError
from base.home import PROJECT_ROOT

PROJECT = tomllib.loads((PROJECT_ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
LOCKS = {name: (PROJECT_ROOT / name).read_text(encoding="utf-8") for name in ("requirements.lock", "requirements-dev.lock")}

#: Folder: the extras that it may import beside the run-time dependencies.
FOLDERS: dict[str, frozenset[str]] = {
    "base": frozenset(),
    "ingestion": frozenset(),
    "exports": frozenset(),
    "orchestration": frozenset(),
    "dbt_project": frozenset(),
    "sandbox": frozenset({"demo"}),
    "benchmarks": frozenset({"demo", "bench"}),
    "tests": frozenset({"demo", "bench", "dev"}),
}

#: Declared, and used without an import of ours.
NOT_IMPORTED = {
    "dagster-webserver": "the UI that `funnelcast dev` starts",
    "dbt-duckdb": "dbt's adapter, found by the profile's type",
    "psycopg": "SQLAlchemy's driver, found by the database's URL",
    "setuptools": "builds the checkout's own package",
    "pytest-xdist": "pytest's -n",
    "ruff": "make lint",
    "mypy": "make types",
    "import-linter": "make lint",
    "shandy-sqlfmt": "make lint",
    "codespell": "make lint",
    "types-pyyaml": "mypy reads it",
    "pandas-stubs": "mypy reads it",
}


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def declared(requirements: list[str]) -> set[str]:
    names = {normal(re.match(r"[\w.-]+", requirement).group()) for requirement in requirements}  # type: ignore[union-attr]
    return names - {normal(PROJECT["name"])}


RUN_TIME = declared(PROJECT["dependencies"])
EXTRAS = {extra: declared(requirements) for extra, requirements in PROJECT["optional-dependencies"].items()}


@cache
def imported(folder: str) -> dict[str, str]:
    """Third-party modules that the folder's code imports, each with one of the files that do."""
    own = {*FOLDERS, "kernels"}
    return {
        module: str(path.relative_to(PROJECT_ROOT))
        for path in sorted((PROJECT_ROOT / folder).rglob("*.py"))
        if not {"target", "dbt_packages"} & set(path.parts)
        for module in modules(ast.parse(path.read_text(encoding="utf-8")))
        if module not in own and module not in sys.stdlib_module_names
    }


def modules(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]


#: Module -> the distributions that bring it; read once, it looks through every installed file.
installed = cache(packages_distributions)


@cache
def distributions(module: str) -> frozenset[str]:
    found = frozenset(normal(name) for name in installed().get(module, ()))
    assert found, f"{module} is imported and not installed: run make env"
    return found


@pytest.mark.parametrize("folder", FOLDERS)
def test_what_a_folder_imports_is_declared_for_it(folder: str) -> None:
    allowed = RUN_TIME.union(*(EXTRAS[extra] for extra in FOLDERS[folder]))
    assert not [f"{file} imports {module}" for module, file in imported(folder).items() if not distributions(module) & allowed]


def test_what_is_declared_is_used_where_it_is_declared_for() -> None:
    product = [folder for folder, extras in FOLDERS.items() if not extras]
    used = {
        folder: frozenset().union(*(distributions(module) for module in imported(folder)), NOT_IMPORTED)  # type: ignore[arg-type]
        for folder in FOLDERS
    }
    assert not RUN_TIME - frozenset().union(*(used[folder] for folder in product))
    for extra, names in EXTRAS.items():
        assert not names - frozenset().union(*(used[folder] for folder, extras in FOLDERS.items() if extra in extras)), extra
    assert not NOT_IMPORTED.keys() - RUN_TIME.union(*EXTRAS.values()), "a reason for what is not declared"


def test_both_locks_have_hashes_and_the_production_lock_is_part_of_the_other() -> None:
    pins = {
        name: {block.partition(" \\")[0]: set(re.findall(r"sha256:\w{64}", block)) for block in re.split(r"\n(?=\w)", text)}
        for name, text in LOCKS.items()
    }
    production, everything = pins["requirements.lock"], pins["requirements-dev.lock"]
    assert all(everything.values())
    assert production.items() <= everything.items()


def test_the_locks_have_what_is_declared_for_them() -> None:
    pinned = {name: {normal(pin) for pin in re.findall(r"^([\w.-]+)==", text, re.MULTILINE)} for name, text in LOCKS.items()}
    beyond = set().union(*EXTRAS.values()) - RUN_TIME
    assert pinned["requirements.lock"] >= RUN_TIME
    assert pinned["requirements-dev.lock"] >= RUN_TIME | beyond
    assert not pinned["requirements.lock"] & {"aiosmtpd", "pytest", "mypy", "metricflow", "ruff"}


def test_an_environment_for_production_says_what_the_simulated_company_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    for missing in ("aiosmtpd", "aiosmtpd.smtp"):
        monkeypatch.setitem(sys.modules, missing, None)
    monkeypatch.delitem(sys.modules, "sandbox.doubles.smtp", raising=False)
    with pytest.raises(ConfigError, match=r"aiosmtpd.*make env"):
        importlib.import_module("sandbox.doubles.smtp")
