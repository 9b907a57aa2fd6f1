"""Receipt cards are drawn, printed, given up, and lend their receipt once (M4).

The digits of a card exist in memory while its sheet is set, and on the paper; what is stored is their keyed hash.
"""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.conf import settings
from django.db import transaction
from django.db.models import Case, F, Max, Q, QuerySet, Value, When
from django.utils.translation import gettext_lazy as _

from declarations import sealing
from declarations.models import CardBatch, Forum, PaperForm, ReceiptCard, Seat

from .moves import Refused, locked, move, record

MOST = 400  # cards of one batch: fifty sheets, a minute's work to fold twice over


class CardSpent(Exception):
    """The card was used by another testimony, or given up, a moment ago."""


@dataclass(frozen=True)
class Blank:
    """One card that is about to be printed; `code` is for the sheet of a paper form, which has one."""

    serial: str
    receipt: str = field(repr=False)
    code: str = field(default="", repr=False)


def receipt_hash(receipt: str) -> str:
    """Return what is stored of a receipt; raises ValueError for what cannot be one."""
    return sealing.keyed_hash(settings.PEPPER, "receipt", sealing.normalise_receipt(receipt)).hex()


def drawn(forum: Forum, size: int, *, kind: str = CardBatch.Kind.CARDS) -> list[Blank]:
    """Draw as many cards as are to be printed, with serials that no card of the forum has; nothing is stored yet."""
    if not 1 <= size <= MOST:
        raise Refused(_("Between 1 and %(most)d can be printed at a time.") % {"most": MOST})
    taken = set(ReceiptCard.objects.filter(forum=forum).values_list("serial", flat=True))
    serials: set[str] = set()
    while len(serials) < size:
        serials |= {sealing.new_serial()} - taken
    with_code = kind == CardBatch.Kind.FORMS
    blanks = [
        Blank(serial, sealing.new_receipt(), sealing.new_code() if with_code else "") for serial in sorted(serials)
    ]
    # In no order: a sheet of neighbouring numbers would say which cards were handed out together.
    secrets.SystemRandom().shuffle(blanks)
    return blanks


def print_batch(
    forum: Forum, *, by: Seat, blanks: Iterable[Blank], kind: str = CardBatch.Kind.CARDS, language: str = ""
) -> CardBatch:
    """Store a batch whose sheets are made already, and a paper form for each stub where it is a batch of forms."""
    rows = [ReceiptCard(forum=forum, serial=blank.serial, receipt_hash=receipt_hash(blank.receipt)) for blank in blanks]
    with transaction.atomic():
        Forum.objects.select_for_update().only("pk").get(pk=forum.pk)
        last = CardBatch.objects.filter(forum=forum).aggregate(last=Max("number"))["last"] or 0
        batch = CardBatch.objects.create(
            forum=forum, number=last + 1, kind=kind, size=len(rows), printed_on=forum.today(), printed_by=by
        )
        for row in rows:
            row.batch = batch
        # By the random key: the order of the rows is not that of the sheets.
        ReceiptCard.objects.bulk_create(sorted(rows, key=lambda row: row.pk))
        if kind == CardBatch.Kind.FORMS:
            forms = [PaperForm(forum=forum, card=row, language=language) for row in rows]
            PaperForm.objects.bulk_create(sorted(forms, key=lambda form: form.pk))
        record(batch, by=by, verb="print_cards")
    return batch


def of_serial(forum: Forum, serial: str) -> ReceiptCard | None:
    """Return the card with this number outside, or None; raises ValueError for what cannot be a serial.

    The stub of a paper form is no card of its own.
    """
    return ReceiptCard.objects.filter(
        forum=forum, serial=sealing.normalise_serial(serial), batch__kind=CardBatch.Kind.CARDS
    ).first()


def lent(card: ReceiptCard) -> str:
    """Return what is stored of the receipt that the card lends; raises CardSpent."""
    found = ReceiptCard.objects.filter(pk=card.pk).values_list("receipt_hash", flat=True).first()
    if not found:
        raise CardSpent
    return found


def take(card: ReceiptCard) -> None:
    """Forget the receipt on a card whose testimony is being kept; raises CardSpent.

    Belongs inside the transaction that keeps the testimony, so that both happen or neither. Every row of the batch is
    written at once: PostgreSQL keeps with each row the number of the transaction that wrote it last, and a card written
    alone would carry that of its testimony (M3).
    """
    with transaction.atomic():
        CardBatch.objects.select_for_update().only("pk").get(pk=card.batch_id)
        if not locked(card).receipt_hash:
            raise CardSpent
        _spend(ReceiptCard.objects.filter(batch=card.batch_id), Q(pk=card.pk), "is_used")
    card.receipt_hash, card.is_used = "", True


def give_up(stub: ReceiptCard) -> None:
    """Let the stub of a form that is closed work no more; inside the transaction that closes it."""
    with transaction.atomic():
        CardBatch.objects.select_for_update().only("pk").get(pk=stub.batch_id)
        _spend(ReceiptCard.objects.filter(batch=stub.batch_id), Q(pk=stub.pk), "is_void")


def _spend(rows: QuerySet[ReceiptCard], which: Q, how: str) -> None:
    rows.update(
        **{
            "receipt_hash": Case(When(which, then=Value("")), default=F("receipt_hash")),
            how: Case(When(which, then=Value(True)), default=F(how)),
        }
    )


def void(batch: CardBatch, *, by: Seat, reason: str, serials: Iterable[str] = ()) -> None:
    """Give up the cards with these serials, or the whole batch: what is not used yet works no more.

    Nobody is told which of them had been used: their receipts stay good. Paper forms are closed with their stubs, and
    what was typed of them is destroyed. Raises Refused for a serial that is not of the batch.
    """
    if not reason.strip():
        raise Refused(_("Say why they are given up."))
    wanted = set(serials)
    with transaction.atomic():
        CardBatch.objects.select_for_update().only("pk").get(pk=batch.pk)
        rows = ReceiptCard.objects.filter(batch=batch)
        found = set(rows.filter(serial__in=wanted).values_list("serial", flat=True))
        if missing := wanted - found:
            numbers = ", ".join(sealing.format_serial(serial) for serial in sorted(missing))
            raise Refused(_("Not of this batch: %(numbers)s.") % {"numbers": numbers})
        good = rows.good().filter(serial__in=wanted) if wanted else rows.good()
        lost = list(good.values_list("pk", flat=True))
        _close_forms(lost, by=by)
        _spend(rows, Q(pk__in=lost), "is_void")
        if not wanted:
            CardBatch.objects.filter(pk=batch.pk).update(voided_on=batch.forum.today())
        record(batch, by=by, verb="void_cards", reason=reason)
    batch.refresh_from_db()


def _close_forms(stubs: list[uuid.UUID], *, by: Seat) -> None:
    for form in PaperForm.objects.filter(card__in=stubs).select_related("forum"):
        move(form, PaperForm.State.VOID, by=by, verb="close_paper", draft=None, wrapped_key=None, typed_by=None)
