"""Who is in the room: region, capacity, and a name sealed to the organisers' key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

from .forums import Capacity, Delegation, Forum, Region
from .people import ForumKey

if TYPE_CHECKING:
    from .people import Seat


class ParticipantQuerySet(models.QuerySet["Participant"]):
    def public(self) -> ParticipantQuerySet:
        """Nobody is shown in public; only counting reads participants for the public, as bands."""
        return self.none()

    def for_seat(self, seat: Seat) -> ParticipantQuerySet:
        return self.filter(forum=seat.forum)

    def registered(self) -> ParticipantQuerySet:
        """Who counts: registered or present, not only invited."""
        return self.exclude(state=Participant.State.INVITED)


class Participant(models.Model):
    class State(models.TextChoices):
        INVITED = "invited", _("invited")
        REGISTERED = "registered", _("registered")
        PRESENT = "present", _("present")

    MOVES = {
        State.INVITED: {State.REGISTERED, State.PRESENT},
        State.REGISTERED: {State.PRESENT, State.INVITED},
        State.PRESENT: {State.REGISTERED},
    }

    class Sex(models.TextChoices):
        WOMAN = "woman", _("woman")
        MAN = "man", _("man")

    class Age(models.TextChoices):
        YOUNG = "young", _("18 to 35")
        ADULT = "adult", _("36 to 59")
        ELDER = "elder", _("60 or older")

    forum = models.ForeignKey(Forum, models.PROTECT, related_name="participants", verbose_name=_("forum"))
    # The number printed outside the card; says nothing about order of arrival.
    serial = models.CharField(_("number on the card"), max_length=12)
    region = models.ForeignKey(Region, models.PROTECT, related_name="participants", verbose_name=_("region"))
    capacity = models.ForeignKey(Capacity, models.PROTECT, related_name="participants", verbose_name=_("capacity"))
    sex = models.CharField(_("sex"), max_length=10, choices=Sex.choices, blank=True)
    age = models.CharField(_("age band"), max_length=10, choices=Age.choices, blank=True)
    delegation = models.ForeignKey(
        Delegation, models.PROTECT, null=True, blank=True, related_name="participants", verbose_name=_("delegation")
    )
    role = models.CharField(_("role"), max_length=80, blank=True)
    # JSON of name and contact, sealed to the forum's people key (M1); empty where none was given.
    sealed_name = models.BinaryField(null=True, editable=False)
    # The version of the people key to which the name is sealed.
    name_key = models.ForeignKey(ForumKey, models.PROTECT, null=True, editable=False, related_name="+")
    code_hash = models.CharField(max_length=64, editable=False)
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.INVITED, editable=False)

    objects = ParticipantQuerySet.as_manager()

    class Meta:
        verbose_name = _("participant")
        verbose_name_plural = _("participants")
        ordering = ["serial"]
        constraints = [
            models.UniqueConstraint(fields=["forum", "serial"], name="serial_once"),
            models.UniqueConstraint(fields=["forum", "code_hash"], name="code_once"),
        ]

    def __str__(self) -> str:
        return self.serial
