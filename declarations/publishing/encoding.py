"""Plain data to bytes and back: canonical JSON, the same on every machine, for ever."""

from __future__ import annotations

import hashlib
import json
import types
import unicodedata
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints


class Misshapen(ValueError):
    """The data has not the shape that was asked for."""


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def canonical(value: object) -> bytes:
    """Return plain data as canonical JSON."""
    text = json.dumps(in_nfc(value), sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.encode("utf-8")


def in_nfc(value: object) -> object:
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, dict):
        return {in_nfc(key): in_nfc(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [in_nfc(item) for item in value]
    return value


def plain(value: Any) -> Any:
    """Return a dataclass of this module as dictionaries, lists, texts and whole numbers."""
    if is_dataclass(value):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value


@cache
def hints_of(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind)


def build(kind: Any, value: Any) -> Any:
    """Return `value`, as JSON gave it, in the shape of the type `kind`; the opposite of `plain`."""
    if is_dataclass(kind):
        hints = hints_of(kind)  # type: ignore[arg-type]
        if not isinstance(value, dict) or set(value) != set(hints):
            raise Misshapen(f"The fields of {kind.__name__} are not what they should be.")  # type: ignore[union-attr]
        return kind(**{name: build(hints[name], value[name]) for name in hints})  # type: ignore[operator]
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        if value is None and type(None) in arguments:
            return None
        choices = [choice for choice in arguments if choice is not type(None)]
        if len(choices) == 1:
            return build(choices[0], value)
        return build(next((choice for choice in choices if type(value) is choice), choices[0]), value)
    if origin is tuple:
        if not isinstance(value, list):
            raise Misshapen("A list is missing.")
        return tuple(build(arguments[0], item) for item in value)
    if origin is dict:
        return {build(str, key): build(str, item) for key, item in dict(value).items()}
    if type(value) is not kind:
        raise Misshapen(f"{value!r} is not a {kind.__name__}.")
    return value
