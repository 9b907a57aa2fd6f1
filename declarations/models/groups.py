"""Working groups: a topic, its people, its sessions and their minutes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.validators import MaxLengthValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from .forums import Forum, Topic
from .participants import Participant
from .texts import LONGEST_TEXT, LabelField, in_language, validate_plain

if TYPE_CHECKING:
    from .people import Seat


class GroupQuerySet(models.QuerySet["Group"]):
    def public(self) -> GroupQuerySet:
        return self.filter(forum__closed_on=None)

    def for_seat(self, seat: Seat) -> GroupQuerySet:
        """The seat's own group where it has one, else every group of its forum."""
        groups = self.filter(forum=seat.forum)
        return groups.filter(pk=seat.group_id) if seat.group_id else groups


class Group(models.Model):
    forum = models.ForeignKey(Forum, models.PROTECT, related_name="groups", verbose_name=_("forum"))
    number = models.PositiveSmallIntegerField(_("number"))
    topic = models.ForeignKey(Topic, models.PROTECT, related_name="groups", verbose_name=_("topic"))
    title = LabelField(_("title"))

    objects = GroupQuerySet.as_manager()

    class Meta:
        verbose_name = _("working group")
        verbose_name_plural = _("working groups")
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["forum", "number"], name="group_number_once")]

    def __str__(self) -> str:
        from django.utils.translation import get_language

        return self.title_in(get_language() or "fr")

    def title_in(self, language: str) -> str:
        return in_language(self.title, language)


class Membership(models.Model):
    FORUM_PATH = "group__forum"

    group = models.ForeignKey(Group, models.PROTECT, related_name="memberships", verbose_name=_("group"))
    participant = models.ForeignKey(
        Participant, models.PROTECT, related_name="memberships", verbose_name=_("participant")
    )

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [models.UniqueConstraint(fields=["group", "participant"], name="member_once")]

    def __str__(self) -> str:
        return f"{self.group} · {self.participant}"


class SessionQuerySet(models.QuerySet["Session"]):
    def public(self) -> SessionQuerySet:
        """Sessions are public as dates; their minutes stay inside."""
        return self.filter(group__forum__closed_on=None)

    def for_seat(self, seat: Seat) -> SessionQuerySet:
        return self.filter(group__in=Group.objects.for_seat(seat))


class Session(models.Model):
    FORUM_PATH = "group__forum"

    group = models.ForeignKey(Group, models.PROTECT, related_name="sessions", verbose_name=_("group"))
    starts_at = models.DateTimeField(_("starts"))
    minutes = models.TextField(_("minutes"), blank=True, validators=[MaxLengthValidator(LONGEST_TEXT), validate_plain])
    minutes_language = models.CharField(_("language of the minutes"), max_length=12, blank=True)
    minutes_by = models.ForeignKey("declarations.Seat", models.PROTECT, null=True, blank=True, related_name="+")
    # Moves with each save, so that two people writing at once are told.
    revision = models.PositiveIntegerField(default=0, editable=False)

    objects = SessionQuerySet.as_manager()

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")
        ordering = ["starts_at"]

    def __str__(self) -> str:
        return f"{self.group} · {self.starts_at:%Y-%m-%d}"
