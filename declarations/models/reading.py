"""What readers do beside the words: who reads what, what they have half written, and what cannot wait.

Nothing here holds content in clear: what is half written is sealed under the testimony's key.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .groups import Group
from .testimonies import Testimony

if TYPE_CHECKING:
    from .people import Seat


class Share(models.Model):
    """A language or a group whose testimonies a reader takes first; whoever shares out may change it at any time."""

    FORUM_PATH = "seat__forum"

    seat = models.ForeignKey("declarations.Seat", models.PROTECT, related_name="shares", verbose_name=_("reader"))
    language = models.CharField(_("language"), max_length=12, blank=True)
    group = models.ForeignKey(
        Group, models.PROTECT, null=True, blank=True, related_name="shares", verbose_name=_("group")
    )

    class Meta:
        verbose_name = _("share of the reading")
        verbose_name_plural = _("shares of the reading")
        constraints = [
            models.UniqueConstraint(fields=["seat", "language"], condition=~Q(language=""), name="a_language_once"),
            models.UniqueConstraint(fields=["seat", "group"], condition=Q(group__isnull=False), name="a_group_once"),
            # Both at once would be a filter fine enough to single somebody out (M7).
            models.CheckConstraint(
                condition=Q(language="", group__isnull=False) | (~Q(language="") & Q(group__isnull=True)),
                name="a_share_is_a_language_or_a_group",
            ),
        ]

    def __str__(self) -> str:
        return self.language or str(self.group)


class Draft(models.Model):
    """What one reader has half written about one testimony, sealed under its key; gone once kept or taken back."""

    FORUM_PATH = "testimony__forum"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    testimony = models.ForeignKey(Testimony, models.PROTECT, related_name="drafts")
    seat = models.ForeignKey("declarations.Seat", models.PROTECT, related_name="+")
    envelope = models.BinaryField()

    class Meta:
        verbose_name = _("half-written text")
        verbose_name_plural = _("half-written texts")
        constraints = [models.UniqueConstraint(fields=["testimony", "seat"], name="one_draft_a_reader")]

    def __str__(self) -> str:
        return str(self.testimony_id)[:8]


class UrgentQuerySet(models.QuerySet["Urgent"]):
    def for_seat(self, seat: Seat) -> UrgentQuerySet:
        """For readers and custodians; whoever else works in the forum learns at most how many (M9)."""
        seen = seat.role in (seat.Role.READER, seat.Role.CUSTODIAN)
        return self.filter(testimony__forum=seat.forum) if seen else self.none()

    def waiting(self) -> UrgentQuerySet:
        """Those that no custodian has taken note of, in an order that says nothing about arrival (M3)."""
        return self.filter(noted_by=None).order_by("id")


class Urgent(models.Model):
    """A reader says that a testimony cannot wait; a custodian takes note. Which one, who, the day: no content."""

    FORUM_PATH = "testimony__forum"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    testimony = models.ForeignKey(Testimony, models.PROTECT, related_name="urgent", verbose_name=_("testimony"))
    raised_by = models.ForeignKey("declarations.Seat", models.PROTECT, related_name="+", verbose_name=_("raised by"))
    raised_on = models.DateField(_("raised on"))
    noted_by = models.ForeignKey(
        "declarations.Seat", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("taken note of by")
    )
    noted_on = models.DateField(_("taken note of on"), null=True, blank=True)

    objects = UrgentQuerySet.as_manager()

    class Meta:
        verbose_name = _("urgent testimony")
        verbose_name_plural = _("urgent testimonies")
        constraints = [
            models.UniqueConstraint(
                fields=["testimony"], condition=Q(noted_by__isnull=True), name="urgent_once_until_taken_note_of"
            )
        ]

    def __str__(self) -> str:
        return str(self.testimony_id)[:8]
