"""One sentence of a testimony: what may be typed, what it looks like before and after, and what is answered of it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from declarations.linting import Flag
from declarations.models.texts import tidy
from declarations.workflow.excerpts import REDACTED, placed

ENDS_OF_SENTENCES = ".!?…؟\n"

# By the rule of the linter: what was found, and what cures it.
FOUND = {
    "telephone": _("A telephone number, or a number as long as one"),
    "rare": _("With how this person will be described, too few people are like this"),
    "age": _("An age"),
    "date": _("A day, a month or a year"),
    "place": _("A place smaller than a region"),
    "name": _("A name, or what looks like one"),
    "title": _("An office that one person holds"),
    "number": _("A number"),
    "script": _("A writing that is hardly searched: only numbers and a few known names"),
}
CURES = {
    "telephone": _("Leave it out."),
    "rare": _("Leave it out: a neighbour could work out who spoke."),
    "age": _("Leave it out. The description says enough."),
    "date": _("Leave it out, unless everybody lived through it."),
    "place": _("Leave it out. The region is as near as we go."),
    "name": _("Leave it out, unless it names no person and no small place."),
    "title": _("Leave it out, unless there are many of them."),
    "number": _("Leave it out, unless many could say the same."),
    "script": _("Somebody who reads them looks at every word: names, small places, numbers, ages and dates."),
}
# Chosen, never typed: what a reader answers is kept beside the public sentence.
WHY = {
    "many": _("Many people could say this"),
    "known": _("Everybody knows it, and it harms nobody"),
    "nobody": _("It is no name, no place and no number of anybody"),
}


@dataclass(frozen=True)
class Piece:
    """A stretch of the testimony that the sentence keeps or leaves out."""

    text: str
    is_kept: bool


def before_and_after(words: str, testimony_words: str) -> list[Piece]:
    """Return the passage of the testimony that a redacted sentence comes from, cut into what is kept and left out.

    Empty where the words do not stand in the testimony.
    """
    spans, parts = placed(words, testimony_words), [part.strip() for part in words.split(REDACTED)]
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


@dataclass(frozen=True)
class Mark:
    """A stretch of a sentence, and the flag on it; the other stretches carry none."""

    text: str
    flag: Flag | None = None
    number: int = 0


def marked(words: str, flags: Iterable[Flag]) -> list[Mark]:
    """Cut a sentence into what the linter points at and what it does not; each flag is numbered."""
    marks, position = [], 0
    for number, flag in enumerate(flags, 1):
        marks += [Mark(words[position : flag.start]), Mark(flag.words, flag, number)]
        position = flag.end
    return [mark for mark in (*marks, Mark(words[position:])) if mark.text]


def name_of(flag: Flag) -> str:
    """The name of the field in which a flag is answered: it says nothing, and stays when the sentence changes."""
    return "why-" + hashlib.sha256(flag.key.encode()).hexdigest()[:10]


def without(words: str, flag: Flag) -> str:
    """The sentence with [.] in the place of what a flag points at."""
    return words[: flag.start] + REDACTED + words[flag.end :]


class AnswersForm(forms.Form):
    """Why each thing that the linter points at may stay; an empty answer means that it is left out, or was not seen."""

    def __init__(self, flags: Iterable[Flag], *args: Any, said: Mapping[str, str] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.flags = list(flags)
        self.said = said or {}
        for flag in self.flags:
            self.fields[name_of(flag)] = forms.ChoiceField(
                label=_("Why it may stay"),
                choices=[("", _("Choose a reason")), *WHY.items()],
                required=False,
                widget=forms.Select(attrs={"autocomplete": "off"}),
            )

    def rows(self) -> list[dict[str, Any]]:
        """Each flag once, with its field, what it is, its cure, and what the first person said of it."""
        seen: dict[str, dict[str, Any]] = {}
        for number, flag in enumerate(self.flags, 1):
            row = seen.setdefault(
                flag.key,
                {
                    "flag": flag,
                    "field": self[name_of(flag)],
                    "found": FOUND[flag.rule],
                    "cure": CURES[flag.rule],
                    "said": WHY.get(self.said.get(flag.key, ""), ""),
                    "numbers": [],
                },
            )
            row["numbers"].append(number)
        return list(seen.values())

    @property
    def answers(self) -> dict[str, str]:
        """What was chosen, by the key of the flag."""
        found = {flag.key: self.data.get(self.add_prefix(name_of(flag)), "") for flag in self.flags}
        return {key: why for key, why in found.items() if why in WHY}

    def say_unresolved(self, flags: Iterable[Flag]) -> None:
        for flag in flags:
            if not self.has_error(name_of(flag)):
                self.add_error(name_of(flag), _("Leave it out, or say why it may stay."))


class ExcerptForm(forms.Form):
    """`shown` is the sentence as it stood in the preview: only what was looked at is proposed."""

    words = forms.CharField(
        label=_("The sentence, as it was said"),
        help_text=_("Put [.] in the place of anything that would tell who spoke."),
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false", "autocomplete": "off"}),
        error_messages={"required": _("There are no words yet.")},
    )
    shown = forms.CharField(widget=forms.HiddenInput, required=False)
    # Which text it is taken from, as in reading.Text.key.
    source = forms.CharField(widget=forms.HiddenInput, required=False, max_length=30)
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
