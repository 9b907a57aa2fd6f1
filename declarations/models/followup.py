"""To whom it was handed, what each answered to each clause, what they promised by when, and what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.validators import MaxLengthValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from .declarations import Clause
from .editions import Edition
from .forums import Addressee
from .texts import LONGEST_CLAUSE, LabelField, in_language, validate_plain

if TYPE_CHECKING:
    from .people import Seat


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def public(self) -> DeliveryQuerySet:
        return self.filter(edition__declaration__forum__closed_on=None)

    def for_seat(self, seat: Seat) -> DeliveryQuerySet:
        return self.filter(edition__declaration__forum=seat.forum)


class Delivery(models.Model):
    FORUM_PATH = "edition__declaration__forum"

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="deliveries", verbose_name=_("edition"))
    addressee = models.ForeignKey(Addressee, models.PROTECT, related_name="deliveries", verbose_name=_("handed to"))
    delivered_on = models.DateField(_("day"))
    how = LabelField(_("how"))
    recorded_by = models.ForeignKey("declarations.Seat", models.PROTECT, related_name="+", editable=False)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        ordering = ["delivered_on"]

    def __str__(self) -> str:
        return f"{self.addressee} {self.delivered_on}"

    def how_in(self, language: str) -> str:
        return in_language(self.how, language)


class ResponseQuerySet(models.QuerySet["Response"]):
    def public(self) -> ResponseQuerySet:
        return self.filter(clause__in=Clause.objects.public())

    def for_seat(self, seat: Seat) -> ResponseQuerySet:
        rows = self.filter(clause__section__declaration__forum=seat.forum)
        return rows.filter(addressee=seat.addressee_id) if seat.role == seat.Role.ADDRESSEE else rows

    def standing(self) -> ResponseQuerySet:
        """Answers not replaced by a later one."""
        return self.filter(is_standing=True)


class Response(models.Model):
    """What one addressee answered to one clause; a later answer stands beside the earlier, which stays."""

    FORUM_PATH = "clause__section__declaration__forum"

    class Position(models.TextChoices):
        ACCEPTED = "accepted", _("accepted")
        PARTLY = "partly", _("accepted in part")
        NOTED = "noted", _("noted")
        REFUSED = "refused", _("refused")

    class Channel(models.TextChoices):
        LETTER = "letter", _("by letter")
        LINK = "link", _("by their own link")

    clause = models.ForeignKey(Clause, models.PROTECT, related_name="responses", verbose_name=_("clause"))
    addressee = models.ForeignKey(Addressee, models.PROTECT, related_name="responses", verbose_name=_("addressee"))
    position = models.CharField(_("position"), max_length=10, choices=Position.choices)
    text = models.TextField(_("answer"), validators=[MaxLengthValidator(LONGEST_CLAUSE), validate_plain])
    language = models.CharField(_("language"), max_length=12)
    channel = models.CharField(_("how it came"), max_length=10, choices=Channel.choices)
    answered_on = models.DateField(_("answered on"))
    recorded_at = models.DateTimeField(_("recorded"), editable=False)
    recorded_by = models.ForeignKey("declarations.Seat", models.PROTECT, related_name="+", editable=False)
    # The earlier answer that this one replaces; the earlier one stays, no longer standing.
    replaces = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="replaced_by", editable=False
    )
    is_standing = models.BooleanField(_("stands today"), default=True, editable=False)

    objects = ResponseQuerySet.as_manager()

    class Meta:
        verbose_name = _("response")
        verbose_name_plural = _("responses")
        ordering = ["answered_on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["clause", "addressee"],
                condition=models.Q(is_standing=True),
                name="one_standing_answer",
            )
        ]

    def __str__(self) -> str:
        return f"{self.clause} {self.addressee}: {self.position}"


class CommitmentQuerySet(models.QuerySet["Commitment"]):
    def public(self) -> CommitmentQuerySet:
        return self.filter(clause__in=Clause.objects.public())

    def for_seat(self, seat: Seat) -> CommitmentQuerySet:
        rows = self.filter(clause__section__declaration__forum=seat.forum)
        return rows.filter(addressee=seat.addressee_id) if seat.role == seat.Role.ADDRESSEE else rows

    def open(self) -> CommitmentQuerySet:
        return self.filter(state__in=[Commitment.State.PLANNED, Commitment.State.UNDER_WAY, Commitment.State.LATE])


class Commitment(models.Model):
    FORUM_PATH = "clause__section__declaration__forum"

    class State(models.TextChoices):
        PLANNED = "planned", _("planned")
        UNDER_WAY = "under_way", _("under way")
        DONE = "done", _("done")
        LATE = "late", _("late")
        DROPPED = "dropped", _("dropped")

    MOVES = {
        State.PLANNED: {State.UNDER_WAY, State.DONE, State.LATE, State.DROPPED},
        State.UNDER_WAY: {State.DONE, State.LATE, State.DROPPED},
        State.LATE: {State.UNDER_WAY, State.DONE, State.DROPPED},
        State.DONE: {State.UNDER_WAY},
        State.DROPPED: {State.PLANNED},
    }

    clause = models.ForeignKey(Clause, models.PROTECT, related_name="commitments", verbose_name=_("clause"))
    addressee = models.ForeignKey(Addressee, models.PROTECT, related_name="commitments", verbose_name=_("addressee"))
    text = LabelField(_("what was promised"))
    due_on = models.DateField(_("by when"))
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.PLANNED, editable=False)
    recorded_by = models.ForeignKey("declarations.Seat", models.PROTECT, related_name="+", editable=False)

    objects = CommitmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("commitment")
        verbose_name_plural = _("commitments")
        ordering = ["due_on", "id"]

    def __str__(self) -> str:
        return f"{self.addressee} {self.due_on}"

    def text_in(self, language: str) -> str:
        return in_language(self.text, language)


class Report(models.Model):
    """What came of a commitment, on one day."""

    FORUM_PATH = "commitment__clause__section__declaration__forum"

    commitment = models.ForeignKey(Commitment, models.PROTECT, verbose_name=_("commitment"), related_name="reports")
    reported_on = models.DateField(_("day"))
    text = models.TextField(_("what came of it"), validators=[MaxLengthValidator(LONGEST_CLAUSE), validate_plain])
    language = models.CharField(_("language"), max_length=12)
    state = models.CharField(_("state"), max_length=10, choices=Commitment.State.choices)
    recorded_by = models.ForeignKey("declarations.Seat", models.PROTECT, related_name="+", editable=False)

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        ordering = ["reported_on", "id"]

    def __str__(self) -> str:
        return f"{self.commitment} {self.reported_on}"
