"""The signs that our fonts have: a text with another one can be set in no PDF, and is better refused beforehand."""

from __future__ import annotations

import re
import struct
import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from .checks import Path as Place
from .checks import texts
from .snapshot import Snapshot

FONTS = Path(__file__).resolve().parent / "fonts"
# What is drawn by no font: white space, and signs that only join, part or choose the form of others.
NEVER_DRAWN = re.compile(r"[\s\u00ad\u034f\u061c\u180b-\u180f\u200b-\u200f\u2060-\u2064\ufe00-\ufe0f\ufeff]")


def unset(snapshot: Snapshot) -> Iterator[tuple[Place, str]]:
    """Yield each text of the edition that holds signs no font has, with these signs, in their order."""
    for path, text in texts(snapshot, languages=snapshot.languages):
        if signs := without_font(text):
            yield path, signs


@cache
def drawn() -> frozenset[int]:
    """Return the code points for which one of the fonts has a sign; PDF/A-2a takes none of the private area."""
    codes = {code for font in FONTS.glob("*.ttf") for code in mapped(font.read_bytes())}
    return frozenset(code for code in codes if unicodedata.category(chr(code)) != "Co")


def without_font(text: str) -> str:
    """Return the signs of a text, each once, that no font has, nor has in the parts that it is made of.

    In NFC, as files are made: an angle bracket may become one of another script.
    """
    signs = dict.fromkeys(NEVER_DRAWN.sub("", unicodedata.normalize("NFC", text)))
    return "".join(
        sign
        for sign in signs
        if ord(sign) not in drawn() and not {*map(ord, unicodedata.normalize("NFD", sign))} <= drawn()
    )


# The table `cmap` of a font, formats 4 and 12 (ISO/IEC 14496-22, 5.2.1)


def mapped(font: bytes) -> Iterator[int]:
    """Yield every code point that a font maps to a sign of its own."""
    (tables,) = struct.unpack_from(">H", font, 4)
    where = {font[at : at + 4]: struct.unpack_from(">I", font, at + 8)[0] for at in range(12, 12 + 16 * tables, 16)}
    cmap = where[b"cmap"]
    (several,) = struct.unpack_from(">H", font, cmap + 2)
    for at in range(cmap + 4, cmap + 4 + 8 * several, 8):
        table = cmap + struct.unpack_from(">I", font, at + 4)[0]
        (kind,) = struct.unpack_from(">H", font, table)
        if kind == 4:
            yield from in_segments(font, table)
        elif kind == 12:
            yield from in_groups(font, table)


def in_segments(font: bytes, table: int) -> Iterator[int]:
    (twice,) = struct.unpack_from(">H", font, table + 6)
    n = twice // 2
    lasts = struct.unpack_from(f">{n}H", font, table + 14)
    firsts = struct.unpack_from(f">{n}H", font, table + 16 + twice)
    deltas = struct.unpack_from(f">{n}H", font, table + 16 + 2 * twice)
    offsets = struct.unpack_from(f">{n}H", font, table + 16 + 3 * twice)
    for i, (first, last, delta, offset) in enumerate(zip(firsts, lasts, deltas, offsets, strict=True)):
        for code in range(first, min(last, 0xFFFE) + 1):
            glyph = code + delta
            if offset:
                # An offset counts from where it stands itself.
                (glyph,) = struct.unpack_from(">H", font, table + 16 + 3 * twice + 2 * i + offset + 2 * (code - first))
                glyph = glyph and glyph + delta
            if glyph & 0xFFFF:
                yield code


def in_groups(font: bytes, table: int) -> Iterator[int]:
    (n,) = struct.unpack_from(">I", font, table + 12)
    for i in range(n):
        first, last, glyph = struct.unpack_from(">3I", font, table + 16 + 12 * i)
        yield from range(first + (not glyph), last + 1)
