"""What the groups ask for: the words as handed in stay beside the final ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.validators import MaxLengthValidator, MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .findings import Finding
from .forums import Addressee, Capacity, Forum, Region, Theme
from .groups import Group, Session
from .texts import LONGEST_CLAUSE, Worded, Wording, validate_plain

if TYPE_CHECKING:
    from .people import Seat


class RecommendationQuerySet(models.QuerySet["Recommendation"]):
    def public(self) -> RecommendationQuerySet:
        """Decided ones: adopted, and set aside with the reason."""
        return self.filter(
            state__in=[Recommendation.State.ADOPTED, Recommendation.State.SET_ASIDE], forum__closed_on=None
        )

    def for_seat(self, seat: Seat) -> RecommendationQuerySet:
        """A rapporteur's own group; everything handed in for the others who work on the text."""
        rows = self.filter(forum=seat.forum)
        if seat.role == seat.Role.RAPPORTEUR:
            return rows.filter(group=seat.group_id)
        if seat.role in (seat.Role.ORGANISER, seat.Role.GENERAL_RAPPORTEUR):
            return rows
        if seat.role in (seat.Role.EXPERT, seat.Role.CHAIR, seat.Role.TRANSLATOR, seat.Role.APPROVER):
            return rows.exclude(state=Recommendation.State.DRAFT)
        return rows.public()

    def awaiting_review(self) -> RecommendationQuerySet:
        """Handed in or in review, and nobody has reviewed it."""
        return self.filter(state__in=[Recommendation.State.HANDED_IN, Recommendation.State.IN_REVIEW], reviews=None)

    def awaiting_decision(self) -> RecommendationQuerySet:
        return self.filter(
            state__in=[
                Recommendation.State.HANDED_IN,
                Recommendation.State.IN_REVIEW,
                Recommendation.State.REVISED,
            ]
        )


class Recommendation(Worded):
    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        HANDED_IN = "handed_in", _("handed in")
        IN_REVIEW = "in_review", _("in review")
        REVISED = "revised", _("revised")
        ADOPTED = "adopted", _("adopted")
        SET_ASIDE = "set_aside", _("set aside")

    MOVES = {
        State.DRAFT: {State.HANDED_IN},
        State.HANDED_IN: {State.IN_REVIEW, State.REVISED, State.ADOPTED, State.SET_ASIDE},
        State.IN_REVIEW: {State.REVISED, State.ADOPTED, State.SET_ASIDE},
        State.REVISED: {State.IN_REVIEW, State.ADOPTED, State.SET_ASIDE},
        State.ADOPTED: {State.IN_REVIEW},
        State.SET_ASIDE: {State.IN_REVIEW},
    }

    class Level(models.TextChoices):
        LOCAL = "local", _("local")
        REGIONAL = "regional", _("regional")
        NATIONAL = "national", _("national")
        INTERNATIONAL = "international", _("international")

    class Horizon(models.TextChoices):
        MONTHS = "months", _("within months")
        YEAR = "year", _("within a year")
        YEARS = "years", _("within several years")

    forum = models.ForeignKey(Forum, models.PROTECT, related_name="recommendations", verbose_name=_("forum"))
    number = models.PositiveSmallIntegerField(_("number"))
    group = models.ForeignKey(Group, models.PROTECT, related_name="recommendations", verbose_name=_("group"))
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.DRAFT, editable=False)
    # The words as the group wrote them, never changed after they were handed in.
    handed_in_words = models.TextField(
        _("words as handed in"), validators=[MaxLengthValidator(LONGEST_CLAUSE), validate_plain]
    )
    handed_in_language = models.CharField(_("language as handed in"), max_length=12)
    handed_in_at = models.DateTimeField(_("handed in"), null=True, blank=True, editable=False)
    handed_in_by = models.ForeignKey(
        "declarations.Seat", models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    themes = models.ManyToManyField(Theme, related_name="recommendations", blank=True, verbose_name=_("themes"))
    addressees = models.ManyToManyField(
        Addressee, related_name="recommendations", blank=True, verbose_name=_("addressees")
    )
    regions = models.ManyToManyField(Region, related_name="recommendations", blank=True, verbose_name=_("regions"))
    level = models.CharField(_("level"), max_length=15, choices=Level.choices, blank=True)
    horizon = models.CharField(_("horizon"), max_length=10, choices=Horizon.choices, blank=True)
    reason = models.TextField(_("reason"), blank=True, validators=[MaxLengthValidator(LONGEST_CLAUSE), validate_plain])
    minority_view = models.TextField(
        _("minority view"), blank=True, validators=[MaxLengthValidator(LONGEST_CLAUSE), validate_plain]
    )
    # Why it was set aside, in the forum's languages: public, beside the words.
    decision_reason = models.JSONField(_("reason of the decision"), default=dict, blank=True, editable=False)
    decided_on = models.DateField(_("decided on"), null=True, blank=True, editable=False)
    revision = models.PositiveIntegerField(default=0, editable=False)

    objects = RecommendationQuerySet.as_manager()

    class Meta:
        verbose_name = _("recommendation")
        verbose_name_plural = _("recommendations")
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["forum", "number"], name="recommendation_number_once")]
        indexes = [models.Index(fields=["forum", "state"], name="recommendations_waiting")]

    def __str__(self) -> str:
        return f"{self.number}"


class RecommendationWording(Wording):
    FORUM_PATH = "recommendation__forum"

    recommendation = models.ForeignKey(Recommendation, models.PROTECT, related_name="wordings")

    class Meta:
        verbose_name = _("wording of a recommendation")
        verbose_name_plural = _("wordings of recommendations")
        constraints = [
            models.UniqueConstraint(fields=["recommendation", "language"], name="recommendation_wording_once")
        ]


class Ground(models.Model):
    """What a recommendation rests on: a finding, a session or a document; never one testimony (M16)."""

    FORUM_PATH = "recommendation__forum"

    class Kind(models.TextChoices):
        RESTS_ON = "rests_on", _("rests on")
        QUALIFIES = "qualifies", _("qualified by")

    recommendation = models.ForeignKey(Recommendation, models.PROTECT, related_name="grounds")
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.RESTS_ON)
    finding = models.ForeignKey(Finding, models.PROTECT, null=True, blank=True, related_name="grounds")
    session = models.ForeignKey(Session, models.PROTECT, null=True, blank=True, related_name="grounds")
    document = models.CharField(_("document"), max_length=300, blank=True, validators=[validate_plain])
    reason = models.CharField(_("reason"), max_length=400, blank=True, validators=[validate_plain])

    class Meta:
        verbose_name = _("ground")
        verbose_name_plural = _("grounds")
        constraints = [
            models.CheckConstraint(
                condition=Q(finding__isnull=False, session=None, document="")
                | Q(finding=None, session__isnull=False, document="")
                | (Q(finding=None, session=None) & ~Q(document="")),
                name="a_ground_is_one_thing",
            ),
            models.UniqueConstraint(
                fields=["recommendation", "finding"], condition=Q(finding__isnull=False), name="ground_finding_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.recommendation} ← {self.finding or self.session or self.document}"


class Relation(models.Model):
    """One recommendation stands to another; a merge destroys neither."""

    FORUM_PATH = "recommendation__forum"

    class Kind(models.TextChoices):
        MERGED_INTO = "merged_into", _("merged into")
        SUPPORTS = "supports", _("supports")
        QUALIFIES = "qualifies", _("qualifies")

    recommendation = models.ForeignKey(Recommendation, models.PROTECT, related_name="relations")
    other = models.ForeignKey(Recommendation, models.PROTECT, related_name="related_from")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    reason = models.CharField(_("reason"), max_length=400, blank=True, validators=[validate_plain])

    class Meta:
        verbose_name = _("relation")
        verbose_name_plural = _("relations")
        constraints = [
            models.UniqueConstraint(fields=["recommendation", "other", "kind"], name="relation_once"),
            models.CheckConstraint(condition=~Q(recommendation=models.F("other")), name="no_relation_to_itself"),
        ]

    def __str__(self) -> str:
        return f"{self.recommendation} {self.kind} {self.other}"


class ReviewQuerySet(models.QuerySet["Review"]):
    def for_seat(self, seat: Seat) -> ReviewQuerySet:
        """Blind until given: an expert sees the others' reviews of what they have reviewed themselves."""
        rows = self.filter(recommendation__forum=seat.forum)
        if seat.role in (seat.Role.ORGANISER, seat.Role.GENERAL_RAPPORTEUR, seat.Role.CHAIR):
            return rows
        if seat.role == seat.Role.EXPERT:
            return rows.filter(recommendation__reviews__seat=seat).distinct()
        return rows.none()

    def public(self) -> ReviewQuerySet:
        """Reviews stay inside."""
        return self.none()


SCORE = [MinValueValidator(1), MaxValueValidator(5)]


class Review(models.Model):
    FORUM_PATH = "recommendation__forum"

    class Verdict(models.TextChoices):
        SUPPORT = "support", _("support")
        WITH_CHANGES = "support_with_changes", _("support with changes")
        AGAINST = "against", _("against")

    recommendation = models.ForeignKey(Recommendation, models.PROTECT, related_name="reviews")
    seat = models.ForeignKey("declarations.Seat", models.PROTECT, related_name="reviews")
    verdict = models.CharField(_("verdict"), max_length=22, choices=Verdict.choices)
    clarity = models.PositiveSmallIntegerField(_("clear"), validators=SCORE)
    feasibility = models.PositiveSmallIntegerField(_("feasible"), validators=SCORE)
    urgency = models.PositiveSmallIntegerField(_("urgent"), validators=SCORE)
    comment = models.TextField(
        _("comment"), blank=True, validators=[MaxLengthValidator(LONGEST_CLAUSE), validate_plain]
    )
    given_at = models.DateTimeField(_("given"), editable=False)

    objects = ReviewQuerySet.as_manager()

    class Meta:
        verbose_name = _("review")
        verbose_name_plural = _("reviews")
        ordering = ["given_at"]
        constraints = [models.UniqueConstraint(fields=["recommendation", "seat"], name="one_review_an_expert")]

    def __str__(self) -> str:
        return f"{self.recommendation} {self.verdict}"


class Support(models.Model):
    """Where one participant stands; region and capacity are copied, and who it was is a keyed hash."""

    FORUM_PATH = "recommendation__forum"

    class Stance(models.TextChoices):
        AGREE = "agree", _("agree")
        DISAGREE = "disagree", _("disagree")
        UNSURE = "unsure", _("unsure")

    recommendation = models.ForeignKey(Recommendation, models.PROTECT, related_name="supports")
    holder = models.CharField(max_length=64, editable=False)
    stance = models.CharField(_("stance"), max_length=10, choices=Stance.choices)
    region = models.ForeignKey(Region, models.PROTECT, related_name="+")
    capacity = models.ForeignKey(Capacity, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("support")
        verbose_name_plural = _("supports")
        constraints = [models.UniqueConstraint(fields=["recommendation", "holder"], name="one_stance_a_participant")]

    def __str__(self) -> str:
        return f"{self.recommendation} {self.stance}"
