"""Parcels: what a phone sends of a testimony, two layers deep, and how its arrival is acknowledged (M2, M5).

The outer layer opens when it arrives (consent, description, what is checked); the parts in it stay sealed to readers.
"""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

from .envelopes import Header, SealBroken, Stored, after, new_key, open_sealed, prefixed, seal
from .keys import open_from, seal_to

PARCEL = b"\x05"
MOST_PARTS, LONGEST_NAME = 256, 100
SEALED_KEY_SIZE = 32 + 48  # a key in libsodium's sealed box: the sender's passing public half, the tag, the key


@dataclass(frozen=True)
class Parcel:
    """The answers of the outer layer, as bytes of JSON, and the parts that stay sealed, by name."""

    answers: bytes = field(repr=False)
    parts: Mapping[str, bytes] = field(repr=False, default_factory=dict)


def seal_parcel(intake_public: Stored, forum: str, parcel: Parcel) -> bytes:
    """Return the parcel sealed to the server's intake key, for one forum; a phone writes the same bytes."""
    one = new_key()
    parts = b"".join(prefixed(name) + prefixed(part) for name, part in parcel.parts.items())
    return PARCEL + seal_to(intake_public, one) + seal(prefixed(parcel.answers) + parts, one, _header(forum))


def open_parcel(intake_private: Stored, forum: str, sealed: Stored) -> Parcel:
    """Return what arrived; raise SealBroken for what is no parcel of this forum, or was sealed to another key."""
    sealed = after(PARCEL, sealed)
    one = open_from(intake_private, sealed[:SEALED_KEY_SIZE])
    try:
        content = open_sealed(sealed[SEALED_KEY_SIZE:], one, _header(forum))
    except ValueError:  # the key in it has not 32 bytes
        raise SealBroken from None
    answers, *named = _pieces(content)
    parts: dict[str, bytes] = {}
    for name, part in zip(named[::2], named[1::2], strict=True):
        if len(name) > LONGEST_NAME or not name.isascii() or name.decode() in parts:
            raise SealBroken
        parts[name.decode()] = part
    return Parcel(answers, parts)


def _pieces(content: bytes) -> list[bytes]:
    """Return the answers, and name and part in turn; each is copied once, and too many are not counted to their end."""
    pieces: list[bytes] = []
    at = 0
    while at < len(content):
        start = at + 4
        at = start + int.from_bytes(content[at:start], "big")
        if at > len(content) or len(pieces) > 2 * MOST_PARTS:
            raise SealBroken
        pieces.append(content[start:at])
    if len(pieces) % 2 == 0:
        raise SealBroken
    return pieces


def acknowledgement(key: bytes, said: str) -> str:
    """Return the proof, in hex, that whoever opened the parcel says this of it.

    Keyed BLAKE2b under a key that stands in this one parcel alone: no other answer, old page or network can make it.
    """
    return hashlib.blake2b(prefixed("acknowledged") + prefixed(said), key=key, digest_size=32).hexdigest()


def new_acknowledgement_key() -> bytes:
    """Return 32 random bytes for the proof of one parcel's arrival."""
    return secrets.token_bytes(32)


def _header(forum: str) -> Header:
    return Header("parcel", forum, "outer")
