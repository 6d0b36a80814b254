"""
JSON schemas of the documents, made from their dataclasses.

``python -m cloud_runner.wire.schemas`` writes them to ``schema/`` anew; a test fails while they differ.
"""

import json
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from cloud_runner.wire.documents import DOCUMENTS, VERSION
from cloud_runner.wire.fields import (
    Between,
    Length,
    Limit,
    Matches,
    hints,
    is_tuple,
    parts_of,
    required,
    tuple_items,
    without_none,
)

FOLDER = Path(__file__).with_name("schema")
_TYPES = {str: "string", int: "integer", float: "number", bool: "boolean"}


def schema(name: str) -> dict[str, Any]:
    """The JSON schema (draft 2020-12) of the document of that name."""
    cls = DOCUMENTS[name]
    head: dict[str, Any] = {"v": {"type": "integer", "minimum": 1, "maximum": VERSION}}
    if cls.TYPE:
        head["type"] = {"const": cls.TYPE}
    body = _object(cls)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": name,
        "type": "object",
        "properties": head | body["properties"],
        "required": [*head, *body["required"]],
    }


def texts() -> dict[str, str]:
    """File name → text of each published schema."""
    return {f"{name}.json": json.dumps(schema(name), indent=2) + "\n" for name in DOCUMENTS}


def _object(cls: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {f.name: _of(hints(cls)[f.name]) for f in fields(cls)},
        "required": [f.name for f in fields(cls) if required(f)],
    }


def _of(hint: Any) -> dict[str, Any]:
    hint, limits = parts_of(hint)
    hint, optional = without_none(hint)
    hint, inner = parts_of(hint)
    found = _plain(hint)
    for limit in limits + inner:
        found |= _limit(limit, found.get("type") == "array")
    return {"anyOf": [found, {"type": "null"}]} if optional else found


def _plain(hint: Any) -> dict[str, Any]:
    if get_origin(hint) is Literal:
        return {"enum": list(get_args(hint))}
    if is_tuple(hint):
        if Ellipsis in get_args(hint):
            return {"type": "array", "items": _of(get_args(hint)[0])}
        items = [_of(item) for item in tuple_items(hint)]
        return {"type": "array", "prefixItems": items, "minItems": len(items), "maxItems": len(items)}
    if is_dataclass(hint):
        return _object(hint)
    return {"type": _TYPES[hint]}


def _limit(limit: Limit, of_list: bool) -> dict[str, Any]:
    if isinstance(limit, Between):
        return {"minimum": limit.low, "maximum": limit.high}
    if isinstance(limit, Matches):
        return {"pattern": f"^(?:{limit.pattern})$"}
    assert isinstance(limit, Length)
    low, high = ("minItems", "maxItems") if of_list else ("minLength", "maxLength")
    return {low: limit.low, high: limit.high}


def main() -> None:
    """Write the schemas."""
    FOLDER.mkdir(exist_ok=True)
    for name, text in texts().items():
        (FOLDER / name).write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
