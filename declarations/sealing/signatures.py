"""Signatures of what is published: Ed25519 (RFC 8032) over the bytes themselves, so that openssl checks them too."""

import base64

from nacl.exceptions import CryptoError
from nacl.signing import SigningKey, VerifyKey

from .envelopes import Stored
from .keys import KeyPair

# What stands before an Ed25519 public key in a SubjectPublicKeyInfo (RFC 8410): 12 bytes, always the same.
SPKI = bytes.fromhex("302a300506032b6570032100")


def new_signing_pair() -> KeyPair:
    """Return a new Ed25519 pair, 32 bytes each; the private half is the seed."""
    key = SigningKey.generate()
    return KeyPair(bytes(key), bytes(key.verify_key))


def verifying_key_of(private: Stored) -> bytes:
    """Return the public half with which the signatures of this private half are checked."""
    return bytes(SigningKey(bytes(private)).verify_key)


def sign(private: Stored, message: bytes) -> bytes:
    """Return the signature of the message, 64 bytes; the same each time."""
    return SigningKey(bytes(private)).sign(message).signature


def is_signed(public: Stored, message: bytes, signature: Stored) -> bool:
    """Tell whether the holder of the private half signed exactly this message."""
    try:
        VerifyKey(bytes(public)).verify(message, bytes(signature))
    except (CryptoError, ValueError, TypeError):  # another message; or no key, or no signature, at all
        return False
    return True


def as_pem(public: Stored) -> str:
    """Return the public half as openssl reads it."""
    body = base64.b64encode(SPKI + bytes(public)).decode()
    return f"-----BEGIN PUBLIC KEY-----\n{body}\n-----END PUBLIC KEY-----\n"
