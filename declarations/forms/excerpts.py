"""One sentence of a testimony: what may be typed, and what it looks like before and after words are left out."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django import forms
from django.utils.translation import gettext_lazy as _

from declarations.models.texts import tidy
from declarations.workflow.excerpts import REDACTED

WORD = re.compile(r"[^\W_]+(?:[.:/-][^\W_]+)*")
ENDS_OF_SENTENCES = ".!?…؟\n"


@dataclass(frozen=True)
class Piece:
    """A stretch of the testimony that the sentence keeps or leaves out."""

    text: str
    is_kept: bool


def before_and_after(words: str, testimony_words: str) -> list[Piece]:
    """Return the passage of the testimony that a redacted sentence comes from, cut into what is kept and left out.

    Empty where the words do not stand in the testimony.
    """
    parts = [part.strip() for part in words.split(REDACTED)]
    spans, position = [], 0
    for part in filter(None, parts):
        found = testimony_words.find(part, position)
        if found < 0:
            return []
        position = found + len(part)
        spans.append((found, position))
    if not spans:
        return []
    start = spans[0][0] if parts[0] else _sentence_start(testimony_words, spans[0][0])
    end = spans[-1][1] if parts[-1] else _sentence_end(testimony_words, spans[-1][1])
    pieces, position = [], start
    for found, after in spans:
        pieces += [Piece(testimony_words[position:found], False), Piece(testimony_words[found:after], True)]
        position = after
    pieces.append(Piece(testimony_words[position:end], False))
    return [Piece(piece.text, piece.is_kept or not piece.text.strip()) for piece in pieces if piece.text]


def _sentence_start(text: str, position: int) -> int:
    return max(text.rfind(end, 0, position) for end in ENDS_OF_SENTENCES) + 1


def _sentence_end(text: str, position: int) -> int:
    ends = [found for end in ENDS_OF_SENTENCES if (found := text.find(end, position)) >= 0]
    return min(ends) + 1 if ends else len(text)


def telling(words: str) -> list[str]:
    """Return what in a sentence may tell who spoke, each once: what has a digit, and capitals inside it."""
    found = [match[0] for match in WORD.finditer(words) if _may_tell(match[0], words[: match.start()])]
    return list(dict.fromkeys(found))


def _may_tell(word: str, before: str) -> bool:
    if any(character.isdigit() for character in word):
        return True
    before = before.rstrip(' «»“"(—-\u00a0')
    return word[0].isupper() and bool(before) and before[-1] not in ENDS_OF_SENTENCES


class ExcerptForm(forms.Form):
    """`shown` is the sentence as it stood in the preview: only what was looked at is proposed."""

    words = forms.CharField(
        label=_("The sentence, as it was said"),
        help_text=_("Put [.] in the place of anything that would tell who spoke."),
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false", "autocomplete": "off"}),
        error_messages={"required": _("There are no words yet.")},
    )
    shown = forms.CharField(widget=forms.HiddenInput, required=False)
    looked = forms.BooleanField(
        label=_("No name, no place, no number, no age, no date is left, and nothing only one person could say."),
        required=False,
    )

    def clean_words(self) -> str:
        return tidy(self.cleaned_data["words"])

    def is_ready(self) -> bool:
        """Whether this very sentence was shown and looked at; if not, why is said beside the field."""
        if tidy(self.cleaned_data["shown"]) != self.cleaned_data["words"]:
            self.add_error("words", _("The sentence changed. Look at it once more before you propose it."))
        elif not self.cleaned_data["looked"]:
            self.add_error("looked", _("Look once more, then say so here."))
        return not self.errors


# Chosen, never typed: a reason stays in the history, and no content of a testimony may (M9).
REASONS_TO_WITHDRAW = {
    "recognised": _("Somebody could be recognised"),
    "harm": _("It could hurt somebody"),
    "unclear": _("It is not clear without the rest"),
    "twice": _("Another sentence says the same"),
}


class WithdrawForm(forms.Form):
    reason = forms.ChoiceField(
        label=_("Why is it taken away?"),
        choices=list(REASONS_TO_WITHDRAW.items()),
        widget=forms.RadioSelect,
        error_messages={"required": _("Say why it is taken away.")},
    )

    @property
    def words(self) -> str:
        """The reason in words, as the history keeps it."""
        return str(REASONS_TO_WITHDRAW[self.cleaned_data["reason"]])
