"""Accounts, seats and links as organisers give them, and passphrases as people choose them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from declarations.models import Addressee, Group, PersonKey, Seat, User
from declarations.models.texts import validate_plain

from .asked import Asked, Choice, languages_of

Role = Seat.Role
STORED = [choice for choice in Role.choices if choice[0] not in Seat.PASSING]
BY_LINK = [choice for choice in STORED if choice[0] not in Seat.ACCOUNT_ONLY]
SHORTEST_PASSPHRASE = 16  # characters: four or five words


class SeatFields(Asked):
    """The role, and what some roles need: a group, a language, an addressee."""

    OF_FORUM = {"group": Group, "addressee": Addressee}

    role = forms.ChoiceField(label=_("Role"), choices=STORED)
    group = Choice(label=_("Working group"), required=False, help_text=_("For a rapporteur."))
    language = forms.ChoiceField(label=_("Language"), required=False, help_text=_("For a translator or an approver."))
    addressee = Choice(label=_("Addressee"), required=False, help_text=_("For a seat that answers clauses."))

    # What is missing where a role stands without what it needs.
    NEEDS: dict[str, tuple[str, Any]] = {
        Role.RAPPORTEUR: ("group", _("Say of which group.")),
        Role.TRANSLATOR: ("language", _("Say into which language.")),
        Role.APPROVER: ("language", _("Say in which language.")),
        Role.ADDRESSEE: ("addressee", _("Say for which addressee.")),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"].choices = [  # type: ignore[attr-defined]
            ("", "–"),
            *languages_of(self.forum, is_written=True),
        ]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        needed, missing = self.NEEDS.get(given.get("role", ""), ("", ""))
        if needed and not given.get(needed):
            self.add_error(needed, missing)
        for name in ("group", "language", "addressee"):
            if name != needed and name in given:
                given[name] = "" if name == "language" else None
        return given


class GiveSeat(SeatFields):
    username = forms.CharField(
        label=_("User name of the account"), max_length=150, help_text=_("Exactly as the person signs in.")
    )

    field_order = ["username", "role"]

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        username = given.pop("username", None)
        if username:
            user = User.objects.filter(username=username, is_active=True).first()
            if user is None:
                self.add_error("username", _("No account has this user name. Open the account first."))
            elif Seat.objects.filter(forum=self.forum, user=user, role=given.get("role")).exists():
                self.add_error("role", _("This account has or had this role here already."))
            given["user"] = user
        return given


class GiveLink(SeatFields):
    role = forms.ChoiceField(label=_("Role"), choices=BY_LINK)
    name = forms.CharField(
        label=_("For whom"),
        max_length=120,
        validators=[validate_plain],
        help_text=_("The name that the history will show."),
    )
    days = forms.IntegerField(label=_("Open for how many days"), min_value=1, max_value=365, initial=30)

    field_order = ["name", "role", "group", "language", "addressee", "days"]


class PasswordTwice(Asked):
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 12 characters, and not a word that others would try."),
    )
    again = forms.CharField(
        label=_("The same again"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        password, again = given.get("password"), given.pop("again", None)
        if password and again and password != again:
            self.add_error("again", _("The two are not the same."))
        elif password:
            try:
                validate_password(password)
            except ValidationError as error:
                self.add_error("password", error)
        return given


class OpenAccount(PasswordTwice, SeatFields):
    username = forms.CharField(label=_("User name"), max_length=150, validators=[User.username_validator])
    full_name = forms.CharField(label=_("Name"), max_length=120, validators=[validate_plain])

    field_order = ["full_name", "username", "password", "again", "role", "group", "language", "addressee"]

    def clean_username(self) -> str:
        username = str(self.cleaned_data["username"])
        if User.objects.filter(username__iexact=username).exists():
            raise ValidationError(_("This user name is taken."))
        return username


class OpenBareAccount(PasswordTwice):
    """An account without a seat, by somebody who has none either: the first account of a new forum."""

    username = forms.CharField(label=_("User name"), max_length=150, validators=[User.username_validator])
    full_name = forms.CharField(label=_("Name"), max_length=120, validators=[validate_plain])

    field_order = ["full_name", "username", "password", "again"]
    clean_username = OpenAccount.clean_username


# Keys


class PassphraseTwice(Asked):
    passphrase = forms.CharField(
        label=_("Passphrase"),
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("Five words that do not belong together. Nobody can give it back to you if it is lost."),
    )
    again = forms.CharField(
        label=_("The same again"),
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        passphrase, again = given.get("passphrase"), given.pop("again", None)
        if passphrase and len(passphrase) < SHORTEST_PASSPHRASE:
            self.add_error("passphrase", _("Too short: write at least 16 characters, four or five words."))
        elif passphrase and len(set(passphrase)) < 6:
            self.add_error("passphrase", _("Too simple: use different words."))
        elif passphrase and again and passphrase != again:
            self.add_error("again", _("The two are not the same."))
        return given


class ChangePassphrase(PassphraseTwice):
    old = forms.CharField(
        label=_("Your passphrase now"),
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    field_order = ["old", "passphrase", "again"]


class AddHolder(Asked):
    """Who is to hold the key; `row` is the key."""

    person = Choice(label=_("Who will hold it too"), help_text=_("People with the right seat who made their own key."))
    passphrase = forms.CharField(
        label=_("Your own passphrase"),
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        help_text=_("It opens the key once, to give it on."),
    )

    def __init__(self, *args: Any, people: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = (  # type: ignore[attr-defined]
            PersonKey.objects.none() if people is None else people
        )


class RecoveryCode(Asked):
    code = forms.CharField(
        label=_("Recovery code"),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text=_("As it was written down; spaces and capitals do not matter."),
    )
