"""What was heard: clear text composed by readers from at least the minimum of testimonies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

from .forums import Factor, Forum, Theme
from .groups import Group
from .testimonies import Excerpt, Testimony
from .texts import Worded, Wording

if TYPE_CHECKING:
    from .people import Seat


class FindingQuerySet(models.QuerySet["Finding"]):
    def public(self) -> FindingQuerySet:
        return self.filter(state=Finding.State.PUBLISHED, forum__closed_on=None)

    def for_seat(self, seat: Seat) -> FindingQuerySet:
        """Every finding for readers and organisers; agreed ones for those who write recommendations (M16)."""
        findings = self.filter(forum=seat.forum)
        if seat.role in (seat.Role.READER, seat.Role.ORGANISER, seat.Role.GENERAL_RAPPORTEUR):
            return findings
        if seat.role in (seat.Role.RAPPORTEUR, seat.Role.EXPERT, seat.Role.CHAIR, seat.Role.TRANSLATOR):
            return findings.exclude(state=Finding.State.DRAFT)
        return findings.public()


class Finding(Worded):
    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        AGREED = "agreed", _("agreed")
        PUBLISHED = "published", _("published")

    MOVES = {
        State.DRAFT: {State.AGREED},
        State.AGREED: {State.PUBLISHED, State.DRAFT},
        # Withdrawals that leave it below the public minimum take it off the page; below the inside one, back to draft.
        State.PUBLISHED: {State.AGREED, State.DRAFT},
    }

    forum = models.ForeignKey(Forum, models.PROTECT, related_name="findings", verbose_name=_("forum"))
    number = models.PositiveSmallIntegerField(_("number"))
    group = models.ForeignKey(
        Group, models.PROTECT, null=True, blank=True, related_name="findings", verbose_name=_("group")
    )
    themes = models.ManyToManyField(Theme, related_name="findings", blank=True, verbose_name=_("themes"))
    factors = models.ManyToManyField(Factor, related_name="findings", blank=True, verbose_name=_("driving factors"))
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.DRAFT, editable=False)
    composed_by = models.ForeignKey(
        "declarations.Seat", models.PROTECT, verbose_name=_("written by"), related_name="+", editable=False
    )
    agreed_by = models.ForeignKey(
        "declarations.Seat", models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )

    objects = FindingQuerySet.as_manager()

    class Meta:
        verbose_name = _("finding")
        verbose_name_plural = _("findings")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["forum", "number"], name="finding_number_once"),
            models.CheckConstraint(
                condition=models.Q(agreed_by=None) | ~models.Q(agreed_by=models.F("composed_by")),
                name="a_finding_is_agreed_by_another",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}"


class FindingWording(Wording):
    FORUM_PATH = "finding__forum"

    finding = models.ForeignKey(Finding, models.PROTECT, related_name="wordings")

    class Meta:
        verbose_name = _("wording of a finding")
        verbose_name_plural = _("wordings of findings")
        constraints = [models.UniqueConstraint(fields=["finding", "language"], name="finding_wording_once")]


class Evidence(models.Model):
    """A finding rests on a testimony; nobody but readers and counting ever looks through this row."""

    FORUM_PATH = "finding__forum"

    class Kind(models.TextChoices):
        RESTS_ON = "rests_on", _("rests on")
        QUALIFIES = "qualifies", _("qualified by")

    finding = models.ForeignKey(Finding, models.PROTECT, related_name="evidence")
    testimony = models.ForeignKey(Testimony, models.PROTECT, related_name="evidence")
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.RESTS_ON)
    reason = models.CharField(max_length=400, blank=True)

    class Meta:
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")
        constraints = [models.UniqueConstraint(fields=["finding", "testimony"], name="evidence_once")]

    def __str__(self) -> str:
        return f"{self.finding} ← {self.testimony}"


class Voice(models.Model):
    """A cleared sentence stands beside a finding."""

    FORUM_PATH = "finding__forum"

    finding = models.ForeignKey(Finding, models.PROTECT, related_name="voices")
    excerpt = models.ForeignKey(Excerpt, models.PROTECT, related_name="voices")

    class Meta:
        verbose_name = _("sentence beside a finding")
        verbose_name_plural = _("sentences beside findings")
        constraints = [models.UniqueConstraint(fields=["finding", "excerpt"], name="voice_once")]

    def __str__(self) -> str:
        return f"{self.finding} “{self.excerpt}”"
