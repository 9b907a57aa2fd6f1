"""What readers write from many testimonies: the text in each written language, and what it is about."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from declarations.models import Excerpt, Factor, Finding, Forum, ForumLanguage, Group, Testimony, Theme
from declarations.models.texts import in_language
from declarations.templatetags.language_tags import dir_of

from .reasons import SentenceField, TickedWords, know_places


def name_of(forum: Forum, language: str) -> Any:
    row: ForumLanguage = next(row for row in forum.languages.all() if row.code == language)
    name = in_language(row.label, get_language() or "fr")
    return _("%(language)s (authentic)") % {"language": name} if row.is_authentic else name


def in_its_direction(language: str) -> dict[str, Any]:
    return {"rows": 4, "lang": language, "dir": dir_of(language), "autocomplete": "off"}


def text_in(forum: Forum, language: str) -> forms.CharField:
    """The field of one written language, in its own direction."""
    box = forms.Textarea(attrs=in_its_direction(language))
    return forms.CharField(label=name_of(forum, language), required=False, widget=box)


def heard_in(forum: Forum, language: str) -> SentenceField:
    """The same, of what was heard: no sentence in it may tell of whom."""
    box = TickedWords(attrs=in_its_direction(language))
    return SentenceField(label=name_of(forum, language), required=False, max_length=None, widget=box)


class WordsForm(forms.Form):
    """The text of a finding, one field a written language: `text_fr`, `text_ar`."""

    # The words as they stood when the page was opened: two people at once are told.
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, forum: Forum, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.forum = forum
        for language in forum.written_languages():
            self.fields[f"text_{language}"] = heard_in(forum, language)
        know_places(self, forum)

    @property
    def text_fields(self) -> list[forms.BoundField]:
        return [self[f"text_{language}"] for language in self.forum.written_languages()]

    @property
    def texts(self) -> dict[str, str]:
        """What was typed, by language."""
        return {language: self.cleaned_data[f"text_{language}"] for language in self.forum.written_languages()}

    @property
    def first_text(self) -> str:
        """The field beside which it is said that no language has a text yet."""
        return f"text_{self.forum.written_languages()[0]}"


class FindingForm(WordsForm):
    """Everything of a new finding; the testimonies and sentences are ticked beside their words."""

    testimonies = forms.ModelMultipleChoiceField(
        Testimony.objects.none(),
        label=_("The testimonies it rests on"),
        error_messages={
            "required": _("Choose the testimonies that it rests on."),
            "invalid_choice": _("One of these testimonies may not be added to a summary, or was withdrawn."),
            "invalid_pk_value": _("One of these testimonies may not be added to a summary, or was withdrawn."),
        },
    )
    excerpts = forms.ModelMultipleChoiceField(
        Excerpt.objects.none(), label=_("Sentences to stand beside it"), required=False
    )
    themes = forms.ModelMultipleChoiceField(
        Theme.objects.none(), label=_("Themes"), required=False, widget=forms.CheckboxSelectMultiple
    )
    factors = forms.ModelMultipleChoiceField(
        Factor.objects.none(), label=_("What drives it"), required=False, widget=forms.CheckboxSelectMultiple
    )
    group = forms.ModelChoiceField(
        Group.objects.none(), label=_("Working group"), required=False, empty_label=_("No group in particular")
    )

    def __init__(self, forum: Forum, *args: Any, **kwargs: Any) -> None:
        super().__init__(forum, *args, **kwargs)
        of_forum = {
            "testimonies": Testimony.objects.filter(forum=forum).summable(),
            "excerpts": Excerpt.objects.filter(testimony__forum=forum, state__in=Excerpt.MOVES).exclude(
                state=Excerpt.State.WITHDRAWN
            ),
            "themes": forum.themes.all(),
            "factors": forum.factors.all(),
            "group": forum.groups.all(),
        }
        for name, rows in of_forum.items():
            self.fields[name].queryset = rows  # type: ignore[attr-defined]


def texts_of(finding: Finding) -> dict[str, str]:
    """The words of a finding as the form holds them."""
    return {f"text_{row.language}": row.text for row in finding.wordings.all()}
