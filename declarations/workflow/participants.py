"""People are registered, get a card with a code, and arrive; their names are sealed before they are stored."""

from __future__ import annotations

import json
import secrets
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from declarations import sealing, tombstones
from declarations.models import Capacity, Forum, ForumKey, Participant, Region, Seat

from .moves import Refused, move, record


def register(
    forum: Forum, *, by: Seat, region: Region, capacity: Capacity, name: str = "", contact: str = "", **fields: Any
) -> tuple[Participant, str]:
    """Register somebody; returns the row and the code for the card, which is shown once and stored hashed."""
    if not forum.pk == region.forum_id == capacity.forum_id:
        raise Refused(_("This region or capacity is of another forum."))
    code, serial = sealing.new_code(), new_serial(forum)
    name_key, sealed_name = seal_name(forum, serial, name, contact)
    participant = Participant(
        forum=forum,
        serial=serial,
        region=region,
        capacity=capacity,
        code_hash=code_hash(forum, code),
        sealed_name=sealed_name,
        name_key=name_key,
        **fields,
    )
    participant.full_clean()
    with transaction.atomic():
        participant.save(force_insert=True)
        record(participant, by=by, verb="register")
        move(participant, Participant.State.REGISTERED, by=by, verb="register")
    return participant, code


def arrive(participant: Participant, *, by: Seat) -> None:
    move(participant, Participant.State.PRESENT, by=by, verb="arrive")


def leave(participant: Participant, *, by: Seat) -> None:
    """Take back an arrival noted by mistake."""
    move(participant, Participant.State.REGISTERED, by=by, verb="leave")


def new_card(participant: Participant, *, by: Seat) -> str:
    """Return a new code for a lost card; the old one stops working."""
    code = sealing.new_code()
    with transaction.atomic():
        lost = Participant.objects.select_for_update().get(pk=participant.pk).code_hash
        Participant.objects.filter(pk=participant.pk).update(code_hash=code_hash(participant.forum, code))
        record(participant, by=by, verb="new_card")
        tombstones.bury(tombstones.Stone.of(tombstones.Kind.CARD, lost))
    return code


def new_serial(forum: Forum) -> str:
    """Return a random six-digit number that no card of the forum carries: it says nothing about who came first."""
    while True:
        serial = f"{secrets.randbelow(900_000) + 100_000}"
        if not forum.participants.filter(serial=serial).exists():
            return serial


def code_hash(forum: Forum, code: str) -> str:
    """Return what is stored of a participant's code; raises ValueError for what cannot be a code."""
    return sealing.keyed_hash(settings.PEPPER, "participant code", str(forum.pk), sealing.normalise_code(code)).hex()


def of_code(forum: Forum, code: str) -> Participant | None:
    """Return whose card carries the code, or None."""
    try:
        wanted = code_hash(forum, code)
    except ValueError:
        return None
    return forum.participants.select_related("region__zone", "capacity__family").filter(code_hash=wanted).first()


def seal_name(forum: Forum, serial: str, name: str, contact: str) -> tuple[ForumKey | None, bytes | None]:
    """Return name and contact sealed to the organisers' key, and the key; None where nothing was given.

    Raises Refused where the forum has no people key yet: a name is never stored in clear.
    """
    if not (name.strip() or contact.strip()):
        return None, None
    key = ForumKey.objects.filter(forum=forum).current(ForumKey.Purpose.PEOPLE).first()
    if key is None:
        raise Refused(_("The key for names is not made yet. Make the keys first, then write names."))
    one = sealing.new_key()
    text = json.dumps({"name": name.strip(), "contact": contact.strip()})
    envelope = sealing.seal_text(text, one, header(forum, serial))
    return key, joined(sealing.seal_to(key.public, one), envelope)


def header(forum: Forum, serial: str) -> sealing.Header:
    """Return where a participant's name opens: in this forum, on the row with this card."""
    return sealing.Header("participant", f"{forum.pk}/{serial}", "name")


def joined(sealed_key: bytes, envelope: bytes) -> bytes:
    return len(sealed_key).to_bytes(2, "big") + sealed_key + envelope


def parted(sealed_name: sealing.Stored) -> tuple[bytes, bytes]:
    """Return the sealed key of a name, and its envelope."""
    sealed = bytes(sealed_name)
    end = 2 + int.from_bytes(sealed[:2], "big")
    return sealed[2:end], sealed[end:]


def open_name(participant: Participant, people_private: bytes) -> dict[str, str]:
    """Return name and contact for a holder of the people key; empty where none was given."""
    if not participant.sealed_name:
        return {}
    sealed_key, envelope = parted(participant.sealed_name)
    one = sealing.open_from(people_private, sealed_key)
    opened: dict[str, str] = json.loads(sealing.open_text(envelope, one, header(participant.forum, participant.serial)))
    return opened


def passing_seat(forum: Forum) -> Seat:
    """Return the seat of somebody with a card: never stored, gone with the request."""
    return Seat(forum=forum, role=Seat.Role.PARTICIPANT, name="")


def public_seat(forum: Forum) -> Seat:
    """Return the seat of anybody."""
    return Seat(forum=forum, role=Seat.Role.PUBLIC, name="")
