"""A new forum, as whoever runs the site opens it for its first organiser."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from declarations.models import Forum, User
from declarations.models.forums import validate_slug, validate_time_zone

from .asked import Day
from .texts import LabelFormField


class OpenForum(forms.Form):
    """What a forum needs to exist; everything else is set up by its organiser."""

    title = LabelFormField(label=_("Title"))
    slug = forms.SlugField(
        label=_("Address"),
        max_length=40,
        validators=[validate_slug],
        help_text=_("The last part of the forum's address: small letters, figures and hyphens."),
    )
    starts_on = Day(label=_("First day"))
    ends_on = Day(label=_("Last day"))
    place = LabelFormField(label=_("Place"))
    time_zone = forms.CharField(label=_("Time zone"), initial="Africa/Bamako", validators=[validate_time_zone])
    owner = forms.CharField(
        label=_("User name of the first organiser"), max_length=150, help_text=_("Exactly as the person signs in.")
    )

    def __init__(self, *args: Any, row: Any = None, seat: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)

    def clean_slug(self) -> str:
        slug = str(self.cleaned_data["slug"])
        if Forum.objects.filter(slug=slug).exists():
            raise forms.ValidationError(_("Another forum has this address."))
        return slug

    def clean_owner(self) -> User:
        owner = User.objects.filter(username=self.cleaned_data["owner"], is_active=True).first()
        if owner is None:
            raise forms.ValidationError(_("No account has this user name. Open the account first."))
        return owner

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if given.get("starts_on") and given.get("ends_on") and given["ends_on"] < given["starts_on"]:
            self.add_error("ends_on", _("The last day comes before the first."))
        return given
