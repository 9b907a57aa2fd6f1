"""What a working group prints before it meets: who is there, its recommendations sheet by sheet, and hands counted.

Pure: what stands on the sheets comes in, a PDF goes out. No sheet says which forum it is of, and none asks for a name:
a list that is lost must not say who came where (M3).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .as_pdf import typeset
from .kit_words import WORDS
from .labels import direction
from .sheets import TITLE, Card, form_data

LINES_OF_PRESENCE = 18  # people on one page


@dataclass(frozen=True)
class Kit:
    """One group's sheets in one language; the labels of themes and addressees are in that language already."""

    group: int
    title: str
    language: str
    people: int
    recommendations: int
    themes: tuple[str, ...] = ()
    addressees: tuple[str, ...] = ()
    mark: str = ""


def render(
    kit: Kit, *, batch: int = 0, forms: Sequence[Card] = (), form_words: Mapping[str, Any] | None = None
) -> bytes:
    """Return the kit as PDF, with numbered paper forms and their cards behind it where there are any.

    Raises TypesettingFailed. `form_words` is what `sheets.forms` asks for.
    """
    sheet: dict[str, Any] = {
        **form_data(batch, forms, form_words or {"language": kit.language}, mark=kit.mark),
        "title": TITLE,
        "kit": {
            "words": WORDS[kit.language if kit.language in WORDS else "fr"],
            "group": kit.group,
            "title": kit.title,
            "direction": direction(kit.language),
            "pages_of_presence": max(1, -(-kit.people // LINES_OF_PRESENCE)),
            "lines_of_presence": LINES_OF_PRESENCE,
            "numbers": [f"{kit.group}-{number:02}" for number in range(1, kit.recommendations + 1)],
            "themes": list(kit.themes),
            "addressees": list(kit.addressees),
        },
    }
    return typeset({"template": "kit.typ", "sheet": sheet, "timestamp": 0})
