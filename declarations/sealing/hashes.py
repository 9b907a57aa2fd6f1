"""Hashes and tokens: what may be recognised again without being kept (M2, M3, M4)."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterable

from .envelopes import FORM_TOKEN, KEY_SIZE, SealBroken, Stored, after, box, prefixed, unbox


def keyed_hash(pepper: bytes, purpose: str, *parts: bytes | str) -> bytes:
    """Return HMAC-SHA-256 (RFC 2104) over the purpose and each part with its length, for receipts, codes and counts."""
    if len(pepper) < KEY_SIZE:
        raise ValueError("A pepper has at least 32 bytes.")
    return hmac.digest(pepper, b"".join(map(prefixed, (purpose, *parts))), "sha256")


def content_digest(pepper: bytes, parts: Iterable[bytes | str]) -> bytes:
    """Return what tells the same content from another under one id; keyed, because short words could be guessed."""
    return keyed_hash(pepper, "content", *parts)


def chain(previous: bytes, entry: bytes) -> bytes:
    """Return the SHA-256 that ties a history entry to all before it; `previous` is b"" for the first."""
    return hashlib.sha256(prefixed("chain") + prefixed(previous) + prefixed(entry)).digest()


def new_token() -> str:
    """Return 256 random bits, safe in an address, for a link; only its `token_hash` is stored."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """Return the SHA-256 of a token in hex; without pepper, because 256 random bits cannot be guessed."""
    return hashlib.sha256(token.encode()).hexdigest()


def seal_form_token(key: Stored, data: bytes) -> str:
    """Return `data` sealed as text that may travel in a form and come back."""
    return base64.urlsafe_b64encode(FORM_TOKEN + box(FORM_TOKEN, key, data)).decode().rstrip("=")


def open_form_token(key: Stored, token: str) -> bytes:
    """Return what the form carried, or raise SealBroken."""
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except ValueError:
        raise SealBroken from None
    return unbox(FORM_TOKEN, key, after(FORM_TOKEN, raw))
