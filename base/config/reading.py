"""One YAML file as a model; each mistake as one sentence with file, line, key and remedy, whatever the kind of mistake."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from base.config.document import Location, Mapped, read_document
from base.config.strict import Checks, Mistake, Strict
from base.config.text_file import is_there
from base.errors import ConfigError
from base.registry import did_you_mean

ModelT = TypeVar("ModelT", bound=Strict)

#: What pydantic calls a wrong key of a `dict`.
_KEY = "[key]"


def read(path: Path, model: type[ModelT], checks: Checks) -> ModelT:
    """One YAML file as `model`; a file that does not exist is its defaults. Raises ConfigError."""
    if not is_there(path):
        return model()
    document = read_document(path)
    try:
        return model.model_validate(document, context=checks)
    except ValidationError as error:
        mistakes = [_mistake(model, found) for found in error.errors(include_url=False)]
        raise _first(document, mistakes) from error


def mistakes_of(model: type[BaseModel], given: Mapping[str, Any]) -> list[Mistake]:
    """What is wrong with these keys and values of a model that is no file's; unknown keys first."""
    try:
        model.model_validate(given)
    except ValidationError as error:
        found = [(is_unknown, Mistake(message, *location, remedy=remedy)) for is_unknown, location, message, remedy in _all(model, error)]
        return [mistake for _, mistake in sorted(found, key=lambda one: not one[0])]
    return []


_Found = tuple[bool, Location, str, str]


def _all(model: type[BaseModel], error: ValidationError) -> list[_Found]:
    return [_mistake(model, found) for found in error.errors(include_url=False)]


def _first(document: Mapped, mistakes: list[_Found]) -> ConfigError:
    """The mistake to name: an unknown key before all others (it is usually the cause of the "missing" one beside it), then the first line."""
    is_unknown, location, message, remedy = min(mistakes, key=lambda found: (not found[0], document.origin.line(found[1])))
    key = ".".join(str(part) for part in location)
    sentence = message if is_unknown or not key or f"'{key}'" in message else f"{key}: {message}"
    return ConfigError(f"{document.origin.path}:{document.origin.line(location)}: {sentence}", remedy=remedy)


def _mistake(model: type[BaseModel], found: Any) -> _Found:
    """One of pydantic's findings: (whether a key is unknown, where, message, remedy). The value is not repeated: it may be a secret."""
    context, location = found.get("ctx", {}), tuple(found["loc"])
    error = context.get("error")
    if isinstance(error, Mistake):
        return False, (*location, *error.key), str(error), error.remedy or _CORRECT
    key = ".".join(str(part) for part in location)
    if found["type"] == "extra_forbidden":
        return True, location, f"unknown key '{key}'", did_you_mean(str(location[-1]), sorted(_keys_at(model, location[:-1])))
    if found["type"] == "missing":
        return False, location, f"key '{key}' is missing", "Add it (docs/configuration.md shows each key)."
    if location and location[-1] == _KEY:
        *above, wrong, _ = location
        message = f"unknown key '{'.'.join(map(str, (*above, wrong)))}'"
        return True, (*above, wrong), message, did_you_mean(str(wrong), _expected(context))
    if found["input"] is None:
        return False, location, "has no value", "Write one after the colon, or remove the line."
    if found["type"] == "literal_error":
        names = _expected(context)
        return False, location, f"must be one of {', '.join(names)}", did_you_mean(str(found["input"]), names)
    message, remedy = _WORDS[found["type"]](context) if found["type"] in _WORDS else (found["msg"][:1].lower() + found["msg"][1:], _CORRECT)
    return False, location, message, remedy


_CORRECT = "Correct the value and run again."


def _words(message: str, remedy: str = _CORRECT) -> Callable[[Mapping[str, Any]], tuple[str, str]]:
    return lambda context: (message.format(**context), remedy)


#: pydantic's kind of mistake -> (message, remedy).
_WORDS: Mapping[str, Callable[[Mapping[str, Any]], tuple[str, str]]] = {
    "value_error": _words("{error}"),
    "string_type": _words("must be text", "Write one word, or put the text in quotes."),
    "string_too_short": _words("must have at least {min_length} characters"),
    "string_too_long": _words("must have at most {max_length} characters"),
    **dict.fromkeys(
        ("int_type", "int_parsing", "int_parsing_size", "int_from_float"), _words("must be a whole number", "Write it in digits, like 3.")
    ),
    **dict.fromkeys(("float_type", "float_parsing", "finite_number"), _words("must be a number", "Write it in digits, like 2.5.")),
    **dict.fromkeys(("bool_type", "bool_parsing"), _words("must be true or false")),
    "greater_than": _words("must be more than {gt:g}"),
    "greater_than_equal": _words("must be at least {ge:g}"),
    "less_than": _words("must be less than {lt:g}"),
    "less_than_equal": _words("must be at most {le:g}"),
    **dict.fromkeys(("tuple_type", "list_type"), _words("must be a list", "Write it like [one, other], or one item a line after '- '.")),
    **dict.fromkeys(("dict_type", "model_type", "mapping_type"), _words("must be keys and values", "Write it like {key: value}.")),
    "too_short": _words("has too few entries: at least {min_length}"),
    "too_long": _words("has too many entries: at most {max_length}"),
    "ip_any_network": _words("must be an address or a network, like 10.0.0.0/8"),
}


def _expected(context: Mapping[str, Any]) -> list[str]:
    """The names that a Literal allows, from pydantic's `'a', 'b' or 'c'`."""
    return [name.strip().strip("'") for part in str(context.get("expected", "")).split(" or ") for name in part.split(",")]


def _keys_at(model: type[BaseModel], location: Location) -> list[str]:
    """Names of the keys allowed where `location` points."""
    current: Any = model
    for part in location:
        if isinstance(part, int):
            continue
        field = current.model_fields.get(part) if isinstance(current, type) and issubclass(current, BaseModel) else None
        if field is None:
            # The name of an entry (tables.applications): the models below all have the same keys.
            continue
        current = _model_in(field.annotation)
    return list(current.model_fields) if isinstance(current, type) and issubclass(current, BaseModel) else []


def _model_in(annotation: Any) -> Any:
    """The model inside `X`, `X | None`, `tuple[X, ...]` or `dict[str, X]`."""
    for inner in getattr(annotation, "__args__", (annotation,)):
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            return inner
    return annotation
