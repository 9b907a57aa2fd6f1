"""Phones that send until they are answered, a server that dies under them, and the comparison at the end."""

from __future__ import annotations

import hashlib
import random
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import close_old_connections, connection

from declarations import sealing
from declarations.forms.testimonies import TestimonyForm
from declarations.forms.tickets import Ticket
from declarations.models import Conflict, Forum, Recording, SealedText, Testimony, TestimonyKey
from declarations.workflow import recordings, testimonies
from tests import factories as make
from tests.served import phone
from tests.served.server import Server, url_of

WITH_AUDIO = "audio" in TestimonyForm.base_fields
LETTERS = "abcdefghijklmnopqrstuvwxyzéèàçɛɔɲŋ  \n"
PATIENCE = 120  # seconds in which every phone gets its answer once the server stays up


@dataclass
class Told:
    """What one phone sent, and the receipt that it was answered with."""

    words: str
    receipt: str
    audio: str = ""


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


def prove(chance: random.Random, points: int, phones: int, folder: Path, database: Any = None) -> bool:
    """Kill the server `points` times, let every phone finish, compare; return whether all of it holds."""
    forum = make.a_forum()
    private = make.reading_private(forum)
    server = Server(url_of(connection.settings_dict), log=folder / "log")
    room = Room(forum, server.port)
    holders = [
        threading.Thread(target=tell, args=(room, random.Random(chance.random())), daemon=True) for _ in range(phones)
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
    print(
        f"{connection.vendor}: {points} points, {under_load} of them with phones on the line; {len(room.told)} "
        f"testimonies acknowledged, {room.broken} lines broken, {room.again} sent once more after that"
    )
    faults = [*compared(room, private), *(f"{number} × {what}" for what, number in room.wrong.items())]
    if unanswered:
        faults.append(f"{unanswered} phones were never answered")
    for fault in faults:
        print(f"  FAULT: {fault}")
    print("  stored = acknowledged, none doubled, every hash equal" if not faults else "  it does not hold")
    return not faults


def tell(room: Room, chance: random.Random) -> None:
    """Send one testimony after another, each until it is acknowledged: the very same bytes every time."""
    path = f"/fr/{room.forum.slug}/testimonies/new/"
    while not room.is_over.is_set():
        words = "".join(chance.choices(LETTERS, k=chance.choice([40, 400, 4000]))).strip() or "x"
        audio = sound(chance) if WITH_AUDIO and chance.random() < 0.5 else b""
        fields = phone.answers(room.forum, words, voice="yes" if audio else None)
        ticket = Ticket.opened(room.forum, fields["ticket"])
        assert ticket
        answer = until_answered(room, path, fields, audio)
        if answer is None:
            return
        if chance.random() < 0.2:
            # A second tap, a reload, an answer that was lost: the same receipt again.
            once_more = until_answered(room, path, fields, audio)
            with room.lock:
                room.again += 1
                if once_more is None or once_more.receipt != answer.receipt:
                    room.wrong["another receipt for the same testimony"] += 1
        with room.lock:
            digest = hashlib.sha256(audio).hexdigest() if audio else ""
            room.told[str(ticket.id)] = Told(words, answer.receipt or "", digest)


def until_answered(room: Room, path: str, fields: dict[str, str], audio: bytes) -> phone.Answer | None:
    deadline = time.monotonic() + 4 * PATIENCE
    while time.monotonic() < deadline:
        try:
            answer = phone.send(room.port, path, fields, audio=audio)
        except ConnectionRefusedError:
            time.sleep(0.2)  # nobody is there
            continue
        except OSError:
            with room.lock:
                room.broken += 1
            continue
        if answer.receipt:
            return answer
        with room.lock:
            # The server says that nothing was kept: it may, while its database starts. Anything else is a fault.
            if answer.status != 503:
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
