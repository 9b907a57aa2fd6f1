"""What is asked before the sheets of a working group are printed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from declarations.models import Group
from declarations.models.texts import in_language
from declarations.publishing.kit import Kit

from .asked import Asked
from .sheets import MOST as MOST_FORMS
from .sheets import languages_on_paper

MOST = 40  # recommendations of one group, a sheet each
PEOPLE = 200
AT_FIRST = 10
NEWCOMERS = 5  # lines for whoever comes without having been expected


class PrintKit(Asked):
    language = forms.ChoiceField(label=_("In which language"))
    people = forms.IntegerField(
        label=_("For how many people"),
        min_value=1,
        max_value=PEOPLE,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    recommendations = forms.IntegerField(
        label=_("How many recommendation sheets"),
        min_value=1,
        max_value=MOST,
        initial=AT_FIRST,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    papers = forms.IntegerField(
        label=_("How many paper forms for testimonies"),
        help_text=_("Four pages each, and a card for each. None is a good answer: they can be printed apart."),
        min_value=0,
        max_value=MOST_FORMS,
        initial=0,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language: Any = self.fields["language"]
        language.choices = languages_on_paper(self.forum)
        self.fields["people"].initial = people_of(self.row)


def people_of(group: Group) -> int:
    """Return for how many a sheet of presence has lines at first."""
    return min(PEOPLE, group.memberships.count() + NEWCOMERS)


def kit_of(group: Group, language: str, *, people: int | None = None, recommendations: int = AT_FIRST) -> Kit:
    """Return what stands on the sheets of a group, with the forum's own themes and addressees in that language."""
    forum = group.forum
    with override(language):
        mark = str(forum.get_mode_display()) if forum.is_marked else ""
    return Kit(
        group=group.number,
        title=group.title_in(language),
        language=language,
        people=people or people_of(group),
        recommendations=recommendations,
        themes=tuple(in_language(row.label, language) for row in forum.themes.all()),
        addressees=tuple(in_language(row.label, language) for row in forum.addressees.all()),
        mark=mark,
    )
