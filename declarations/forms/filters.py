"""What narrows a public list: plain choices in the address; one that is not known narrows nothing."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any, NamedTuple

from django.db.models import TextChoices
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from declarations.models import (
    Addressee,
    Commitment,
    Factor,
    Forum,
    Recommendation,
    Region,
    Response,
    Theme,
)
from declarations.models.texts import Labelled
from declarations.shelf import kept
from declarations.templatetags.language_tags import best_language, dir_of

Choices = list[tuple[str, Any]]
OPENING = '<option value="{}"'


class Said(str):
    """A label with the language it is in."""

    language: str


def labels(rows: type[Labelled], forum: Forum) -> Choices:
    """Return the rows of a forum's setup as choices, in the page's language where they have it."""
    return [(row.code, said(row.label)) for row in rows.objects.public().filter(forum=forum)]  # type: ignore[attr-defined]


def said(label: dict[str, str]) -> Said:
    found = best_language(label, get_language() or "fr") or ""
    words = Said(label.get(found, ""))
    words.language = found
    return words


def in_own(label: Any) -> str:
    """Return the attributes that say a label's language where it is not the page's."""
    language = getattr(label, "language", "")
    if not language or language.split("-")[0] == (get_language() or "fr").split("-")[0]:
        return ""
    return format_html(' lang="{}" dir="{}"', language, dir_of(language))


def capitalised(choices: type[TextChoices]) -> Choices:
    return [(value, str(label).capitalize()) for value, label in choices.choices]


class Question(NamedTuple):
    """What may be asked of a list: its word in the address, what it may be answered with, and how it is shown."""

    name: str
    label: str
    labels: Mapping[str, SafeString]  # what it may be answered with, by code
    shown: SafeString  # nothing chosen yet

    def answered(self, code: str) -> SafeString:
        """Return it as it is shown once a code that it knows was chosen."""
        opening = format_html(OPENING, code)
        return SafeString(self.shown.replace(opening, f"{opening} selected", 1))


class Narrowing:
    """A select for each question; `chosen` is what was answered and is known."""

    def __init__(self, data: Mapping[str, str], forum: Forum) -> None:
        self.questions = kept((type(self), forum.pk, get_language()), lambda: self.made(forum))
        self.chosen = {each.name: data[each.name] for each in self.questions if data.get(each.name) in each.labels}

    def __str__(self) -> SafeString:
        return SafeString("".join(each.answered(self.chosen.get(each.name, "")) for each in self.questions))

    @property
    def told(self) -> list[SafeString]:
        """What was chosen, in words, each with its question."""
        asked = [each for each in self.questions if each.name in self.chosen]
        return [format_html(_("{}: {}"), each.label, each.labels[self.chosen[each.name]]) for each in asked]

    @classmethod
    def made(cls, forum: Forum) -> list[Question]:
        """Write the questions, once for all readers."""
        return [
            Question(name, label, {code: in_words(label) for code, label in choices}, written(name, label, choices))
            for name, (label, choices) in cls.asked(forum).items()
        ]

    @staticmethod
    @abstractmethod
    def asked(forum: Forum) -> dict[str, tuple[str, Choices]]:
        """Return the label of each question and what may be chosen, by its name."""


def in_words(label: Any) -> SafeString:
    return format_html("<span{}>{}</span>", in_own(label), label)


def written(name: str, label: str, choices: Choices) -> SafeString:
    rows = [("", "", _("All")), *((code, in_own(label), label) for code, label in choices)]
    return format_html(
        '<div><label for="id_{0}">{1}</label><select name="{0}" id="id_{0}">{2}</select></div>',
        name,
        label,
        format_html_join("", OPENING + "{}>{}</option>", rows),
    )


class RecommendationFilter(Narrowing):
    @staticmethod
    def asked(forum: Forum) -> dict[str, tuple[str, Choices]]:
        decided = (Recommendation.State.ADOPTED, Recommendation.State.SET_ASIDE)
        return {
            "theme": (_("Theme"), labels(Theme, forum)),
            "addressee": (_("Addressed to"), labels(Addressee, forum)),
            "region": (_("Region"), labels(Region, forum)),
            "level": (_("Level"), capitalised(Recommendation.Level)),
            "horizon": (_("By when"), capitalised(Recommendation.Horizon)),
            "state": (_("Decision"), [(state.value, str(state.label).capitalize()) for state in decided]),
        }


class FindingFilter(Narrowing):
    @staticmethod
    def asked(forum: Forum) -> dict[str, tuple[str, Choices]]:
        return {"theme": (_("Theme"), labels(Theme, forum)), "factor": (_("Driving factor"), labels(Factor, forum))}


class FollowupFilter(Narrowing):
    @staticmethod
    def asked(forum: Forum) -> dict[str, tuple[str, Choices]]:
        return {
            "addressee": (_("Addressee"), labels(Addressee, forum)),
            "position": (_("Answer"), capitalised(Response.Position)),
            "state": (_("What came of the promise"), capitalised(Commitment.State)),
        }
