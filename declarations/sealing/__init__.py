"""Keys, envelopes, receipts: pure cryptography, no request, no model.

Byte layout (why: docs/adr/0001-sealed-envelope.md). Integers are unsigned, 32 bits, big-endian; text is UTF-8;
`prefixed(x)` is the length of x in bytes, then x; `box(kind, key, m)` is a nonce (24 random bytes), then the NaCl
secretbox (XSalsa20-Poly1305, its 16-byte tag first) of `kind || m`: the kind in front of a stored value tells how to
read it, the one inside can be trusted.

    envelope      01 || box(01, key, prefixed(header) || prefixed(payload) || zeros)
    header        prefixed(table) || prefixed(row) || prefixed(field) || version
    wrapped       02 || opslimit || memlimit || salt (16) || box(02, Argon2id(passphrase, salt, cost), secret)
    session lock  03 || box(03, cookie key, private)
    form token    base64url, without "=", of 04 || box(04, key, data)
    recording     an envelope for every 120 KiB, the last one shorter (parts.py)
    sealed key    libsodium's sealed box (X25519), nothing around it
    parcel        05 || sealed key (80) || envelope of prefixed(answers) || (prefixed(name) || prefixed(part))*
    sealed share  libsodium's sealed box of prefixed(header) || share (32)
    signature     Ed25519 (64) over the message itself; the private half is the seed (32)

The zeros fill what the secretbox holds, its kind included, up to 512 B, 2, 8, 32, 128 or 512 KiB, then to a multiple
of 512 KiB; an envelope is 41 bytes longer than its size class. static/js/sealing.js writes the same bytes, with
tweetnacl (tests/vectors/sealing.json). A value read back may be bytes or the memoryview that a database driver gives.
"""

from .codes import (
    format_receipt,
    format_serial,
    new_code,
    new_receipt,
    new_recovery_code,
    new_serial,
    normalise_code,
    normalise_receipt,
    normalise_recovery_code,
    normalise_serial,
)
from .envelopes import (
    KEY_SIZE,
    SIZE_CLASSES,
    Header,
    SealBroken,
    Stored,
    is_envelope,
    new_key,
    open_sealed,
    open_text,
    seal,
    seal_text,
)
from .hashes import (
    chain,
    content_digest,
    keyed_hash,
    new_token,
    open_form_token,
    seal_form_token,
    token_hash,
)
from .keys import (
    CHEAP,
    STRONG,
    Cost,
    CostTooLow,
    KeyPair,
    WrongPassphrase,
    cost_of,
    join,
    lock_for_session,
    new_pair,
    open_from,
    open_from_session,
    open_share,
    public_of,
    seal_share,
    seal_to,
    split,
    unwrap,
    wrap,
)
from .parcels import (
    SEALED_KEY_SIZE,
    Parcel,
    acknowledgement,
    new_acknowledgement_key,
    open_parcel,
    seal_parcel,
)
from .parts import PART_SIZE, open_parts, part_header, seal_parts
from .signatures import as_pem, is_signed, new_signing_pair, sign, verifying_key_of

__all__ = [
    "CHEAP",
    "KEY_SIZE",
    "PART_SIZE",
    "SEALED_KEY_SIZE",
    "SIZE_CLASSES",
    "STRONG",
    "Cost",
    "CostTooLow",
    "Header",
    "KeyPair",
    "Parcel",
    "SealBroken",
    "Stored",
    "WrongPassphrase",
    "acknowledgement",
    "as_pem",
    "chain",
    "content_digest",
    "cost_of",
    "format_receipt",
    "format_serial",
    "is_envelope",
    "is_signed",
    "join",
    "keyed_hash",
    "lock_for_session",
    "new_acknowledgement_key",
    "new_code",
    "new_key",
    "new_pair",
    "new_receipt",
    "new_recovery_code",
    "new_serial",
    "new_signing_pair",
    "new_token",
    "normalise_code",
    "normalise_receipt",
    "normalise_recovery_code",
    "normalise_serial",
    "open_form_token",
    "open_from",
    "open_from_session",
    "open_parcel",
    "open_parts",
    "open_sealed",
    "open_share",
    "open_text",
    "part_header",
    "public_of",
    "seal",
    "seal_form_token",
    "seal_parcel",
    "seal_parts",
    "seal_share",
    "seal_text",
    "seal_to",
    "sign",
    "split",
    "token_hash",
    "unwrap",
    "verifying_key_of",
    "wrap",
]
