"""Who did what, when and why: append-only, chained by hash per forum, without content and without addresses.

Acts of participants carry a day only and stand outside this table (SAFETY M3).
"""

from __future__ import annotations

from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils.translation import gettext_lazy as _

# What there is one of for each testimony, or nearly.
ONE_EACH = ("testimony", "sealedtext", "urgent")


class HistoryQuerySet(models.QuerySet["HistoryEntry"]):
    def of(self, target: models.Model) -> HistoryQuerySet:
        """Entries about one row, oldest first."""
        kind = ContentType.objects.get_for_model(target)
        return self.filter(content_type=kind, object_id=str(target.pk)).order_by("number")

    def for_seat(self, seat: object) -> HistoryQuerySet:
        """Lines of the forum without those of single testimonies: whoever counts them counts testimonies (M7)."""
        return self.filter(forum=seat.forum).exclude(content_type__model__in=ONE_EACH)  # type: ignore[attr-defined]


class HistoryEntry(models.Model):
    forum = models.ForeignKey("declarations.Forum", models.PROTECT, related_name="history", verbose_name=_("forum"))
    number = models.PositiveBigIntegerField(_("number"))
    at = models.DateTimeField(_("at"))
    seat = models.ForeignKey(
        "declarations.Seat", models.PROTECT, null=True, related_name="history", verbose_name=_("seat")
    )
    seat_name = models.CharField(_("by"), max_length=200)
    verb = models.CharField(_("verb"), max_length=60)
    content_type = models.ForeignKey(ContentType, models.PROTECT)
    object_id = models.CharField(max_length=64)
    target = GenericForeignKey("content_type", "object_id")
    from_state = models.CharField(max_length=30, blank=True)
    to_state = models.CharField(max_length=30, blank=True)
    reason = models.TextField(_("reason"), blank=True)
    digest = models.CharField(max_length=64)

    objects = HistoryQuerySet.as_manager()

    class Meta:
        verbose_name = _("history entry")
        verbose_name_plural = _("history")
        ordering = ["forum", "number"]
        constraints = [models.UniqueConstraint(fields=["forum", "number"], name="history_number_once")]
        indexes = [models.Index(fields=["content_type", "object_id"], name="history_of_a_row")]

    def __str__(self) -> str:
        return f"{self.number} {self.verb}"
