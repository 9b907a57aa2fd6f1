"""Somebody is registered: where from, in what capacity, and a name that is sealed before it is stored."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from declarations.models import Capacity, Delegation, Participant, Region
from declarations.models.texts import validate_plain

from .asked import Asked, Choice
from .reasons import SentenceField


def role_field(label: Any) -> SentenceField:
    """What somebody does at the forum; it is not sealed, so it names nobody."""
    return SentenceField(label=label, max_length=80, rows=1, required=False)


class Register(Asked):
    OF_FORUM = {"region": Region, "capacity": Capacity, "delegation": Delegation}

    region = Choice(label=_("Region"))
    capacity = Choice(label=_("In what capacity"))
    sex = forms.ChoiceField(label=_("Sex"), required=False, choices=[("", "–"), *Participant.Sex.choices])
    age = forms.ChoiceField(label=_("Age"), required=False, choices=[("", "–"), *Participant.Age.choices])
    delegation = Choice(label=_("Delegation"), required=False)
    role = role_field(_("Role in the forum"))
    name = forms.CharField(
        label=_("Name"),
        max_length=200,
        required=False,
        validators=[validate_plain],
        help_text=_("Sealed at once to the key for names. Leave it empty where the name is not needed."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    contact = forms.CharField(
        label=_("Telephone or address"),
        max_length=200,
        required=False,
        validators=[validate_plain],
        help_text=_("Sealed with the name."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
