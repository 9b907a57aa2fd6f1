"""A name behind a testimony, which no one opens alone, and the requests to open one (M1)."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .people import ForumKey
from .testimonies import Testimony

if TYPE_CHECKING:
    from .people import Seat

MOST_MINUTES = timedelta(minutes=10)


class SealedName(models.Model):
    """A name or a way to reach somebody, under a key of its own that exists only in two shares.

    Each share is sealed to one half of custody and says, inside, of which testimony it is: moved to another row it
    does not open, and whoever gives a share gives that of this name alone.
    """

    FORUM_PATH = "testimony__forum"

    testimony = models.OneToOneField(Testimony, models.PROTECT, primary_key=True, related_name="sealed_name")
    first_key = models.ForeignKey(ForumKey, models.PROTECT, related_name="+")
    first_share = models.BinaryField()
    other_key = models.ForeignKey(ForumKey, models.PROTECT, related_name="+")
    other_share = models.BinaryField()
    envelope = models.BinaryField()

    class Meta:
        verbose_name = _("sealed name")
        verbose_name_plural = _("sealed names")

    def __str__(self) -> str:
        return str(self.testimony_id)[:8]

    def part(self, purpose: str) -> tuple[ForumKey, bytes]:
        """Return the key of one half and the share that is sealed to it."""
        if purpose == ForumKey.Purpose.FIRST_HALF:
            return self.first_key, bytes(self.first_share)
        return self.other_key, bytes(self.other_share)


class NameOpeningQuerySet(models.QuerySet["NameOpening"]):
    def for_seat(self, seat: Seat) -> NameOpeningQuerySet:
        """Requests of the forum, for custodians alone (M9)."""
        mine = self.filter(testimony__forum=seat.forum)
        return mine if seat.role == seat.Role.CUSTODIAN else self.none()

    def running(self) -> NameOpeningQuerySet:
        """Requests that may still lead to a name."""
        return self.filter(state__in=NameOpening.RUNNING, asked_at__gt=timezone.now() - MOST_MINUTES)

    def overdue(self) -> NameOpeningQuerySet:
        return self.filter(state__in=NameOpening.RUNNING, asked_at__lte=timezone.now() - MOST_MINUTES)


class NameOpening(models.Model):
    """A request to open one name: asked by one custodian, agreed by another, shown once to the first."""

    FORUM_PATH = "testimony__forum"

    class State(models.TextChoices):
        ASKED = "asked", _("asked")
        AGREED = "agreed", _("agreed")
        SHOWN = "shown", _("shown")
        REFUSED = "refused", _("refused")
        EXPIRED = "expired", _("expired")

    MOVES = {
        State.ASKED: {State.AGREED, State.REFUSED, State.EXPIRED},
        State.AGREED: {State.SHOWN, State.REFUSED, State.EXPIRED},
        State.SHOWN: set(),
        State.REFUSED: set(),
        State.EXPIRED: set(),
    }
    RUNNING = (State.ASKED, State.AGREED)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    testimony = models.ForeignKey(Testimony, models.PROTECT, related_name="openings")
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.ASKED, editable=False)
    reason = models.CharField(_("reason"), max_length=200)
    asked_by = models.ForeignKey("declarations.Seat", models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(_("asked at"), default=timezone.now, editable=False)
    agreed_by = models.ForeignKey("declarations.Seat", models.PROTECT, null=True, blank=True, related_name="+")
    # The second custodian's share of this one name, sealed to the first; there between the agreement and the showing.
    share = models.BinaryField(null=True)

    objects = NameOpeningQuerySet.as_manager()

    class Meta:
        verbose_name = _("opening of a name")
        verbose_name_plural = _("openings of names")
        ordering = ["-asked_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["testimony"],
                condition=models.Q(state__in=["asked", "agreed"]),
                name="a_name_is_asked_for_once_at_a_time",
            ),
            models.CheckConstraint(
                condition=models.Q(agreed_by=None) | ~models.Q(agreed_by=models.F("asked_by")),
                name="a_name_is_opened_by_two",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)[:8]

    @property
    def expires_at(self) -> object:
        return self.asked_at + MOST_MINUTES

    @property
    def is_over(self) -> bool:
        return timezone.now() >= self.asked_at + MOST_MINUTES
