"""What stands on a paper form, typed by somebody who was not there; and the words that are printed on it.

The questions, their help and their order are those of the facilitator's desk, so that paper asks nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from declarations import sealing
from declarations.models import Forum, PaperForm, Seat, Testimony
from declarations.models.texts import tidy, validate_plain
from declarations.workflow import papers
from declarations.workflow.papers import Difference
from declarations.workflow.testimonies import Consent, Facts

from . import guesses
from .cards import CODE
from .taking import TakenForm

# Which typing is right, once both stand side by side.
FIRST, SECOND = "first", "second"


class SheetNumber(forms.Form):
    """The number on top of a sheet."""

    number = forms.CharField(
        label=_("The number on the sheet"),
        help_text=_("Six digits, on top of each page."),
        error_messages={"required": _("Type the number first.")},
        widget=forms.TextInput(attrs={"class": "code", "autocomplete": "off", "inputmode": "numeric"}),
    )

    def __init__(self, forum: Forum, data: Any = None) -> None:
        super().__init__(data)
        self.forum = forum
        self.paper: PaperForm | None = None

    def clean_number(self) -> str:
        try:
            self.paper = papers.of_number(self.forum, self.cleaned_data["number"])
        except ValueError:
            raise ValidationError(_("This number has a slip in it. It has six digits. Please look again.")) from None
        if self.paper is None:
            raise ValidationError(_("No paper form of this forum has this number. Please look again."))
        return self.paper.card.serial


class TypingForm(TakenForm):
    """One sheet, typed; the second time each answer is compared with what was typed first."""

    taken_as = Testimony.TakenAs.PAPER
    ANSWERS = (
        *("adult", "may_read", "read_aloud", "interpreted", "asked_by", "language", "written", "words"),
        *("summarise", "quote", "region", "capacity", "precision"),
    )
    STEPS = (("sheet", ("sheet_code", *ANSWERS)),)
    # What a page in a browser has, and a sheet has not; a card lends nothing on paper, and the stub is the receipt.
    ticket = seen = website = code = serial = None  # type: ignore[assignment]

    sheet_code = forms.CharField(
        label=_("The code on the sheet"),
        help_text=_("Ten letters and digits, on the first page. It locks what you type; only this sheet opens it."),
        error_messages={"required": _("Type the code first.")},
        widget=forms.TextInput(attrs=CODE),
    )
    asked_by = forms.CharField(
        required=False,
        label=_("Who asked the questions"),
        help_text=_("As it stands on the sheet. It is locked with the words."),
        max_length=120,
        validators=[validate_plain],
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, paper: PaperForm, data: Any = None, *, by: Seat | None = None) -> None:
        super().__init__(paper.forum, data, by=by)
        self.paper = paper
        for name in [name for name in self.fields if name not in ("sheet_code", *self.ANSWERS)]:
            del self.fields[name]
        self.order_fields(["sheet_code", *self.ANSWERS])
        # Nothing is chosen beforehand: every answer is read off the paper. Only the language in which somebody wrote
        # stands nowhere on it; most write in the one in which the questions are printed.
        self.initial = {"written": paper.language}

    def clean_sheet_code(self) -> str:
        try:
            return sealing.normalise_code(self.cleaned_data["sheet_code"])
        except ValueError:
            raise ValidationError(
                _("This code has a slip in it. It has ten letters and digits. Please look again.")
            ) from None

    @property
    def answers(self) -> dict[str, str]:
        """Everything that was typed but the code, as it is sealed and compared."""
        return {name: tidy(self.data.get(name, "")) for name in self.ANSWERS if name in self.fields}

    # What is kept

    def consent(self) -> Consent:
        asked = super().consent()
        return Consent(asked.summarise, asked.quote, False, self.paper.language, asked.read_aloud)

    def facts(self) -> Facts:
        exact = super().facts()
        return Facts(
            exact.region,
            exact.capacity,
            asked_by=self.cleaned_data["asked_by"].strip(),
            interpreter=exact.interpreter,
        )

    def to_give(self) -> dict[str, Any]:
        given = super().to_give()
        return {name: given[name] for name in given if name not in ("card", "participant")}

    # Compared with what was typed first

    def first_typing(self) -> dict[str, str] | None:
        """Return what was typed first, or None with the error beside the code where it does not open."""
        if guesses.are_too_many("sheet"):
            self.add_error("sheet_code", _("Too many wrong codes came in. Try again in a few minutes."))
            return None
        try:
            return papers.typed_first(self.paper, self.cleaned_data["sheet_code"])
        except papers.WrongCode:
            guesses.count_wrong("sheet")
            self.add_error(
                "sheet_code",
                _(
                    "This code does not open what was typed first. Look at the sheet again. If it is right, the first "
                    "typing went wrong: an organiser lets the form be typed anew."
                ),
            )
            return None

    def open_differences(self, first: Mapping[str, str]) -> dict[str, Difference]:
        """Return what differs and was not decided yet; what was decided for the first typing is put in its place.

        A decision holds for the difference that was shown, and for no other.
        """
        left = {}
        for name, difference in papers.differences(first, self.answers).items():
            chosen = self.data.get(f"which_{name}")
            if self.data.get(f"mark_{name}") != difference.mark or chosen not in (FIRST, SECOND):
                left[name] = difference
            elif chosen == FIRST:
                self.data[name] = difference.first
        return left

    def decided(self) -> TypingForm:
        """The same form with what was decided in place."""
        return type(self)(self.paper, self.data, by=self.by)

    def named(self, name: str, value: str) -> str:
        """Return what an answer is called on the page."""
        choices = getattr(self.fields[name], "choices", None)
        if choices is None:
            return value
        flat: list[tuple[Any, Any]] = []
        for key, label in choices:
            flat += label if isinstance(label, list | tuple) else [(key, label)]
        return next((str(label) for key, label in flat if str(key) == value), value)
