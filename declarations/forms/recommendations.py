"""What a rapporteur types: the words, a pasted list, and later everything that belongs to them."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from declarations.models import Addressee, Finding, Group, Recommendation, Region, Seat, Session, Theme

from .asked import Choices, languages_of, rows_of
from .reasons import SentenceField, know_places

NOTHING = {"required": _("There are no words here yet.")}


def words_field(label: Any, rows: int = 5, **kwargs: Any) -> forms.CharField:
    """A text of several lines, whose direction follows what is typed."""
    kwargs.setdefault("error_messages", NOTHING)
    return forms.CharField(label=label, widget=forms.Textarea(attrs={"rows": rows, "dir": "auto"}), **kwargs)


def sentence_field(label: Any, **kwargs: Any) -> SentenceField:
    """A sentence about a text, which names nobody; how long it may be is checked by the verb."""
    kwargs.setdefault("error_messages", NOTHING)
    return SentenceField(label=label, max_length=None, **kwargs)


class FromGroup(forms.Form):
    """What comes from a group, in one language; a rapporteur is not asked which group."""

    group = forms.ModelChoiceField(Group.objects.none(), label=_("Working group"), empty_label=None)
    language = forms.ChoiceField(label=_("Language"))
    # One page hands in once, however often its button is pressed on a bad network.
    once = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, seat: Seat, language: str, **kwargs: Any) -> None:
        initial = {"group": seat.group_id, "language": language, "once": uuid.uuid4().hex}
        kwargs["initial"] = initial
        super().__init__(*args, **kwargs)
        self.fields["group"].queryset = Group.objects.for_seat(seat)  # type: ignore[attr-defined]
        if seat.group_id:
            self.fields["group"].widget = forms.HiddenInput()
        self.fields["language"].choices = languages_of(seat.forum, is_written=True)  # type: ignore[attr-defined]
        self.order_fields([*self.LAST, "group", "language", "once"])

    LAST: tuple[str, ...] = ()


class HandInForm(FromGroup):
    words = words_field(_("What does the group ask for?"))
    LAST = ("words",)


class PasteForm(FromGroup):
    text = words_field(
        _("The list"),
        rows=8,
        strip=False,
        help_text=_("One recommendation a line, with or without numbers. Each becomes a draft that you check."),
    )
    LAST = ("text",)


class DraftForm(forms.Form):
    """The words of a draft, and the revision they were read at."""

    words = words_field(_("The words of the group"), rows=6)
    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["auto_id"] = "draft_%s"
        super().__init__(*args, **kwargs)


class CompleteForm(forms.Form):
    """To whom, where, by when and why: everything that may follow."""

    themes = Choices(label=_("Themes"), required=False)
    addressees = Choices(label=_("To whom it is addressed"), required=False)
    level = forms.ChoiceField(label=_("Level"), required=False)
    horizon = forms.ChoiceField(label=_("By when"), required=False)
    regions = Choices(label=_("Regions"), required=False, help_text=_("None ticked means the whole country."))
    reason = sentence_field(_("Why"), rows=4, required=False)
    minority_view = sentence_field(_("What some in the group saw otherwise"), required=False, help_text=_("No names."))
    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, seat: Seat, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, model in {"themes": Theme, "addressees": Addressee, "regions": Region}.items():
            self.fields[name].queryset = rows_of(model, seat.forum)  # type: ignore[attr-defined]
        for name, choices in {"level": Recommendation.Level, "horizon": Recommendation.Horizon}.items():
            self.fields[name].choices = [("", _("Not said yet")), *choices.choices]  # type: ignore[attr-defined]
        know_places(self, seat.forum)


def complete_of(row: Recommendation) -> dict[str, Any]:
    """What the form shows of a recommendation."""
    many = {name: [each.pk for each in getattr(row, name).all()] for name in ("themes", "addressees", "regions")}
    one = {name: getattr(row, name) for name in ("level", "horizon", "reason", "minority_view", "revision")}
    return {**many, **one}


class WordingForm(forms.Form):
    """The final wording in one language; `seen` is the digest of the words that the page showed."""

    text = words_field(_("Final wording"), rows=5)
    reason = sentence_field(_("Why it changes"), rows=2, required=False)
    language = forms.CharField(widget=forms.HiddenInput)
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, asks_why: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if asks_why:
            self.fields["reason"].required = True
        else:
            del self.fields["reason"]


class GroundForm(forms.Form):
    """One thing that the recommendation rests on."""

    finding = forms.ModelChoiceField(
        Finding.objects.none(), label=_("A finding"), required=False, empty_label=_("None")
    )
    session = forms.ModelChoiceField(
        Session.objects.none(), label=_("A session of the group"), required=False, empty_label=_("None")
    )
    document = forms.CharField(label=_("A document: its title and where it is kept"), required=False)

    def __init__(self, recommendation: Recommendation, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        agreed = Finding.objects.filter(forum=recommendation.forum_id, state__in=["agreed", "published"])
        findings: Any = self.fields["finding"]
        findings.queryset = agreed.prefetch_related("wordings").order_by("number")
        findings.label_from_instance = finding_label
        sessions: Any = self.fields["session"]
        sessions.queryset = Session.objects.filter(group=recommendation.group_id).select_related("group__forum")
        sessions.label_from_instance = session_label

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if sum(1 for name in ("finding", "session", "document") if given.get(name)) != 1 and not self.errors:
            self.add_error(None, _("Name one thing: a finding, a session or a document."))
        return given


def finding_label(finding: Finding) -> str:
    from django.utils.translation import get_language

    return f"{finding.number}. {finding.text_in(get_language() or 'fr', 'fr')[:90]}"


def session_label(session: Session) -> str:
    from django.utils import formats

    return formats.date_format(session.starts_at.astimezone(session.group.forum.zone_info), "SHORT_DATETIME_FORMAT")
