"""One YAML file as plain values that remember their lines.

Stricter than YAML 1.1, where what is written is not what a person meant: `9:00` is text (not 540), `no` is text (not false), `2026-02-30` is text
(and refused as a day, by its key), a key is always text. A repeated key, a second document, a tag of another language and whatever
grows without bound (nesting, aliases) are mistakes with their line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from base.config.text_file import CONTROLS, read_text
from base.errors import ConfigError

Location = tuple[int | str, ...]

#: No configuration nests deeper, or has more values once its aliases are written out.
DEEPEST, MOST_VALUES = 40, 200_000

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_MERGE, _NULL = "tag:yaml.org,2002:merge", "tag:yaml.org,2002:null"
_PLAIN_TAGS = {f"tag:yaml.org,2002:{name}" for name in ("str", "int", "float", "bool", "null", "timestamp", "value", "merge", "map", "seq")}
#: What else looks like a number (0123, 1_000, 0x1F) stays text, and is refused where a number is wanted.
_WHOLE = re.compile(r"[-+]?(0|[1-9][0-9]{0,29})")
_NUMBER = re.compile(r"[-+]?(0|[1-9][0-9]{0,29})?\.?[0-9]{1,30}([eE][-+]?[0-9]{1,2})?")
_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
}


@dataclass(frozen=True)
class Origin:
    """Where a part of the configuration is written; a part that was made in Python is written nowhere. Never part of a comparison."""

    path: Path | None = field(default=None, compare=False)
    node: Any = field(default=None, compare=False, repr=False)

    def line(self, location: Location) -> int:
        """Line of the deepest part of `location` (below this part) that the file has."""
        node, line = self.node, self.node.start_mark.line + 1 if self.node is not None else 1
        for part in location:
            child = _child(node, part)
            if child is None:
                break
            line, node = child
        return line


class Mapped(dict[str, Any]):
    """The keys and values of a mapping, with its origin."""

    def __init__(self, origin: Origin) -> None:
        super().__init__()
        self.origin = origin


def read_document(path: Path) -> Mapped:
    """The keys and values at the top of a YAML file; an empty file has none. Raises ConfigError with file and line."""
    root = _compose(path, read_text(path))
    if root is None or root.tag == _NULL:
        return Mapped(Origin(path))
    if not isinstance(root, yaml.MappingNode):
        raise ConfigError(
            f"{path}:{root.start_mark.line + 1}: expected keys and values at the top", remedy="See docs/configuration.md for an example."
        )
    value: Mapped = _Values(path).value(root, 0)
    return value


def _compose(path: Path, text: str) -> yaml.Node | None:
    try:
        _check_shape(path, text)
        return yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problem = " ".join(str(error.problem or error.context or "").split())
        remedy = "Indent with blanks, not tabs." if _is_tab(text, mark) else "Check the indentation and quotes there."
        raise ConfigError(f"{path}:{mark.line + 1 if mark else 1}: not valid YAML ({problem})", remedy=remedy) from error
    except yaml.YAMLError as error:
        raise ConfigError(f"{path}:1: not valid YAML", remedy="Write the file anew; docs/configuration.md has examples.") from error


def _check_shape(path: Path, text: str) -> None:
    """Depth and documents, from the events: PyYAML composes by recursion, and ends at Python's limit."""
    depth = documents = 0
    for event in yaml.parse(text, Loader=_Loader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        documents += isinstance(event, yaml.DocumentStartEvent)
        line = event.start_mark.line + 1 if event.start_mark else 1
        if depth > DEEPEST:
            raise _too_deep(path, line)
        if documents > 1:
            raise ConfigError(f"{path}:{line}: a second document begins here", remedy="Keep one; remove the line '---'.")


def _is_tab(text: str, mark: Any) -> bool:
    lines = text.splitlines()
    return bool(mark) and mark.line < len(lines) and "\t" in lines[mark.line]


class _Values:
    """Nodes as values, with a count of how many there are."""

    def __init__(self, path: Path) -> None:
        self.path, self._count = path, 0

    def value(self, node: yaml.Node, depth: int) -> Any:
        self._count += 1
        if depth > DEEPEST:
            raise _too_deep(self.path, node.start_mark.line + 1)
        if self._count > MOST_VALUES:
            raise self._mistake(node, "aliases (*) repeat more than a configuration can hold", "Write the values out.")
        self._check_tag(node)
        if isinstance(node, yaml.MappingNode):
            mapped = Mapped(Origin(self.path, node))
            for key, value_node in self._pairs(node, depth):
                mapped[key] = self.value(value_node, depth + 1)
            return mapped
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item, depth + 1) for item in node.value]
        return self._scalar(node)

    def _pairs(self, node: yaml.MappingNode, depth: int) -> Iterator[tuple[str, yaml.Node]]:
        """Keys with their values, those of merged mappings (<<) first: what is written beside them wins."""
        own: dict[str, yaml.Node] = {}
        merged: list[yaml.Node] = []
        for key_node, value_node in node.value:
            if key_node.tag == _MERGE:
                merged += value_node.value if isinstance(value_node, yaml.SequenceNode) else [value_node]
                continue
            key = self._key(key_node)
            if key in own:
                first = next(other for other, _ in node.value if other.value == key_node.value).start_mark.line + 1
                raise self._mistake(key_node, f"key '{key}' is given twice (first in line {first})", "Keep one of them.")
            own[key] = value_node
        for other in merged:
            if not isinstance(other, yaml.MappingNode) or depth > DEEPEST:
                raise self._mistake(node, "only keys and values can be merged with <<", "Write them out.")
            for key, value_node in self._pairs(other, depth + 1):
                own.setdefault(key, value_node)
        yield from own.items()

    def _key(self, node: yaml.Node) -> str:
        if not isinstance(node, yaml.ScalarNode):
            raise self._mistake(node, "a key must be text", "Write 'key: value'.")
        return self._text(node)

    def _scalar(self, node: yaml.Node) -> Any:
        text = self._text(node)
        if node.tag == "tag:yaml.org,2002:str":
            return text
        if text in _WORDS:
            return _WORDS[text]
        if _WHOLE.fullmatch(text):
            return int(text)
        return float(text) if _NUMBER.fullmatch(text) and not text.lstrip("+-").isdecimal() else text

    def _text(self, node: yaml.Node) -> str:
        self._check_tag(node)
        if CONTROLS.search(node.value):
            raise self._mistake(node, "the value holds a control character", "Remove it.")
        return str(node.value)

    def _check_tag(self, node: yaml.Node) -> None:
        if node.tag not in _PLAIN_TAGS:
            raise self._mistake(node, "tags (!) have no meaning here", "Write the value alone.")

    def _mistake(self, node: yaml.Node, message: str, remedy: str) -> ConfigError:
        return ConfigError(f"{self.path}:{node.start_mark.line + 1}: {message}", remedy=remedy)


def _too_deep(path: Path, line: int) -> ConfigError:
    return ConfigError(f"{path}:{line}: nested more than {DEEPEST} levels deep", remedy="Check the brackets and the indentation there.")


def _child(node: Any, part: int | str) -> tuple[int, Any] | None:
    """(line, node) of a key or an item; a key that was merged in has the line where it is written."""
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and 0 <= part < len(node.value):
        item = node.value[part]
        return item.start_mark.line + 1, item
    if not isinstance(node, yaml.MappingNode):
        return None
    for key_node, value_node in node.value:
        if key_node.value == str(part) and key_node.tag != _MERGE:
            return key_node.start_mark.line + 1, value_node
    for key_node, value_node in node.value:
        if key_node.tag == _MERGE:
            for other in value_node.value if isinstance(value_node, yaml.SequenceNode) else [value_node]:
                if found := _child(other, part):
                    return found
    return None
