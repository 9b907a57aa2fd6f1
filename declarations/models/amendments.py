"""Another wording for one clause, with its reason."""

from __future__ import annotations

from textwrap import shorten
from typing import TYPE_CHECKING

from django.core.validators import MaxLengthValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from .declarations import Clause
from .groups import Group
from .texts import LONGEST_CLAUSE, validate_plain

if TYPE_CHECKING:
    from .people import Seat


class AmendmentQuerySet(models.QuerySet["Amendment"]):
    def public(self) -> AmendmentQuerySet:
        """What was proposed stays in sight with what became of it, once the declaration is published."""
        return self.filter(clause__in=Clause.objects.public()).exclude(state=Amendment.State.WITHDRAWN)

    def for_seat(self, seat: Seat) -> AmendmentQuerySet:
        rows = self.filter(clause__section__declaration__forum=seat.forum)
        return rows.filter(group=seat.group_id) if seat.role == seat.Role.RAPPORTEUR else rows

    def open(self) -> AmendmentQuerySet:
        return self.filter(state=Amendment.State.PROPOSED)


class Amendment(models.Model):
    FORUM_PATH = "clause__section__declaration__forum"

    class State(models.TextChoices):
        PROPOSED = "proposed", _("proposed")
        ACCEPTED = "accepted", _("accepted")
        MERGED = "merged", _("merged")
        REJECTED = "rejected", _("not kept")
        WITHDRAWN = "withdrawn", _("withdrawn")

    MOVES = {
        State.PROPOSED: {State.ACCEPTED, State.MERGED, State.REJECTED, State.WITHDRAWN},
        State.ACCEPTED: set(),
        State.MERGED: set(),
        State.REJECTED: {State.PROPOSED},
        State.WITHDRAWN: set(),
    }

    clause = models.ForeignKey(Clause, models.PROTECT, related_name="amendments", verbose_name=_("clause"))
    language = models.CharField(_("language"), max_length=12)
    text = models.TextField(_("text"), validators=[MaxLengthValidator(LONGEST_CLAUSE), validate_plain])
    reason = models.TextField(_("reason"), validators=[MaxLengthValidator(LONGEST_CLAUSE), validate_plain])
    group = models.ForeignKey(
        Group, models.PROTECT, verbose_name=_("group"), null=True, blank=True, related_name="amendments"
    )
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.PROPOSED, editable=False)
    decision_reason = models.TextField(_("reason of the decision"), blank=True, validators=[validate_plain])
    # Null where a participant proposed it with a card: the act leaves no name.
    proposed_by = models.ForeignKey("declarations.Seat", models.PROTECT, null=True, related_name="+", editable=False)
    proposed_on = models.DateField(_("proposed on"), editable=False)

    objects = AmendmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("amendment")
        verbose_name_plural = _("amendments")
        ordering = ["clause__section__order", "clause__order", "id"]

    def __str__(self) -> str:
        return shorten(self.text, 80, placeholder=" …")
