"""One YAML file as a model; each mistake as one sentence with file, line, key and remedy."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from base.config.strict import Checks, Mistake, Strict
from base.errors import ConfigError
from base.registry import did_you_mean

ModelT = TypeVar("ModelT", bound=Strict)


def read(path: Path, model: type[ModelT], checks: Checks) -> ModelT:
    """One YAML file as `model`; a file that does not exist is its defaults."""
    if not path.exists():
        return model()
    text = path.read_text(encoding="utf-8")
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        data = yaml.safe_load(text) or {}
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else "?"
        raise ConfigError(f"{path}:{line}: not valid YAML ({error.problem})", remedy="Check the indentation and quotes there.") from error
    if not isinstance(data, dict):
        raise ConfigError(f"{path}:1: expected keys and values at the top", remedy="See docs/configuration.md for an example.")
    try:
        return model.model_validate(data, context=checks)
    except ValidationError as error:
        raise _as_config_error(path, root, model, error) from error


def _as_config_error(path: Path, root: yaml.Node | None, model: type[Strict], error: ValidationError) -> ConfigError:
    """The first mistake that pydantic found, with its line and key. The offending value is not repeated (it may be a secret)."""
    # An unknown key first: it is usually the cause of the "missing" one beside it.
    first = min(error.errors(include_input=False, include_url=False), key=lambda found: found["type"] != "extra_forbidden")
    mistake = first.get("ctx", {}).get("error")
    location = (*first["loc"], *mistake.key) if isinstance(mistake, Mistake) else first["loc"]
    key = ".".join(str(part) for part in location) or "(top)"
    line = _line_of(root, location)
    if first["type"] == "extra_forbidden":
        known = _keys_at(model, location[:-1])
        return ConfigError(f"{path}:{line}: unknown key '{key}'", remedy=did_you_mean(str(location[-1]), sorted(known)))
    if first["type"] == "missing":
        return ConfigError(f"{path}:{line}: key '{key}' is missing", remedy="Add it (docs/configuration.md shows each key).")
    message = first["msg"].removeprefix("Value error, ")
    remedy = mistake.remedy if isinstance(mistake, Mistake) else ""
    return ConfigError(f"{path}:{line}: {key}: {message}", remedy=remedy or "Correct the value and run again.")


def _line_of(node: yaml.Node | None, location: tuple[int | str, ...]) -> int:
    """Line of the deepest part of `location` that the file has."""
    line = node.start_mark.line + 1 if node else 1
    for part in location:
        found: yaml.Node | None = None
        if isinstance(node, yaml.MappingNode):
            for key_node, value_node in node.value:
                if key_node.value == str(part):
                    line, found = key_node.start_mark.line + 1, value_node
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            found = node.value[part]
            line = found.start_mark.line + 1
        if found is None:
            break
        node = found
    return line


def _keys_at(model: type[Strict], location: tuple[int | str, ...]) -> list[str]:
    """Names of the keys allowed where `location` points."""
    current: Any = model
    for part in location:
        if isinstance(part, int):
            continue
        field = current.model_fields.get(part) if isinstance(current, type) and issubclass(current, BaseModel) else None
        if field is None:
            return []
        current = _model_in(field.annotation)
    return list(current.model_fields) if isinstance(current, type) and issubclass(current, BaseModel) else []


def _model_in(annotation: Any) -> Any:
    """The model inside `X`, `X | None` or `tuple[X, ...]`."""
    for inner in getattr(annotation, "__args__", (annotation,)):
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            return inner
    return annotation
