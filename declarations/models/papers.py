"""What is printed before anybody testifies: folded receipt cards, and numbered paper forms with a stub.

Neither knows a testimony. A card lends its receipt once and forgets it in the same transaction (M3, M4); a form holds
what was typed first, sealed under the code that stands only on its paper, until it was typed a second time (M1).
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from declarations import sealing

from .forums import Forum

if TYPE_CHECKING:
    from .people import Seat


class CardBatchQuerySet(models.QuerySet["CardBatch"]):
    def for_seat(self, seat: Seat) -> CardBatchQuerySet:
        return self.filter(forum=seat.forum)


class CardBatch(models.Model):
    """Cards that were printed together, on their own or as the stubs of paper forms."""

    class Kind(models.TextChoices):
        CARDS = "cards", _("receipt cards")
        FORMS = "forms", _("paper forms")

    forum = models.ForeignKey(Forum, models.PROTECT, related_name="card_batches", verbose_name=_("forum"))
    number = models.PositiveIntegerField(_("number"))
    kind = models.CharField(_("what was printed"), max_length=10, choices=Kind.choices)
    size = models.PositiveSmallIntegerField(_("how many"))
    printed_on = models.DateField(_("printed on"))
    printed_by = models.ForeignKey(
        "declarations.Seat", models.PROTECT, related_name="+", verbose_name=_("printed by"), editable=False
    )
    # The day the whole batch was given up: what was not used of it by then works no more.
    voided_on = models.DateField(_("given up on"), null=True, blank=True, editable=False)

    objects = CardBatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("printed batch")
        verbose_name_plural = _("printed cards and forms")
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["forum", "number"], name="card_batch_number_once")]

    def __str__(self) -> str:
        return str(self.number)


class ReceiptCardQuerySet(models.QuerySet["ReceiptCard"]):
    def for_seat(self, seat: Seat) -> ReceiptCardQuerySet:
        return self.filter(forum=seat.forum)

    def good(self) -> ReceiptCardQuerySet:
        """Cards that may still be handed out: neither used nor given up."""
        return self.exclude(receipt_hash="")


class ReceiptCard(models.Model):
    """A receipt printed beforehand: the serial stands outside, the digits inside and nowhere else (M4)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    forum = models.ForeignKey(Forum, models.PROTECT, related_name="receipt_cards", verbose_name=_("forum"))
    batch = models.ForeignKey(CardBatch, models.PROTECT, related_name="cards", verbose_name=_("printed batch"))
    serial = models.CharField(_("number outside"), max_length=6)
    # HMAC of the digits, until the card is used: then the testimony alone holds it, and the card forgets it (M3).
    receipt_hash = models.CharField(max_length=64, blank=True, editable=False)
    is_used = models.BooleanField(_("used"), default=False, editable=False)
    is_void = models.BooleanField(_("given up"), default=False, editable=False)

    objects = ReceiptCardQuerySet.as_manager()

    class Meta:
        verbose_name = _("receipt card")
        verbose_name_plural = _("receipt cards")
        ordering = ["serial"]
        constraints = [
            models.UniqueConstraint(fields=["forum", "serial"], name="card_serial_once"),
            models.UniqueConstraint(
                fields=["receipt_hash"], condition=~Q(receipt_hash=""), name="a_receipt_is_printed_once"
            ),
            models.CheckConstraint(
                condition=Q(is_used=False, is_void=False) & ~Q(receipt_hash="")
                | Q(is_used=True, is_void=False, receipt_hash="")
                | Q(is_used=False, is_void=True, receipt_hash=""),
                name="a_spent_card_holds_no_receipt",
            ),
        ]

    def __str__(self) -> str:
        return sealing.format_serial(self.serial)


class PaperFormQuerySet(models.QuerySet["PaperForm"]):
    def for_seat(self, seat: Seat) -> PaperFormQuerySet:
        return self.filter(forum=seat.forum)

    def typed_once(self) -> PaperFormQuerySet:
        """Forms that wait for another person to type them a second time."""
        return self.filter(state=PaperForm.State.TYPED)


class PaperForm(models.Model):
    """A numbered form on paper; its number is the serial of its stub, which the speaker keeps."""

    class State(models.TextChoices):
        PRINTED = "printed", _("printed")
        TYPED = "typed", _("typed once")
        ENTERED = "entered", _("entered")
        VOID = "void", _("closed")

    MOVES = {
        State.PRINTED: {State.TYPED, State.VOID},
        State.TYPED: {State.PRINTED, State.ENTERED, State.VOID},
        State.ENTERED: set(),
        State.VOID: set(),
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    forum = models.ForeignKey(Forum, models.PROTECT, related_name="paper_forms", verbose_name=_("forum"))
    card = models.OneToOneField(ReceiptCard, models.PROTECT, related_name="form", verbose_name=_("stub"))
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.PRINTED, editable=False)
    language = models.CharField(_("language"), max_length=12)
    # What was typed first, under a key of its own; and that key, wrapped with the code on the paper. Both go when the
    # form is entered or closed: without the paper nobody opens them, this server neither.
    draft = models.BinaryField(null=True, editable=False)
    wrapped_key = models.BinaryField(null=True, editable=False)
    typed_by = models.ForeignKey(
        "declarations.Seat", models.PROTECT, null=True, related_name="+", verbose_name=_("typed by"), editable=False
    )

    objects = PaperFormQuerySet.as_manager()

    class Meta:
        verbose_name = _("paper form")
        verbose_name_plural = _("paper forms")
        ordering = ["id"]
        indexes = [models.Index(fields=["forum", "state"], name="paper_forms_waiting")]
        constraints = [
            models.CheckConstraint(
                condition=Q(draft=None, wrapped_key=None, typed_by=None)
                | Q(draft__isnull=False, wrapped_key__isnull=False, typed_by__isnull=False)
                & Q(state__in=["printed", "typed"]),
                name="a_draft_goes_when_the_form_is_closed",
            )
        ]

    def __str__(self) -> str:
        return sealing.format_serial(self.card.serial)
