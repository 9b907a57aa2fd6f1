"""What a facilitator types, who takes the words of somebody else. Nothing typed is lost."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from declarations.models import Forum, ReceiptCard, Testimony
from declarations.workflow.testimonies import Consent, Facts

from .cards import Serial, YesOrNo, receipt_card
from .testimonies import TestimonyForm


class TakenForm(TestimonyForm):
    """The same questions, asked for somebody by a facilitator, who reads them aloud or has them interpreted."""

    taken_as = Testimony.TakenAs.FACILITATOR
    STEPS = (
        TestimonyForm.STEPS[0],
        ("how", ("read_aloud", "interpreted")),
        *((step, ("written", *names) if step == "telling" else names) for step, names in TestimonyForm.STEPS[1:-1]),
        ("receipt-card", ("serial",)),
        TestimonyForm.STEPS[-1],
    )

    read_aloud = YesOrNo(label=_("Do you read the questions aloud?"))
    interpreted = YesOrNo(label=_("Does somebody interpret?"))
    # Not the language spoken: who hears Fulfulde may write French.
    written = forms.ChoiceField(
        label=_("In which language do you write?"),
        error_messages={"invalid_choice": _("This language is not in the list. Please choose again.")},
    )
    serial = Serial()

    def __init__(self, forum: Forum, data: Any = None, files: Any = None, **given: Any) -> None:
        super().__init__(forum, data, files, **given)
        self.card: ReceiptCard | None = None
        # A page that was opened, or sealed on a phone, before this was asked: the words are in the language spoken.
        if self.is_bound and "written" not in self.data:
            self.fields["written"].required = False

    def clean_serial(self) -> str:
        self.card = receipt_card(self.forum, self.cleaned_data["serial"], self.ticket_carried)
        return self.card.serial if self.card else ""

    def to_give(self) -> dict[str, Any]:
        return {**super().to_give(), "card": self.card}

    def how_taken(self) -> str:
        # That somebody else sat there says more than that it is a voice.
        return self.taken_as

    def consent(self) -> Consent:
        asked = super().consent()
        return replace(asked, read_aloud=asked.read_aloud or self.cleaned_data["read_aloud"])

    def facts(self) -> Facts:
        exact = super().facts()
        asker = self.by.name if self.by else ""
        interpreter = "yes" if self.cleaned_data["interpreted"] else ""
        return replace(exact, asked_by=asker, interpreter=interpreter)
