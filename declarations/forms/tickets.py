"""What travels sealed inside a participant's page, because nothing about them is kept on the server (M2, M4)."""

from __future__ import annotations

import json
import time
import uuid
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings

from declarations import sealing
from declarations.models import Forum

TICKET, PASS = "form ticket", "receipt pass"
QUICKEST = 3  # seconds: nobody answers nine questions faster
OLDEST = timedelta(hours=24).total_seconds()
PASS_LASTS = timedelta(minutes=15).total_seconds()


@dataclass(frozen=True)
class Ticket:
    """The identifier and the receipt of a testimony not yet given, and when its page was made (seconds since 1970).

    A facilitator's page names the seat too: what the phone seals, and sends without a cookie, came from that desk (M5).
    """

    id: uuid.UUID
    receipt: str
    made_at: float
    seat: int | None = None

    @classmethod
    def new(cls, made_at: float | None = None, seat: int | None = None) -> Ticket:
        return cls(uuid.uuid4(), sealing.new_receipt(), time.time() if made_at is None else made_at, seat)

    @classmethod
    def renewed(cls, seat: int | None = None) -> Ticket:
        """A ticket for a page that was already filled in: its sender need not wait again."""
        return cls.new(time.time() - QUICKEST, seat)

    @property
    def is_too_young(self) -> bool:
        return time.time() - self.made_at < QUICKEST

    @property
    def is_too_old(self) -> bool:
        return time.time() - self.made_at > OLDEST

    def sealed(self, forum: Forum) -> str:
        data = json.dumps([str(self.id), self.receipt, self.made_at, self.seat])
        return sealing.seal_form_token(_key(TICKET, forum), data.encode())

    @classmethod
    def opened(cls, forum: Forum, text: str) -> Ticket | None:
        """Return the ticket a page carried; None where it is not one of ours, or of another forum."""
        for intake in settings.INTAKE_KEYS:
            try:
                found, receipt, made_at, seat = json.loads(sealing.open_form_token(_key(TICKET, forum, intake), text))
            except sealing.SealBroken:
                continue
            return cls(uuid.UUID(found), receipt, made_at, seat)
        return None


def seal_pass(forum: Forum, receipt: str) -> str:
    """Return a receipt sealed for the forms that follow it, so that its digits are typed once; good for 15 minutes."""
    return sealing.seal_form_token(_key(PASS, forum), json.dumps([receipt, time.time()]).encode())


def open_pass(forum: Forum, text: str) -> str | None:
    """Return the receipt of a pass, or None where it is not ours or has run out."""
    try:
        receipt, made_at = json.loads(sealing.open_form_token(_key(PASS, forum), text))
    except sealing.SealBroken:
        return None
    return receipt if time.time() - made_at <= PASS_LASTS else None


def _key(purpose: str, forum: Forum, intake: bytes | None = None) -> bytes:
    # One key a purpose and a forum: what was sealed for one opens as nothing else.
    return sealing.keyed_hash(intake or settings.INTAKE_KEYS[0], purpose, str(forum.pk))
