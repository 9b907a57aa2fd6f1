"""Envelopes: words sealed with a key, bound to one place, padded so that their length says little (M1)."""

import hmac
from dataclasses import dataclass

import nacl.utils
from nacl.exceptions import CryptoError
from nacl.secret import SecretBox

Stored = bytes | memoryview  # what a database driver hands back

KEY_SIZE = SecretBox.KEY_SIZE
NONCE_SIZE = SecretBox.NONCE_SIZE
SIZE_CLASSES = (512, 2 << 10, 8 << 10, 32 << 10, 128 << 10, 512 << 10)

ENVELOPE, WRAPPED, SESSION, FORM_TOKEN = b"\x01", b"\x02", b"\x03", b"\x04"


class SealBroken(Exception):
    """The bytes were changed, moved to another place, or sealed with another key; which of them is not told."""


@dataclass(frozen=True)
class Header:
    """The one place where an envelope opens; sealed with the words, because secretbox has no associated data."""

    table: str
    row: str
    field: str
    version: int = 1

    def as_bytes(self) -> bytes:
        """Return the header as it stands in the envelope."""
        names = b"".join(prefixed(name) for name in (self.table, self.row, self.field))
        return names + self.version.to_bytes(4, "big")


def new_key() -> bytes:
    """Return 32 random bytes, a key for `seal` or `seal_form_token`."""
    return nacl.utils.random(KEY_SIZE)


def seal(plain: bytes, key: Stored, header: Header) -> bytes:
    """Return the envelope of `plain`, padded to a size class, which opens only with `key` and an equal `header`."""
    content = prefixed(header.as_bytes()) + prefixed(plain)
    room = _size_class(len(ENVELOPE) + len(content)) - len(ENVELOPE)
    return ENVELOPE + box(ENVELOPE, key, content.ljust(room, b"\0"))


def open_sealed(envelope: Stored, key: Stored, header: Header) -> bytes:
    """Return what was sealed; raise SealBroken if the envelope was changed, moved or sealed with another key."""
    content = unbox(ENVELOPE, key, after(ENVELOPE, envelope))
    found, content = _split_prefixed(content)
    plain, zeros = _split_prefixed(content)
    if not hmac.compare_digest(found, header.as_bytes()) or zeros.strip(b"\0"):
        raise SealBroken
    return plain


def seal_text(text: str, key: Stored, header: Header) -> bytes:
    """Return the envelope of a text in UTF-8."""
    return seal(text.encode(), key, header)


def is_envelope(stored: Stored, largest: int) -> bool:
    """Tell whether bytes that cannot be opened here have the shape of an envelope of a size class up to `largest`."""
    stored = bytes(stored)
    size = len(stored) - len(ENVELOPE) - NONCE_SIZE - SecretBox.MACBYTES
    return stored.startswith(ENVELOPE) and size in SIZE_CLASSES and size <= largest


def open_text(envelope: Stored, key: Stored, header: Header) -> str:
    """Return the text of an envelope; raise SealBroken as `open_sealed` does, and for bytes that are no text."""
    plain = open_sealed(envelope, key, header)
    try:
        return plain.decode()
    except UnicodeDecodeError:
        pass  # this exception holds the words: it must not become the context of another one, and so reach a log
    raise SealBroken


def _size_class(length: int) -> int:
    largest = SIZE_CLASSES[-1]
    return next((size for size in SIZE_CLASSES if length <= size), -(-length // largest) * largest)


def box(kind: bytes, key: Stored, plain: bytes) -> bytes:
    """Return nonce and secretbox of `kind || plain`; ValueError if the key has not 32 bytes."""
    return bytes(SecretBox(bytes(key)).encrypt(kind + plain, nacl.utils.random(NONCE_SIZE)))


def unbox(kind: bytes, key: Stored, boxed: bytes) -> bytes:
    """Return what was boxed as this kind, or raise SealBroken."""
    try:
        plain = SecretBox(bytes(key)).decrypt(boxed)
    except CryptoError:
        raise SealBroken from None
    if not plain.startswith(kind):
        raise SealBroken
    return plain[len(kind) :]


def after(kind: bytes, stored: Stored) -> bytes:
    """Return what follows the leading kind, or raise SealBroken if it is another kind."""
    stored = bytes(stored)
    if not stored.startswith(kind):
        raise SealBroken
    return stored[len(kind) :]


def prefixed(part: bytes | str) -> bytes:
    """Return the length of the part, then the part: joined parts cannot be cut elsewhere."""
    part = part.encode() if isinstance(part, str) else part
    return len(part).to_bytes(4, "big") + part


def _split_prefixed(content: bytes) -> tuple[bytes, bytes]:
    end = 4 + int.from_bytes(content[:4], "big")
    if not 4 <= end <= len(content):
        raise SealBroken
    return content[4:end], content[end:]
