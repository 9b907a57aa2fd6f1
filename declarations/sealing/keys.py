"""Key pairs, passphrases and halves: who can open what, and with whom together (M1)."""

import hmac
import struct
import unicodedata
from dataclasses import dataclass, field

import nacl.utils
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox
from nacl.pwhash import argon2id
from nacl.secret import SecretBox

from .envelopes import (
    KEY_SIZE,
    NONCE_SIZE,
    SESSION,
    WRAPPED,
    Header,
    SealBroken,
    Stored,
    after,
    box,
    new_key,
    prefixed,
    unbox,
)


class WrongPassphrase(Exception):
    """The passphrase or recovery code does not open this key."""


class CostTooLow(Exception):
    """A key would be wrapped more cheaply than this installation allows."""


@dataclass(frozen=True)
class KeyPair:
    """An X25519 pair, 32 bytes each; the private half stays out of `repr` and so out of logs."""

    private: bytes = field(repr=False)
    public: bytes


def new_pair() -> KeyPair:
    """Return a new random key pair."""
    private = PrivateKey.generate()
    return KeyPair(bytes(private), bytes(private.public_key))


def public_of(private: Stored) -> bytes:
    """Return the public half; compare it after `join` or `unwrap` to know that the right key was put together."""
    return bytes(PrivateKey(bytes(private)).public_key)


def seal_to(public: Stored, data: bytes) -> bytes:
    """Return `data`, meant to be a key, sealed so that only the private half opens it; 48 bytes longer, not padded."""
    return bytes(SealedBox(PublicKey(bytes(public))).encrypt(data))


def open_from(private: Stored, sealed: Stored) -> bytes:
    """Return what was sealed to this key's public half, or raise SealBroken."""
    try:
        return SealedBox(PrivateKey(bytes(private))).decrypt(bytes(sealed))
    except CryptoError:
        raise SealBroken from None


@dataclass(frozen=True)
class Cost:
    """What one guess costs in Argon2id: passes, and bytes of memory."""

    opslimit: int
    memlimit: int

    def reaches(self, floor: "Cost") -> bool:
        """Tell whether neither passes nor memory are below `floor`."""
        return self.opslimit >= floor.opslimit and self.memlimit >= floor.memlimit


CHEAP = Cost(1, 1 << 20)  # tests and loopback
STRONG = Cost(4, 128 << 20)  # a quarter of a second on one core
CEILING = Cost(64, 1 << 30)  # a planted row must not be able to exhaust the server

_COST = struct.Struct(">II")


def wrap(secret: bytes, passphrase: str, cost: Cost, floor: Cost | None = None) -> bytes:
    """Return `secret` locked with a passphrase, its cost and salt beside it; raise CostTooLow below `floor`."""
    if floor and not cost.reaches(floor):
        raise CostTooLow
    if not CEILING.reaches(cost):
        raise ValueError("This cost is higher than what `unwrap` accepts.")
    salt = nacl.utils.random(argon2id.SALTBYTES)
    boxed = box(WRAPPED, _stretched(passphrase, salt, cost), secret)
    return WRAPPED + _COST.pack(cost.opslimit, cost.memlimit) + salt + boxed


def unwrap(wrapped: Stored, passphrase: str) -> bytes:
    """Return the secret; raise WrongPassphrase if it does not open, SealBroken if this is no wrapped secret."""
    cost = cost_of(wrapped)
    rest = after(WRAPPED, wrapped)[_COST.size :]
    salt, boxed = rest[: argon2id.SALTBYTES], rest[argon2id.SALTBYTES :]
    try:
        return unbox(WRAPPED, _stretched(passphrase, salt, cost), boxed)
    except (SealBroken, ValueError):
        pass  # ValueError: empty, or no text; it may hold the passphrase, so it must not become a context
    raise WrongPassphrase


def cost_of(wrapped: Stored) -> Cost:
    """Return the cost a secret was wrapped with; raise SealBroken if this is no wrapped secret."""
    stored = after(WRAPPED, wrapped)
    if len(stored) < _COST.size + argon2id.SALTBYTES + NONCE_SIZE + SecretBox.MACBYTES:
        raise SealBroken
    cost = Cost(*_COST.unpack_from(stored))
    if not CEILING.reaches(cost) or not cost.reaches(Cost(argon2id.OPSLIMIT_MIN, argon2id.MEMLIMIT_MIN)):
        raise SealBroken
    return cost


def _stretched(passphrase: str, salt: bytes, cost: Cost) -> bytes:
    # NFKC: the same words typed on a phone and on a laptop are the same passphrase.
    words = unicodedata.normalize("NFKC", passphrase).strip().encode()
    if not words:
        raise ValueError("An empty passphrase protects nothing.")
    return argon2id.kdf(KEY_SIZE, words, salt, opslimit=cost.opslimit, memlimit=cost.memlimit)


def split(secret: bytes) -> tuple[bytes, bytes]:
    """Return two halves of the secret's length; one alone is random and tells nothing."""
    half = nacl.utils.random(len(secret))
    return half, _xor(half, secret)


def join(half_a: Stored, half_b: Stored) -> bytes:
    """Return what was split; halves of two different secrets join to noise, so check the result with `public_of`."""
    return _xor(bytes(half_a), bytes(half_b))


def _xor(a: bytes, b: bytes) -> bytes:
    return bytes(x ^ y for x, y in zip(a, b, strict=True))


def seal_share(public: Stored, share: bytes, header: Header) -> bytes:
    """Return a share of a key sealed to a public half, bound to one place as an envelope is."""
    return seal_to(public, prefixed(header.as_bytes()) + share)


def open_share(private: Stored, sealed: Stored, header: Header) -> bytes:
    """Return the share; raise SealBroken if it was changed, moved or sealed to another key."""
    opened, place = open_from(private, sealed), prefixed(header.as_bytes())
    if len(opened) != len(place) + KEY_SIZE or not hmac.compare_digest(opened[: len(place)], place):
        raise SealBroken
    return opened[len(place) :]


def lock_for_session(private: bytes) -> tuple[bytes, bytes]:
    """Return (cookie_key, locked): the key goes into the cookie only, the locked bytes into the session row only."""
    cookie_key = new_key()
    return cookie_key, SESSION + box(SESSION, cookie_key, private)


def open_from_session(locked: Stored, cookie_key: Stored) -> bytes:
    """Return the private key the session holds, or raise SealBroken."""
    return unbox(SESSION, cookie_key, after(SESSION, locked))
