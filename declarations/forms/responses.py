"""What an addressee answers, promises, and says of what came of it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from declarations.models import Commitment, Forum, Response

from .asked import Day, languages_of
from .reasons import TO_REACH
from .recommendations import sentence_field
from .reviews import ANSWER


class OnADay(forms.Form):
    """What was said in one language on one day, which is not still to come."""

    language = forms.ChoiceField(label=_("Language"))

    def __init__(self, forum: Forum, *args: Any, language: str, prefix: str, **kwargs: Any) -> None:
        # The prefix keeps ids of several forms on one page apart; names stay as they are.
        first = {"language": language, **{name: forum.today() for name in ("answered_on", "reported_on")}}
        kwargs |= {"initial": {**first, **kwargs.pop("initial", {})}, "auto_id": f"{prefix}_%s"}
        super().__init__(*args, **kwargs)
        self.forum = forum
        self.fields["language"].choices = languages_of(forum, is_written=True)  # type: ignore[attr-defined]

    def day_past(self, name: str) -> date:
        day: date = self.cleaned_data[name]
        if day > self.forum.today():
            raise ValidationError(_("This day is still to come."))
        return day


class AnswerForm(OnADay):
    position = forms.ChoiceField(
        label=_("Your position"),
        choices=[
            (Response.Position.ACCEPTED, _("We accept it")),
            (Response.Position.PARTLY, _("We accept it in part")),
            (Response.Position.NOTED, _("We take note of it")),
            (Response.Position.REFUSED, _("We do not accept it")),
        ],
        widget=forms.RadioSelect,
        error_messages=ANSWER,
    )
    text = sentence_field(
        _("Your answer"), rows=6, rules=TO_REACH, help_text=_("Everybody will read it beside the clause.")
    )
    answered_on = Day(label=_("Day of the answer"))
    # The answer that stood when the page was opened: a second tap, or a second person, is told.
    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    field_order = ["position", "text", "language", "answered_on", "seen"]

    def clean_answered_on(self) -> date:
        return self.day_past("answered_on")


class PromiseForm(OnADay):
    text = sentence_field(
        _("What you promise"), rules=TO_REACH, help_text=_("One thing that can be seen when it is done.")
    )
    due_on = Day(label=_("By when"))
    field_order = ["text", "due_on", "language"]

    def clean_due_on(self) -> date:
        day: date = self.cleaned_data["due_on"]
        if day < self.forum.today():
            raise ValidationError(_("This day has passed."))
        return day


class ReportForm(OnADay):
    state = forms.ChoiceField(label=_("Where it stands"), widget=forms.RadioSelect, error_messages=ANSWER)
    text = sentence_field(
        _("What came of it"), rows=4, rules=TO_REACH, help_text=_("What was done, where, and what is missing.")
    )
    reported_on = Day(label=_("Day of the report"))
    field_order = ["state", "text", "language", "reported_on"]

    def __init__(self, commitment: Commitment, forum: Forum, *args: Any, **kwargs: Any) -> None:
        super().__init__(forum, *args, **kwargs)
        open_to = {commitment.state, *Commitment.MOVES[Commitment.State(commitment.state)]}
        self.fields["state"].choices = [  # type: ignore[attr-defined]
            (value, label) for value, label in Commitment.State.choices if value in open_to or self.is_bound
        ]

    def clean_reported_on(self) -> date:
        return self.day_past("reported_on")
