"""Reads the structure of a PDF: the tags that a screen reader goes by, in their order."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import NamedTuple

import pikepdf


class Tag(NamedTuple):
    """One element of structure: what it is, and its language where it names one."""

    name: str
    language: str


def tags(data: bytes) -> list[Tag]:
    """Return the elements of structure in reading order."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        return list(walk(pdf.Root.StructTreeRoot.K))


def walk(node: pikepdf.Object) -> Iterator[Tag]:
    if isinstance(node, pikepdf.Array):
        for each in node:
            yield from walk(each)
    elif isinstance(node, pikepdf.Dictionary) and "/S" in node:
        yield Tag(str(node.S).lstrip("/"), str(node.get("/Lang", "")))
        if "/K" in node:
            yield from walk(node.K)


def outline(data: bytes) -> list[str]:
    """Return the titles of the outline, the nested ones after their own."""
    with pikepdf.open(io.BytesIO(data)) as pdf, pdf.open_outline() as found:
        return [title for each in found.root for title in titles(each)]


def titles(item: pikepdf.OutlineItem) -> Iterator[str]:
    yield item.title
    for each in item.children:
        yield from titles(each)


def languages(data: bytes) -> set[str]:
    """Return every language that an element of structure or a stretch of the text names."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        content = b"".join(page.Contents.read_bytes() for page in pdf.pages)
        pages = {found.decode() for found in re.findall(rb"/Lang ?\(([^)]*)\)", content)}
        return pages | {tag.language for tag in walk(pdf.Root.StructTreeRoot.K)} - {""}
