"""The signs that our fonts have: a text with another one can be set in no PDF, and is better refused beforehand."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from fontTools.ttLib import TTFont

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
    codes = {code for font in FONTS.glob("*.ttf") for code in TTFont(font, lazy=True).getBestCmap()}
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
