"""What a participant's pages share: a question with yes and no, the code on a card, the number outside a receipt."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from declarations import sealing
from declarations.models import Forum, Participant, ReceiptCard, Testimony
from declarations.workflow import cards, participants

from . import guesses
from .tickets import Ticket

CODE = {"class": "code", "autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
CARD_IS_USED = _("This card has been used. Please take another one.")
YES_OR_NO = [("yes", _("Yes")), ("no", _("No"))]


class YesOrNo(forms.TypedChoiceField):
    """A question with two answers of equal size, none of them given beforehand (M15)."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            choices=YES_OR_NO,
            coerce=lambda answer: answer == "yes",
            empty_value=None,
            widget=forms.RadioSelect,
            error_messages={"required": _("Please answer yes or no.")},
            **kwargs,
        )


class Serial(forms.CharField):
    """The six digits outside a folded receipt card; its digits inside are nobody's but the speaker's (M4)."""

    def __init__(self, **kwargs: Any) -> None:
        given: dict[str, Any] = {
            "required": False,
            "label": _("The number outside the receipt card"),
            "help_text": _(
                "Give the person a folded card, and type the six digits that stand outside. Do not look inside. Leave "
                "it empty if you have no card: then two numbers are shown once, to be copied."
            ),
            "widget": forms.TextInput(attrs={"class": "code", "autocomplete": "off", "inputmode": "numeric"}),
            **kwargs,
        }
        super().__init__(**given)


def receipt_card(forum: Forum, typed: str, ticket: Ticket | None) -> ReceiptCard | None:
    """Return the card with this number outside, None where none was typed; raises ValidationError, in words.

    A card that is used already passes where the page was sent before: then the same testimony comes again (M2), and
    whether it is the same is known by its identifier and content.
    """
    if not typed.strip():
        return None
    if guesses.are_too_many("serial"):
        raise ValidationError(_("Too many wrong numbers came in. Try again in a few minutes, or send without a card."))
    try:
        card = cards.of_serial(forum, typed)
    except ValueError:
        raise ValidationError(_("This number has a slip in it. It has six digits. Please look again.")) from None
    if card is None:
        guesses.count_wrong("serial")
        raise ValidationError(_("No receipt card of this forum has this number. Please look again."))
    if card.is_void:
        raise ValidationError(_("This card was given up and works no more. Please take another one."))
    if card.is_used and not (ticket and Testimony.objects.filter(forum=forum, pk=ticket.id).exists()):
        raise ValidationError(CARD_IS_USED)
    return card


def of_card(forum: Forum, code: str) -> Participant:
    """Return whose card this is; raises ValidationError, in words, where it is nobody's."""
    try:
        sealing.normalise_code(code)
    except ValueError:
        raise ValidationError(
            _("This code has a slip in it. It has ten letters and digits. Please look again.")
        ) from None
    if guesses.are_too_many("card"):
        raise ValidationError(
            _("Very many wrong codes are coming in, so we did not look at yours yet. Please press once more.")
        )
    participant = participants.of_code(forum, code)
    if participant is None:
        guesses.count_wrong("card")
        raise ValidationError(_("No card of this forum has this code. Please look again."))
    return participant
