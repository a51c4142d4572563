"""The prose linter: refuses the words of tests/lint/vocabulary.toml in every tracked text. Prints file:line and what to write instead; exit code 1.

Prose is what people read: Markdown without its code blocks, YAML, CSV, comments, docstrings and messages in Python, comments in SQL. No kept
Python library takes a vocabulary of one's own and knows prose from code; codespell, which runs beside this, checks single words only.
"""

from __future__ import annotations

import ast
import io
import re
import subprocess
import sys
import tokenize
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VOCABULARY = Path(__file__).with_suffix(".toml")
SUFFIXES = {".py", ".sql", ".md", ".yml", ".yaml", ".csv", ".mjml", ".j2", ".sh", ".toml", ""}
#: Texts that are not ours, generated, or quote what the vocabulary refuses.
SKIPPED = {"LICENSE", "requirements.lock", "requirements-dev.lock", "tests/lint/vocabulary.toml", "tests/unit/test_vocabulary.py"}

_SQL_COMMENT = re.compile(r"--[^\n]*|/\*.*?\*/|\{#.*?#\}", re.DOTALL)
_SQL_QUOTED = re.compile(r"'[^'\n]*'|\"[^\"\n]*\"")
_CODE_BLOCK = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)
_LINE_START = re.compile(r"(?m)^([ \t]*)(#:?|--|\*|>)")


def blank(text: str) -> str:
    """As many characters, all blanks, in the same lines."""
    return re.sub(r"[^\n]", " ", text)


def prose(path: Path, text: str) -> str:
    """The text with everything that is not prose as blanks, so that places stay."""
    if path.suffix == ".py":
        kept = _python_prose(text)
    elif path.suffix == ".sql":
        kept = _only(text, (match.span() for match in _SQL_COMMENT.finditer(text)))
    else:
        kept = _CODE_BLOCK.sub(lambda match: blank(match.group()), text)
    return _LINE_START.sub(lambda match: match.group(1) + blank(match.group(2)), kept)


def _only(text: str, spans: Iterable[tuple[int, int]]) -> str:
    pieces, at = [], 0
    for start, end in spans:
        pieces += [blank(text[at:start]), text[start:end]]
        at = end
    return "".join([*pieces, blank(text[at:])])


def _python_prose(text: str) -> str:
    lines = [0]
    for line in text.splitlines(keepends=True):
        lines.append(lines[-1] + len(line))
    wanted = {tokenize.COMMENT, tokenize.STRING, getattr(tokenize, "FSTRING_MIDDLE", tokenize.STRING)}
    return _only(
        text,
        (
            (lines[token.start[0] - 1] + token.start[1], lines[token.end[0] - 1] + token.end[1])
            for token in tokenize.generate_tokens(io.StringIO(text).readline)
            if token.type in wanted
        ),
    )


def names(path: Path, text: str) -> Iterator[tuple[int, str]]:
    """(line, name) of what the code calls its own: Python's assigned names, parameters, functions; every word of SQL outside its strings."""
    if path.suffix == ".sql":
        code = _SQL_QUOTED.sub(lambda match: blank(match.group()), _SQL_COMMENT.sub(lambda match: blank(match.group()), text))
        for match in re.finditer(r"[A-Za-z_]\w*", code):
            yield text.count("\n", 0, match.start()) + 1, match.group()
    elif path.suffix == ".py":
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Store):
                yield node.lineno, node.id if isinstance(node, ast.Name) else node.attr
            elif isinstance(node, ast.arg):
                yield node.lineno, node.arg
            elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                yield node.lineno, node.name


def findings(path: Path, text: str, vocabulary: dict[str, dict[str, str]]) -> Iterator[tuple[int, str]]:
    """(line, sentence) for each word of the vocabulary in the text of the file."""
    for line, name in names(path, text):
        instead = vocabulary["identifiers"].get(name.strip("_").lower())
        if instead:
            yield line, f"'{name}' is no name for a value; write {instead}"
    readable = prose(path, text)
    for phrase, instead in vocabulary["phrases"].items():
        for match in re.finditer(phrase.replace(" ", r"\s+"), readable, re.IGNORECASE):
            yield readable.count("\n", 0, match.start()) + 1, f"'{' '.join(match.group().split())}'; write {instead}"


def main() -> int:
    vocabulary = tomllib.loads(VOCABULARY.read_text(encoding="utf-8"))
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    found = 0
    for name in listed:
        path = ROOT / name
        if not name or name in SKIPPED or path.suffix not in SUFFIXES or not path.is_file():
            continue
        for line, sentence in sorted(findings(path, path.read_text(encoding="utf-8"), vocabulary)):
            found += 1
            print(f"{name}:{line}: {sentence}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
