"""What is asked where the text is composed: words, headings, addressees, sources, and the adoption."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from declarations.models import Addressee, Adoption, Clause, Delegation, Recommendation, Section, Source, Theme
from declarations.models.texts import tidy
from declarations.workflow.declarations import words_digest

from .asked import Asked, Choice, Choices, Day
from .decisions import NumberedChoice
from .findings import text_in
from .reasons import SentenceField
from .texts import LabelFormField

# "Awa Traoré — présidente": a dash between spaces parts the name from the capacity.
DASH = re.compile(r"\s+[—–-]\s+")


def lines(label: Any, rows: int = 4, **kwargs: Any) -> forms.CharField:
    return forms.CharField(label=label, widget=forms.Textarea(attrs={"rows": rows}), **kwargs)


class InLanguages(Asked):
    """One field `text_<language>` a language; what may stand in it is checked by the verb, after tidying."""

    def add_texts(self, languages: list[str], texts: dict[str, str]) -> None:
        for code in languages:
            self.fields[f"text_{code}"] = text_in(self.forum, code)
            self.initial.setdefault(f"text_{code}", texts.get(code, ""))

    @property
    def texts(self) -> dict[str, str]:
        """What was typed, by language."""
        names = [name for name in self.fields if name.startswith("text_")]
        return {name.removeprefix("text_"): self.cleaned_data.get(name, "") for name in names}

    def merged(self) -> dict[str, Any]:
        """The cleaned data with the texts as one value."""
        others = {name: value for name, value in self.cleaned_data.items() if not name.startswith("text_")}
        return {**others, "texts": self.texts}


class Title(Asked):
    title = LabelFormField(label=_("Title"), rows=2)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.row is not None:
            self.fields["title"].initial = self.row.title


class Freeze(Asked):
    why = SentenceField(label=_("Why now, if there is a reason to give"), max_length=300, rows=2, required=False)


class Heading(Asked):
    heading = LabelFormField(label=_("Heading"), required=False, rows=2)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if isinstance(self.row, Section):
            self.fields["heading"].initial = self.row.heading


class NewSection(Heading):
    OF_FORUM = {"theme": Theme}

    kind = forms.ChoiceField(label=_("What it is"), choices=Section.Kind.choices)
    theme = Choice(label=_("Theme"), required=False)

    field_order = ["kind", "heading", "theme"]


class SectionChoice(Choice):
    def label_from_instance(self, section: Any) -> str:
        kind = section.get_kind_display()
        return f"{kind} · {section}" if section.heading else str(kind)


class NewClause(InLanguages):
    """A clause to begin from a section, or from an adopted recommendation, whose words are put in."""

    OF_FORUM = {"addressees": Addressee}

    section = SectionChoice(label=_("Section"))
    addressees = Choices(label=_("To whom it is addressed"), required=False)
    horizon = forms.ChoiceField(
        label=_("By when"), required=False, choices=[("", "–"), *Recommendation.Horizon.choices]
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sections = Section.objects.filter(declaration__forum=self.forum)
        self.fields["section"].queryset = sections  # type: ignore[attr-defined]
        if isinstance(self.row, Recommendation):
            self.take_from(self.row, list(sections))
        else:
            self.fields["section"].initial = self.row
            self.add_texts(self.forum.written_languages(), {})
        self.order_fields(["section", *(name for name in self.fields if name.startswith("text_")), "addressees"])

    def take_from(self, recommendation: Recommendation, sections: list[Section]) -> None:
        themes = {theme.pk for theme in recommendation.themes.all()}
        operative = [section for section in sections if section.kind in Section.NUMBERED]
        fitting = [section for section in operative if section.theme_id in themes]
        self.fields["section"].initial = next(iter([*fitting, *operative]), None)
        self.fields["addressees"].initial = recommendation.addressees.all()
        self.fields["horizon"].initial = recommendation.horizon
        words = {row.language: row.text for row in recommendation.wordings.all()}
        if not words:
            words = {recommendation.handed_in_language: recommendation.handed_in_words}
        self.add_texts(self.forum.written_languages(), words)

    def clean(self) -> dict[str, Any]:
        super().clean()
        return self.merged()


class Words(InLanguages):
    """The words of a clause; `revision` is the one that was on the page."""

    revision = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.standing = {row.language: row.text for row in self.row.wordings.all()}
        self.fields["revision"].initial = self.row.revision
        self.add_texts(self.forum.written_languages(), self.standing)

    @property
    def changed_texts(self) -> dict[str, str]:
        """What differs from how it stands, authentic languages first: other words there undo an approval."""
        authentic = self.forum.authentic_languages()
        changed = [code for code, text in self.texts.items() if tidy(text) != self.standing.get(code, "")]
        return {code: self.texts[code] for code in sorted(changed, key=lambda code: code not in authentic)}


class InPlenary(InLanguages):
    why = SentenceField(label=_("What the plenary decided, in one line"), max_length=300, rows=2)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.standing = {row.language: row.text for row in self.row.wordings.all()}
        self.add_texts(self.forum.authentic_languages(), self.standing)
        self.order_fields([*(name for name in self.fields if name.startswith("text_")), "why"])

    def clean(self) -> dict[str, Any]:
        super().clean()
        texts = {code: text for code, text in self.texts.items() if tidy(text) != self.standing.get(code, "")}
        return {"texts": texts, "why": self.cleaned_data.get("why", "")}


class Addressees(Asked):
    OF_FORUM = {"addressees": Addressee}

    addressees = Choices(label=_("To whom it is addressed"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["addressees"].initial = self.row.addressees.all()


class NewSource(Asked):
    recommendation = NumberedChoice(label=_("Recommendation"))
    kind = forms.ChoiceField(label=_("How they stand to each other"), choices=Source.Kind.choices)
    reason = SentenceField(label=_("Reason, if there is one to give"), max_length=400, rows=2, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Recommendation.objects.filter(forum=self.forum).exclude(state=Recommendation.State.DRAFT)
        self.fields["recommendation"].queryset = rows  # type: ignore[attr-defined]


class Place(Asked):
    section = SectionChoice(label=_("Section"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        clause: Clause = self.row
        others = Section.objects.filter(declaration=clause.section.declaration_id).exclude(pk=clause.section_id)
        self.fields["section"].queryset = others  # type: ignore[attr-defined]


class AdoptionOfWords(Asked):
    """The adoption of the words whose digest was on the page."""

    OF_FORUM = {"delegations": Delegation}

    digest = forms.CharField(widget=forms.HiddenInput)
    method = forms.ChoiceField(label=_("How it was adopted"), choices=Adoption.Method.choices)
    votes_for = forms.IntegerField(
        label=_("Votes for"), required=False, min_value=0, help_text=_("Only where it was put to a vote.")
    )
    votes_against = forms.IntegerField(label=_("Votes against"), required=False, min_value=0)
    abstentions = forms.IntegerField(label=_("Abstentions"), required=False, min_value=0)
    adopted_on = Day(label=_("Day"))
    place = LabelFormField(label=_("Where"))
    presided_by = forms.CharField(label=_("Who presided"), max_length=200)
    signatures = lines(
        _("Who signed"),
        required=False,
        help_text=_(
            "One line each: the name, a dash, in what capacity. Only people who agree to stand there in public."
        ),
    )
    delegations = Choices(label=_("Delegations present"), required=False)
    reservations = lines(_("Reservations, as they are to be read"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["digest"].initial = words_digest(self.row)
        self.fields["adopted_on"].initial = self.forum.today()
        self.fields["place"].initial = self.forum.place

    def clean_signatures(self) -> list[tuple[str, dict[str, str]]]:
        language = next(iter(self.forum.authentic_languages()), "fr")
        found = []
        for line in tidy(self.cleaned_data["signatures"]).splitlines():
            if line.strip():
                name, *capacity = DASH.split(line.strip(), maxsplit=1)
                found.append((name, {language: capacity[0]} if capacity else {}))
        return found

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        figures = [given.pop(name, None) for name in ("votes_for", "votes_against", "abstentions")]
        given["votes"] = tuple(figure or 0 for figure in figures) if figures[0] is not None else None
        if given["votes"] is None and any(figure is not None for figure in figures):
            self.add_error("votes_for", _("Say also how many were for it."))
        return given
