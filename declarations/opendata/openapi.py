"""The data described for programs: OpenAPI 3.1, made of the shapes themselves, so that it cannot lag behind them."""

from __future__ import annotations

import types
from dataclasses import fields, is_dataclass
from typing import Any, Union, get_args, get_origin, get_type_hints

from declarations.publishing.as_json import described

from . import DATASETS
from .shapes import VERSION

ABOUT = (
    "Read only, without a key, from any site. Texts stand in every language they have, by code. A number about people "
    "or testimonies is a band: “30+” is more than 30, “≥10” ten or more, “<10” fewer than ten or none, “–” hidden "
    "because another could be worked out from it; null where nothing may be said. A quoted sentence can be taken back "
    "at any time by whoever said it: ask again before you show it, and delete it where it is gone. Answers carry an "
    "ETag: ask with If-None-Match, and what has not changed is not sent again."
)
TABLE = (
    "The same as a table: CSV in UTF-8 with a byte order mark, its first line the names of the columns. A text is a "
    "column a language that occurs (`text.fr`), what is inside a field is a column a field (`heard.testimonies`), a "
    "list is one cell with semicolons between its parts. An apostrophe stands before what a spreadsheet would work out."
)


def document(server: str, licence: str) -> dict[str, Any]:
    """Return the whole description; `server` is the address below which the answers stand."""
    return {
        "openapi": "3.1.1",
        "info": {
            "title": "A forum as data",
            "version": VERSION,
            "description": ABOUT,
            "license": {"name": licence, "url": licence},
        },
        "servers": [{"url": server}],
        "security": [],
        "paths": paths(),
        "components": {"schemas": components()},
    }


def paths() -> dict[str, Any]:
    """Return every answer by its address, those that are tables too in both forms."""
    found = {}
    for name, dataset in DATASETS.items():
        about = dataset.shape.__doc__
        found[f"/{name}.json"] = path(name, about, {"application/json": {"schema": reference(dataset.shape)}})
        if dataset.rows:
            found[f"/{name}.csv"] = path(f"{name}-table", f"{about} {TABLE}", {"text/csv": {"schema": described(str)}})
    return found


def path(operation: str, about: str, content: dict[str, Any]) -> dict[str, Any]:
    return {
        "get": {
            "operationId": operation,
            "summary": about,
            "security": [],
            "parameters": [
                {
                    "name": "If-None-Match",
                    "in": "header",
                    "required": False,
                    "description": "The ETag of the answer you have",
                    "schema": {"type": "string"},
                }
            ],
            "responses": {
                "200": {
                    "description": about,
                    "headers": {
                        "ETag": {"description": "Stands for these bytes", "schema": {"type": "string"}},
                    },
                    "content": content,
                },
                "304": {"description": "Nothing has changed since"},
                "404": {"description": "There is no such forum, or it is closed"},
            },
        }
    }


def reference(shape: Any) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{shape.__name__}"}


def components() -> dict[str, Any]:
    """Return the schema of every shape that an answer is made of, by its name."""
    found: dict[str, Any] = {}
    waiting = [each.shape for each in DATASETS.values()]
    while waiting:
        shape = waiting.pop(0)
        if shape.__name__ not in found:
            found[shape.__name__] = schema(shape)
            waiting += [part for hint in get_type_hints(shape).values() for part in parts(hint) if is_dataclass(part)]
    return found


def parts(hint: Any) -> list[Any]:
    """Return a type and everything it is made of."""
    return [hint, *(part for each in get_args(hint) for part in parts(each))]


def schema(shape: Any) -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of one shape; every field is always there."""
    hints = get_type_hints(shape)
    return {
        "type": "object",
        "description": shape.__doc__,
        "properties": {each.name: of_field(hints[each.name], dict(each.metadata)) for each in fields(shape)},
        "required": [each.name for each in fields(shape)],
        "additionalProperties": False,
    }


def of_field(hint: Any, told: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a field: its type, what it may hold, and what it means."""
    description = told.pop("description")
    return {"description": description, **of_type(hint, told)}


def of_type(hint: Any, told: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a type; what may be held (`told`) is said of the text inside it."""
    origin, arguments = get_origin(hint), get_args(hint)
    if is_dataclass(hint):
        return reference(hint)
    if origin in (Union, types.UnionType):
        return {"anyOf": [of_type(each, told) for each in arguments]}
    if origin is tuple:
        return {"type": "array", "items": of_type(arguments[0], told)}
    if origin is dict:
        return {"type": "object", "additionalProperties": {"type": "string"}}
    return {**described(hint), **told} if hint is str else described(hint)
