"""Phones that send until they are answered, a server that dies under them, and the comparison at the end."""

from __future__ import annotations

import hashlib
import json
import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import close_old_connections, connection

from declarations import sealing
from declarations.forms.testimonies import TestimonyForm
from declarations.forms.tickets import Ticket
from declarations.models import Conflict, Forum, ForumKey, Recording, SealedText, Seat, Testimony, TestimonyKey
from declarations.workflow import cards, recordings, testimonies
from declarations.workflow.cards import Blank
from tests import factories as make
from tests.sealed import Phone, reading_key
from tests.served import phone
from tests.served.server import Server, url_of

LETTERS = "abcdefghijklmnopqrstuvwxyzéèàçɛɔɲŋ  \n"
PATIENCE = 120  # seconds in which every phone gets its answer once the server stays up
CARDS = 400  # receipt cards for those who sit at a facilitator's desk; when they are used up, the phone makes a receipt
# Nothing was kept, and the same may be sent again: the storage fails, or very many come without a card.
AGAIN = (503, 429)
WAYS = ("page", "parcel", "parcel with a receipt card")


@dataclass
class Told:
    """What one phone sent, and the receipt that it was answered with."""

    words: str
    receipt: str
    audio: str = ""
    way: str = "page"


@dataclass
class Room:
    """All that the phones were told, and what went wrong on the way."""

    forum: Forum
    port: int
    told: dict[str, Told] = field(default_factory=dict)
    broken: int = 0
    again: int = 0
    wrong: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)
    is_over: threading.Event = field(default_factory=threading.Event)
    # What phones that seal were given while there was a network.
    key: ForumKey | None = None
    desk: Seat | None = None
    cards: list[Blank] = field(default_factory=list)


def prove(chance: random.Random, points: int, phones: int, folder: Path, database: Any = None) -> bool:
    """Kill the server `points` times, let every phone finish, compare; return whether all of it holds."""
    assert "audio" in TestimonyForm.base_fields, "no voice is sent, so nothing is proved of any"
    forum = make.a_forum()
    private = make.reading_private(forum)
    server = Server(url_of(connection.settings_dict), log=folder / "log")
    room = Room(forum, server.port, key=reading_key(forum), desk=make.a_seat(forum, Seat.Role.FACILITATOR, user=False))
    room.cards = cards.drawn(forum, CARDS)
    cards.print_batch(forum, by=make.organiser_of(forum), blanks=room.cards)
    holders = [
        # Every third seals what it sends.
        threading.Thread(
            target=tell if n % 3 else tell_sealed, args=(room, random.Random(chance.random())), daemon=True
        )
        for n in range(phones)
    ]
    under_load = 0
    server.start()
    for holder in holders:
        holder.start()
    for point in range(points):
        time.sleep(chance.uniform(0.02, 0.8))
        if database and point % 10 == 9:
            # The database dies first, in the middle of what it was asked, and comes back under the living server.
            connection.close()
            database.crash()
            time.sleep(chance.uniform(0, 0.3))
            database.run()
        before = room.broken
        server.kill()
        server.start()  # long enough for every phone whose line broke to have seen it
        under_load += room.broken > before
        if (point + 1) % 20 == 0:
            print(f"  {point + 1} points, {len(room.told)} acknowledged", flush=True)
    room.is_over.set()
    for holder in holders:
        holder.join(PATIENCE)
    unanswered = sum(holder.is_alive() for holder in holders)
    server.kill()
    close_old_connections()
    ways = Counter(told.way for told in room.told.values())
    print(
        f"{connection.vendor}: {points} points, {under_load} of them with phones on the line; {len(room.told)} "
        f"testimonies acknowledged ({', '.join(f'{ways[way]} by {way}' for way in WAYS)}; "
        f"{sum(bool(told.audio) for told in room.told.values())} with a voice), {room.broken} lines broken, "
        f"{room.again} sent once more after that"
    )
    faults = [*compared(room, private), *unproved(room, points, under_load)]
    faults += [f"{number} × {what}" for what, number in room.wrong.items()]
    if unanswered:
        faults.append(f"{unanswered} phones were never answered")
    for fault in faults:
        print(f"  FAULT: {fault}")
    print("  stored = acknowledged, none doubled, every hash equal" if not faults else "  it does not hold")
    return not faults


def unproved(room: Room, points: int, under_load: int) -> list[str]:
    """Return what was never put to the proof, however well the rest compares."""
    faults = []
    if under_load < points / 2:
        faults.append(f"only {under_load} of {points} deaths met a phone on the line")
    if not room.told:
        faults.append("nothing was acknowledged")
    for way in WAYS:
        told = [one for one in room.told.values() if one.way == way]
        if not told:
            faults.append(f"nothing was acknowledged by {way}")
        if not any(one.audio for one in told):
            faults.append(f"no voice was acknowledged by {way}")
    return faults


def tell(room: Room, chance: random.Random) -> None:
    """Send one testimony after another, each until it is acknowledged: the very same bytes every time."""
    path = f"/fr/{room.forum.slug}/testimonies/new/"
    while not room.is_over.is_set():
        words, audio = said(chance)
        fields = phone.answers(room.forum, words, voice="yes" if audio else None)
        ticket = Ticket.opened(room.forum, fields["ticket"])
        assert ticket

        def send(fields: dict[str, str] = fields, audio: bytes = audio) -> phone.Answer:
            return phone.send(room.port, path, fields, audio=audio)

        receipt = acknowledged(room, chance, send, lambda answer: answer.receipt)
        if receipt is None:
            return
        with room.lock:
            room.told[str(ticket.id)] = Told(words, receipt, digest(audio))


def tell_sealed(room: Room, chance: random.Random) -> None:
    """The same for a phone that seals: believed is what proves that it opened the parcel, and says that it is kept."""
    path = f"/fr/{room.forum.slug}/testimonies/outbox/"
    assert room.desk
    while not room.is_over.is_set():
        words, audio = said(chance)
        words = testimonies.checked_words(words)  # as the page does, before it seals
        with room.lock:
            card = room.cards.pop() if room.cards and chance.random() < 0.5 else None
        given: dict[str, Any] = {"typed": {"voice": "yes"} if audio else {}}
        if card:
            given["ticket"] = Ticket.new(time.time() - 60, room.desk.pk).sealed(room.forum)
            given["typed"] |= {"read_aloud": "yes", "interpreted": "no", "serial": card.serial}
        one = Phone(room.forum, words=words, voice=audio or None, forum_key=room.key, **given)
        parcel = one.parcel()

        def send(parcel: bytes = parcel) -> phone.Answer:
            return phone.send_sealed(room.port, path, parcel)

        if acknowledged(room, chance, send, lambda answer, one=one: proved(one, answer)) is None:
            return
        with room.lock:
            receipt, way = (card.receipt, WAYS[2]) if card else (one.receipt, WAYS[1])
            room.told[one.id] = Told(words, receipt, digest(audio), way)


def said(chance: random.Random) -> tuple[str, bytes]:
    """Words, and every other time a voice."""
    words = "".join(chance.choices(LETTERS, k=chance.choice([40, 400, 4000]))).strip() or "x"
    return words, sound(chance) if chance.random() < 0.5 else b""


def digest(audio: bytes) -> str:
    return hashlib.sha256(audio).hexdigest() if audio else ""


def proved(one: Phone, answer: phone.Answer) -> str | None:
    """Return "kept" where the server proves that it was; no other answer lets a phone forget."""
    found = json.loads(answer.page) if answer.status == 200 else {}
    return "kept" if found.get("said") == "kept" and one.is_proved(found) else None


def acknowledged(
    room: Room,
    chance: random.Random,
    send: Callable[[], phone.Answer],
    heard: Callable[[phone.Answer], str | None],
) -> str | None:
    """Send until it is acknowledged, sometimes once more; returns what acknowledged it, None where that failed."""
    first = until_answered(room, send, heard)
    if first is not None and chance.random() < 0.2:
        # A second tap, a reload, an answer that was lost: the same receipt again.
        once_more = until_answered(room, send, heard)
        with room.lock:
            room.again += 1
            if once_more != first:
                room.wrong["another receipt for the same testimony"] += 1
    return first


def until_answered(
    room: Room, send: Callable[[], phone.Answer], heard: Callable[[phone.Answer], str | None]
) -> str | None:
    deadline = time.monotonic() + 4 * PATIENCE
    while time.monotonic() < deadline:
        try:
            answer = send()
        except ConnectionRefusedError:
            time.sleep(0.2)  # nobody is there
            continue
        except OSError:
            with room.lock:
                room.broken += 1
            continue
        if found := heard(answer):
            return found
        with room.lock:
            # The server says that nothing was kept: it may, while its database starts. Anything else is a fault.
            if answer.status not in AGAIN:
                room.wrong[f"answer {answer.status} without a receipt"] += 1
                return None
        time.sleep(0.1)
    return None


def sound(chance: random.Random) -> bytes:
    """A WAV file of noise, as long as a word or as a minute."""
    noise = chance.randbytes(chance.choice([8_000, 80_000, 300_000]))
    rate, size = 8_000, len(noise)
    form = b"fmt " + (16).to_bytes(4, "little") + b"\1\0\1\0" + rate.to_bytes(4, "little") * 2 + b"\1\0\x08\0"
    return b"RIFF" + (36 + size).to_bytes(4, "little") + b"WAVE" + form + b"data" + size.to_bytes(4, "little") + noise


def compared(room: Room, private: bytes) -> list[str]:
    """Return what is not as it was acknowledged: each testimony opened and laid beside what its phone sent."""
    faults = []
    stored = {str(row.pk): row for row in Testimony.objects.all()}
    if lost := room.told.keys() - stored.keys():
        faults.append(f"{len(lost)} acknowledged and not stored")
    if surplus := stored.keys() - room.told.keys():
        faults.append(f"{len(surplus)} stored and never acknowledged, though every phone finished")
    for pk in room.told.keys() & stored.keys():
        told, row = room.told[pk], stored[pk]
        if testimonies.opened(row, private).words != testimonies.checked_words(told.words):
            faults.append(f"{pk}: other words")
        if testimonies.receipt_hash(told.receipt) != row.receipt_hash:
            faults.append(f"{pk}: another receipt")
        if told.audio and digest_of_audio(row, private) != told.audio:
            faults.append(f"{pk}: other audio")
    counts = Counter(told.words for told in room.told.values())
    if any(number > 1 for number in counts.values()):
        faults.append("the words of two phones are the same: the proof itself is wrong")
    for model, wanted in (
        (TestimonyKey, len(stored)),
        (SealedText, 2 * len(stored)),
        (Recording, sum(bool(told.audio) for told in room.told.values())),
        (Conflict, 0),
    ):
        if model.objects.count() != wanted:
            faults.append(f"{model.__name__}: {model.objects.count()} rows instead of {wanted}")
    return faults


def digest_of_audio(row: Testimony, private: bytes) -> str:
    one = sealing.open_from(private, TestimonyKey.objects.get(testimony=row).sealed)
    audio = recordings.opened(row, one, Recording.Kind.ORIGINAL)
    return hashlib.sha256(audio or b"").hexdigest()
