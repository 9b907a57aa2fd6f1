"""The whole edition as data, in every language it has, with all that is needed to verify it.

The file is one object:

    format        "declaration-edition", and `version`, which grows when a field changes its meaning
    renderer      the release that wrote the file
    language      the language asked for; the data below is the same in all
    control_code  the short form of `digests.edition`
    digests       SHA-256 of the canonical bytes of the layers `text`, `figures`, `voices`, and of the `edition`
    snapshot      the edition itself; `schema()` describes it, and `file_schema()` the whole file

To verify without this program: take `snapshot`, form each layer as `canonical_bytes` says (sorted keys, no white space,
UTF-8, NFC), hash it, and compare.
"""

from __future__ import annotations

import json
import types
from dataclasses import is_dataclass
from typing import Any, Union, get_args, get_origin, get_type_hints

from .reader import read
from .reading import RENDERER
from .snapshot import Snapshot, as_data, settled

FORMAT = "declaration-edition"
VERSION = 1
DIALECT = "https://json-schema.org/draft/2020-12/schema"


def render(snapshot: Snapshot, language: str) -> bytes:
    """Return the edition as one JSON object, indented for people."""
    reading = read(snapshot, language)
    document = {
        "format": FORMAT,
        "version": VERSION,
        "renderer": RENDERER,
        "language": language,
        "control_code": reading.control_code,
        "digests": reading.digests,
        "snapshot": as_data(settled(snapshot)),
    }
    return (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode("utf-8")


def schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of `snapshot`, made from the dataclasses themselves."""
    return {"$schema": DIALECT, **described(Snapshot)}


def file_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of the whole file; VERSION grows with it."""
    text = {"type": "string"}
    digest = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
    properties = {
        "format": {"const": FORMAT},
        "version": {"const": VERSION},
        "renderer": text,
        "language": text,
        "control_code": text,
        "digests": {"type": "object", "additionalProperties": digest},
        "snapshot": described(Snapshot),
    }
    return {
        "$schema": DIALECT,
        "title": f"{FORMAT} {VERSION}",
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def described(kind: Any) -> dict[str, Any]:
    """Return the JSON Schema of one type of the snapshot."""
    if is_dataclass(kind):
        hints = get_type_hints(kind)
        return {
            "type": "object",
            "title": kind.__name__,  # type: ignore[union-attr]
            "description": kind.__doc__,
            "properties": {name: described(hint) for name, hint in hints.items()},
            "required": list(hints),
            "additionalProperties": False,
        }
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        return {"anyOf": [described(choice) for choice in arguments]}
    if origin is tuple:
        return {"type": "array", "items": described(arguments[0])}
    if origin is dict:
        return {"type": "object", "additionalProperties": described(arguments[1])}
    return {"type": {str: "string", int: "integer", bool: "boolean", type(None): "null"}[kind]}
