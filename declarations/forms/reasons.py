"""Reasons and other sentences that stay in clear: what in them could tell who spoke is pointed at first (M8, M9).

Whoever writes of one testimony, one sheet or one name leaves it out. Whoever writes of a text, where a ministry and the
year of a law have their place, leaves it out or says that it may stay.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from declarations import linting
from declarations.models import Forum
from declarations.models.texts import tidy, validate_plain
from declarations.workflow.telling import Linter

from .texts import LabelFormField, LabelWidget

LONGEST_REASON = 200
SHOWN = 5  # of what was found in a reason: enough to write it anew
# What an office and a count may be in a text about texts, and these are not.
OF_PEOPLE = ("telephone", "age", "date", "place", "name", "script")
# What even an answer that names ministries and days is asked about.
TO_REACH = ("telephone", "age")
STAYS = "__stays"  # behind the name of the field: the box that is ticked


class Finder:
    """What a field looks for, in the places of its forum once that is known."""

    def __init__(self, rules: Iterable[str], forum: Forum | None = None) -> None:
        self.rules, self.forum = frozenset(rules), forum

    def found(self, text: str) -> list[linting.Flag]:
        """Return each thing once, in reading order; the forum's places are read only where something was found."""
        flags = self._of(text, linting.Gazetteer())
        if flags and self.forum:
            flags = self._of(text, Linter(self.forum).gazetteer)
        return list({flag.key: flag for flag in flags}.values())

    def _of(self, text: str, gazetteer: linting.Gazetteer) -> list[linting.Flag]:
        return [flag for flag in linting.flags(text, gazetteer) if flag.rule in self.rules]


def named(flags: Iterable[linting.Flag]) -> str:
    return ", ".join(dict.fromkeys(flag.words for flag in flags))


class ReasonField(forms.CharField):
    """A reason that stays in the history, and so says nothing of who spoke or what was told."""

    def __init__(self, *, rules: Iterable[str] = linting.RULES, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", LONGEST_REASON)
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": 3, "autocomplete": "off", "spellcheck": "false"}))
        super().__init__(**kwargs)
        self.finder = Finder(rules)

    def clean(self, value: Any) -> str:
        text = tidy(super().clean(value))
        validate_plain(text)
        self.look(text)
        return text

    def look(self, text: str) -> None:
        """Raise ValidationError where the reason could tell who spoke: it stays for ever (M9)."""
        flags = self.finder.found(text)
        if any(flag.rule == "script" for flag in flags):
            raise ValidationError(_("Write it in Latin or Arabic letters: others cannot be searched for names."))
        if flags:
            message = _("Write it without names, places and numbers: %(found)s.")
            raise ValidationError(message % {"found": named(flags[:SHOWN])})


# What may stay


def mark_of(flag: linting.Flag) -> str:
    """The part of the tick that speaks of one thing found: the tick holds for it, and for nothing typed since."""
    return hashlib.sha256(flag.key.encode()).hexdigest()[:10]


class Ticked(forms.Widget):
    """Words, and below them, where something was found, a box to tick that it may stay."""

    finder: Finder
    # What was found in the words that were sent; None where the page shows words that stand already.
    found: list[linting.Flag] | None = None
    # The marks of what the tick was for.
    said: frozenset[str] = frozenset()

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        self.said = frozenset(data.get(name + STAYS, "").split("."))
        return super().value_from_datadict(data, files, name)

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> SafeString:
        words = super().render(name, value, attrs, renderer)
        found = self.finder.found(joined(value)) if self.found is None else self.found
        if not found:
            return words
        marks = [mark_of(flag) for flag in found]
        box = {"name": name + STAYS, "marks": ".".join(marks), "is_ticked": self.said.issuperset(marks)}
        return words + render_to_string("forum/stays.html", {"box": box, "found": named(found)})

    def look(self, text: str) -> None:
        """Raise ValidationError where something was found of which the tick says nothing."""
        self.found = self.finder.found(text)
        if left := [flag for flag in self.found if mark_of(flag) not in self.said]:
            message = _("Could anybody be known by this: %(found)s? Leave it out, or say below that it may stay.")
            raise ValidationError(message % {"found": named(left)})


def joined(value: Any) -> str:
    return "\n".join(value.values()) if isinstance(value, dict) else value or ""


class TickedWords(Ticked, forms.Textarea):
    pass


class TickedLabel(Ticked, LabelWidget):
    pass


class SentenceField(ReasonField):
    """A reason, a comment or minutes about texts: what is found is left out, or said to be nobody's."""

    widget: TickedWords

    def __init__(self, *, rows: int = 3, rules: Iterable[str] = OF_PEOPLE, **kwargs: Any) -> None:
        kwargs.setdefault("widget", TickedWords(attrs={"rows": rows, "dir": "auto"}))
        super().__init__(rules=rules, **kwargs)
        self.widget.finder = self.finder

    def look(self, text: str) -> None:
        self.widget.look(text)


class SentencesField(LabelFormField):
    """The same in several languages."""

    def __init__(self, *, rows: int = 3, rules: Iterable[str] = OF_PEOPLE, **kwargs: Any) -> None:
        super().__init__(widget=TickedLabel(rows=rows), **kwargs)
        box: Any = self.widget
        self.finder = box.finder = Finder(rules)

    def clean(self, value: Any) -> dict[str, str]:
        texts = super().clean(value)
        box: Any = self.widget
        box.look(joined(texts))
        return texts


def know_places(form: forms.BaseForm, forum: Forum | None) -> None:
    """Tell what looks for places which are the forum's own: a region is wide enough to be named."""
    for field in form.fields.values():
        if isinstance(field, ReasonField | SentencesField):
            field.finder = Finder(field.finder.rules, forum)
            if isinstance(field.widget, Ticked):
                field.widget.finder = field.finder
