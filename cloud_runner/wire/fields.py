"""
Checks of a document's fields, from the types of a dataclass; the JSON schemas are made from the same.

Written here since the dispatcher's function has no packages beside boto3. A test holds this and the published
schemas against each other.
"""

import re
import types
from dataclasses import MISSING, Field, fields, is_dataclass
from enum import StrEnum
from functools import cache
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin, get_type_hints

from cloud_runner.wire.errors import WireError


class Between(NamedTuple):
    """A number within bounds, both included; infinity and what is not a number are in no bounds."""

    low: float
    high: float


class Matches(NamedTuple):
    """A text that a pattern describes whole (a regular expression as Python and ECMAScript both read it)."""

    pattern: str


class Length(NamedTuple):
    """A text or a list of so many characters or items."""

    low: int
    high: int


Limit = Between | Matches | Length

_WORDS = {str: "a text", int: "a whole number", float: "a number", bool: "true or false"}


@cache
def hints(cls: type) -> dict[str, Any]:
    """Types of a dataclass's fields, limits included."""
    return get_type_hints(cls, include_extras=True)


def parts_of(hint: Any) -> tuple[Any, tuple[Limit, ...]]:
    """A type without its limits, and the limits."""
    if get_origin(hint) is Annotated:
        base, *limits = get_args(hint)
        return base, tuple(limits)
    return hint, ()


def without_none(hint: Any) -> tuple[Any, bool]:
    """A type, and whether it may be null."""
    if get_origin(hint) in (types.UnionType, Union):
        rest = [part for part in get_args(hint) if part is not type(None)]
        (one,) = rest  # documents know no other unions
        return one, True
    return hint, False


def is_named(hint: Any) -> bool:
    """Whether a type is a NamedTuple; in JSON it is a list without the names."""
    return isinstance(hint, type) and issubclass(hint, tuple)


def is_tuple(hint: Any) -> bool:
    """Whether a type is a tuple, of any length, of a fixed one, or with names."""
    return get_origin(hint) is tuple or is_named(hint)


def tuple_items(hint: Any, length: int = 0) -> tuple[Any, ...]:
    """Types of a tuple's items; of one of any length, for as many as there are."""
    if is_named(hint):
        return tuple(hints(hint).values())
    items = get_args(hint)
    return (items[0],) * length if items[-1] is Ellipsis else items


def required(f: "Field[Any]") -> bool:
    """Whether a document must have the field: those that later versions added have a default instead."""
    return f.default is MISSING and f.default_factory is MISSING


def from_json(cls: type, value: Any, path: str = "") -> Any:
    """
    A dataclass from a JSON object.

    Fields unknown here are passed over, so that a later version may add some; a missing field takes its
    default where it has one.

    Raises
    ------
    WireError
        If a field is missing or is not what its type says.
    """
    if not isinstance(value, dict):
        raise WireError(f"{path or 'The document'} must be an object.")
    found = {}
    for f in fields(cls):
        name = f"{path}.{f.name}" if path else f.name
        if f.name in value:
            found[f.name] = _read(hints(cls)[f.name], value[f.name], name)
        elif required(f):
            raise WireError(f"{name} is missing.")
    return cls(**found)


def to_json(value: Any) -> Any:
    """The JSON value of a dataclass, of a tuple of them, or of a plain value."""
    if is_dataclass(value):
        return {f.name: to_json(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, tuple):
        return [to_json(item) for item in value]
    return value


def _read(hint: Any, value: Any, name: str) -> Any:
    hint, limits = parts_of(hint)
    hint, optional = without_none(hint)
    if optional and value is None:
        return None
    hint, inner = parts_of(hint)
    limits = limits + inner
    if get_origin(hint) is Literal:
        if not isinstance(value, str) or value not in get_args(hint):
            raise WireError(f"{name} must be one of {', '.join(get_args(hint))}.")
        return value
    if is_tuple(hint):
        if not isinstance(value, list):
            raise WireError(f"{name} must be a list.")
        _limited(value, limits, name)
        items = tuple_items(hint, len(value))
        if len(items) != len(value):
            raise WireError(f"{name} must have {len(items)} items.")
        parts = (
            _read(item, part, f"{name}[{i}]") for i, (item, part) in enumerate(zip(items, value, strict=True))
        )
        return hint(*parts) if hasattr(hint, "_fields") else tuple(parts)
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        if value not in list(hint):
            raise WireError(f"{name} must be one of {', '.join(hint)}.")
        return hint(value)
    if is_dataclass(hint):
        return from_json(hint, value, name)  # type: ignore[arg-type]
    # JSON knows one kind of number: 60 and 60.0 are the same. Python's True is an int.
    if hint is int and isinstance(value, float) and value.is_integer():
        value = int(value)
    kinds = (int, float) if hint is float else (hint,)
    if not isinstance(value, kinds) or (hint is not bool and isinstance(value, bool)):
        raise WireError(f"{name} must be {_WORDS[hint]}.")
    _limited(value, limits, name)
    return value


def _limited(value: Any, limits: tuple[Limit, ...], name: str) -> None:
    for limit in limits:
        if isinstance(limit, Between) and not limit.low <= value <= limit.high:
            raise WireError(f"{name} must be from {limit.low} to {limit.high}.")
        if isinstance(limit, Matches) and not re.fullmatch(limit.pattern, value):
            raise WireError(f"{name} is not written as it must be.")
        if isinstance(limit, Length) and not limit.low <= len(value) <= limit.high:
            raise WireError(f"{name} must have {limit.low} to {limit.high} characters or items.")
