"""HTML built from Python calls: whatever is not made here is escaped."""

from __future__ import annotations

from html import escape

# Elements that have no end tag.
EMPTY = ("meta", "br", "hr", "col")


class Html(str):
    """Text that is HTML already."""


def render(*children: str | None) -> str:
    """Return children as HTML: texts escaped, elements as they are, None left out."""
    return "".join(child if isinstance(child, Html) else escape(child) for child in children if child is not None)


def group(*children: str | None) -> Html:
    """Several elements in a row, with nothing around them."""
    return Html(render(*children))


def tag(name: str, /, *children: str | None, **attributes: str | bool | None) -> Html:
    """Return one element; `class_` is `class`, `True` an attribute without a value, None and False none at all."""
    given = "".join(
        f" {key.rstrip('_').replace('_', '-')}" + ("" if value is True else f'="{escape(value)}"')
        for key, value in attributes.items()
        if value is not None and value is not False
    )
    if name in EMPTY:
        return Html(f"<{name}{given}>")
    return Html(f"<{name}{given}>{render(*children)}</{name}>")
