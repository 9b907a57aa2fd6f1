"""What stands beside words that a phone sealed: the same questions, checked by the same forms (M5)."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.datastructures import MultiValueDict

from declarations import sealing
from declarations.models import Forum, Seat
from declarations.workflow import cards, describing
from declarations.workflow.describing import Description
from declarations.workflow.outbox import Told, descriptions_of_all

from .choices import mark_of
from .taking import TakenForm
from .testimonies import TestimonyForm
from .tickets import Ticket

# Asked on the phone and sealed there; what of them is kept in the open comes as the description that was agreed.
SEALED_ON_THE_PHONE = ("words", "name", "region", "capacity", "precision", "audio", "heard")


class Malformed(Exception):
    """The outer layer opened and is not what our page writes."""


@dataclass(frozen=True)
class Outer:
    """The outer layer of a parcel, opened on arrival."""

    id: uuid.UUID
    receipt: str
    ticket: str
    page: str  # the language in which the consent was read
    reading: int
    lent: bytes = field(repr=False)
    answers: dict[str, str] = field(repr=False)


def acknowledgement_key(answers: bytes) -> bytes:
    """Return the key under which the sender awaits our answer; raises Malformed."""
    return _bytes_32(_as_dict(answers), "acknowledge")


def opened(answers: bytes) -> Outer:
    """Return the outer layer, each part of the kind it must be; raises Malformed."""
    found = _as_dict(answers)
    typed, reading, page = found.get("answers"), found.get("reading"), found.get("page")
    try:
        one = uuid.UUID(str(found.get("id")))
        receipt = sealing.normalise_receipt(str(found.get("receipt")))
    except ValueError:
        raise Malformed from None
    if str(one) != found.get("id") or page not in dict(settings.LANGUAGES) or type(reading) is not int:
        raise Malformed
    if not isinstance(typed, dict) or not all(isinstance(value, str) for value in typed.values()):
        raise Malformed
    if not 0 < reading < 1 << 15:
        raise Malformed
    return Outer(one, receipt, str(found.get("ticket")), page, reading, _bytes_32(found, "lent"), typed)


def _as_dict(answers: bytes) -> dict[str, Any]:
    try:
        found = json.loads(answers)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise Malformed
    return found


def _bytes_32(found: dict[str, Any], name: str) -> bytes:
    try:
        value = bytes.fromhex(str(found.get(name)))
    except ValueError:
        raise Malformed from None
    if len(value) != sealing.KEY_SIZE:
        raise Malformed
    return value


class _Beside(TestimonyForm):
    """The form less what the phone sealed; a card that nobody has is no reason to lose words that cannot come again."""

    def __init__(self, forum: Forum, data: Any = None, *, by: Seat | None = None) -> None:
        super().__init__(forum, data, by=by)
        for name in SEALED_ON_THE_PHONE:
            self.fields.pop(name, None)

    def clean_code(self) -> str:
        try:
            return super().clean_code()
        except ValidationError:
            # Not told either way: an answer would let somebody guess codes where nobody counts.
            return ""

    def clean(self) -> dict[str, Any]:
        if self.refusal or self.cleaned_data.get("website"):
            raise ValidationError("")
        return self.cleaned_data

    @property
    def description(self) -> Description:
        """The description that was shown and agreed on the phone, if it is still safe; else the coarsest (M7)."""
        agreed = self.data.get("seen", "")
        if self.participant:
            safe = describing.descriptions(self.forum, self.participant.region, self.participant.capacity)
        else:
            safe = descriptions_of_all(self.forum)
        return next((one for one in safe if mark_of(one) == agreed), Description())


class OwnBeside(_Beside):
    pass


class TakenBeside(_Beside, TakenForm):
    def clean_serial(self) -> str:
        """Look for the receipt card; one that cannot be used any more is no reason to lose words either."""
        typed: str = self.cleaned_data["serial"]
        try:
            card = cards.of_serial(self.forum, typed) if typed.strip() else None
        except ValueError:
            card = None
        self.card = card if card and not card.is_void and not card.is_used else None
        return typed


@dataclass(frozen=True)
class Arrived:
    """The form of a page that came sealed, with when that page was handed out, and to which desk."""

    form: OwnBeside | TakenBeside
    made_at: datetime
    seat: Seat | None

    @property
    def refusal(self) -> str:
        """Why a desk without a network kept nothing of somebody; empty where it kept something.

        Only a desk says so later: on one's own phone the answer waits on the page, and is sent by the page itself.
        """
        return self.form.refusal if self.seat else ""


def arrived(forum: Forum, outer: Outer) -> Arrived:
    """Return the form of what arrived; raises Malformed for a page that is not one of ours."""
    ticket = Ticket.opened(forum, outer.ticket)
    if ticket is None:
        raise Malformed
    seat = None
    if ticket.seat is not None:
        seat = Seat.objects.filter(forum=forum, pk=ticket.seat, role=Seat.Role.FACILITATOR).first()
        if seat is None:
            raise Malformed
    data = MultiValueDict({name: [value] for name, value in outer.answers.items()})
    form = TakenBeside(forum, data, by=seat) if seat else OwnBeside(forum, data)
    return Arrived(form, datetime.fromtimestamp(ticket.made_at, UTC), seat)


def told(forum: Forum, outer: Outer, came: Arrived) -> Told:
    """Return what arrived as the workflow keeps it; raises Malformed for what our page would not have sent."""
    form, seat = came.form, came.seat
    if not form.is_valid():
        raise Malformed
    return Told(
        forum=forum,
        id=outer.id,
        receipt=outer.receipt,
        language=form.cleaned_data["language"],
        written=form.cleaned_data.get("written", ""),
        taken_as=form.taken_as,
        consent=form.consent(),
        description=form.description,
        reading=outer.reading,
        lent=outer.lent,
        made_at=came.made_at,
        seat=seat,
        participant=form.participant,
        card=getattr(form, "card", None),
    )
