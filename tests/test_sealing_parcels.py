"""Parcels (M5): two layers deep, for one forum, unchanged, and acknowledged by nobody but who opened them."""

from __future__ import annotations

import hashlib
import json
import tracemalloc
from pathlib import Path

import nacl.bindings
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from declarations import sealing
from declarations.sealing import Header, Parcel, SealBroken
from declarations.sealing.envelopes import prefixed

VECTORS = json.loads((Path(__file__).parent / "vectors" / "sealing.json").read_text())
PUBLISHED = json.loads((Path(__file__).parent / "vectors" / "published.json").read_text())
INTAKE = sealing.new_pair()
SMALL = Parcel(b'{"id":1}', {"key": b"k" * 80, "words/fr": b"w" * 553})

steady = settings(deadline=None)
names = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=40)


def published(name: str, *wanted: str) -> list[bytes]:
    return [bytes.fromhex(PUBLISHED[name][each]) for each in wanted]


# --- Published vectors ------------------------------------------------------------------------------------------------


def test_blake2b_is_the_one_of_rfc_7693() -> None:
    data, output = published("blake2b", "data", "output")
    assert hashlib.blake2b(data).digest() == output
    key, data, output = published("blake2b_keyed", "key", "data", "output")
    assert hashlib.blake2b(data, key=key).digest() == output


def test_two_pairs_share_the_secret_of_rfc_7748() -> None:
    private, public, output = published("x25519_shared", "private", "public", "output")
    assert nacl.bindings.crypto_scalarmult(private, public) == output


# --- Our own vectors; tests/browser/test_sealing.py holds the browser to the same -------------------------------------


def test_sealed_key_vector() -> None:
    """A sealed box is a passing public half and a box whose nonce is BLAKE2b-24 of both public halves."""
    v = {name: bytes.fromhex(value) for name, value in VECTORS["sealed_key_made"].items()}
    passing = nacl.bindings.crypto_scalarmult_base(v["passing"])
    nonce = hashlib.blake2b(passing + v["public"], digest_size=24).digest()
    assert passing + nacl.bindings.crypto_box(v["data"], nonce, v["public"], v["passing"]) == v["sealed"]
    assert sealing.open_from(bytes.fromhex(VECTORS["sealed_key"]["private"]), v["sealed"]) == v["data"]


def test_parcel_vector() -> None:
    v = VECTORS["parcel"]
    sealed = bytes.fromhex(v["sealed"])
    assert len(sealed) == v["length"] and hashlib.sha256(sealed).hexdigest() == v["sha256"]
    found = sealing.open_parcel(bytes.fromhex(v["private"]), v["forum"], sealed)
    assert found.answers.decode() == v["answers"]
    assert {name: part.hex() for name, part in found.parts.items()} == v["parts"]


def test_acknowledgement_vector() -> None:
    v = VECTORS["acknowledgement"]
    assert sealing.acknowledgement(bytes.fromhex(v["key"]), v["said"]) == v["proof"]


# --- Round trips, and everything that must be refused -----------------------------------------------------------------


@steady
@given(answers=st.binary(max_size=500), parts=st.dictionaries(names, st.binary(max_size=2000), max_size=6), slug=names)
def test_what_is_packed_opens(answers: bytes, parts: dict[str, bytes], slug: str) -> None:
    sealed = sealing.seal_parcel(INTAKE.public, slug, Parcel(answers, parts))
    assert sealing.open_parcel(INTAKE.private, slug, memoryview(sealed)) == Parcel(answers, parts)


def test_a_parcel_opens_in_no_other_forum_and_with_no_other_key() -> None:
    sealed = sealing.seal_parcel(INTAKE.public, "here", SMALL)
    for private, slug in ((INTAKE.private, "there"), (sealing.new_pair().private, "here")):
        with pytest.raises(SealBroken):
            sealing.open_parcel(private, slug, sealed)


def test_a_changed_cut_or_lengthened_parcel_is_refused() -> None:
    sealed = sealing.seal_parcel(INTAKE.public, "here", SMALL)
    changed = [sealed[:n] + bytes([sealed[n] ^ 1]) + sealed[n + 1 :] for n in range(0, len(sealed), 13)]
    for broken in (*changed, sealed[:-1], sealed + b"\0", sealed[:81], sealed[:1], b""):
        with pytest.raises(SealBroken):
            sealing.open_parcel(INTAKE.private, "here", broken)


def crafted(content: bytes, key: bytes | None = None) -> bytes:
    """A parcel of a sender who knows the keys, as everybody does, and keeps to no layout."""
    key = sealing.new_key() if key is None else key
    if len(key) != 32:
        return b"\x05" + sealing.seal_to(INTAKE.public, key).ljust(80, b"\0") + b"\1" * 553
    return b"\x05" + sealing.seal_to(INTAKE.public, key) + sealing.seal(content, key, Header("parcel", "here", "outer"))


@pytest.mark.parametrize(
    "sealed",
    [
        crafted(b""),
        crafted(b"\0\0\0\xff{}"),
        crafted(prefixed("{}") + prefixed("key")),
        crafted(prefixed("{}") + (prefixed("key") + prefixed("x")) * 2),
        crafted(prefixed("{}") + prefixed("n" * 101) + prefixed("x")),
        crafted(prefixed("{}") + b"".join(prefixed(str(n)) + prefixed("") for n in range(257))),
        crafted(b"", key=b""),
        crafted(b"", key=b"short"),
    ],
)
def test_a_well_sealed_but_malformed_parcel_is_refused(sealed: bytes) -> None:
    with pytest.raises(SealBroken):
        sealing.open_parcel(INTAKE.private, "here", sealed)


def test_a_parcel_of_countless_parts_costs_little() -> None:
    """Twelve megabytes of nothing but parts are refused at the first too many, not counted to their end."""
    sealed = crafted(prefixed("{}") + b"".join(prefixed(f"{n:x}") + prefixed("") for n in range(900_000)))
    tracemalloc.start()
    with pytest.raises(SealBroken):
        sealing.open_parcel(INTAKE.private, "here", sealed)
    assert tracemalloc.get_traced_memory()[1] < 6 * len(sealed)
    tracemalloc.stop()


def test_a_parcel_shows_nothing_but_its_size_class() -> None:
    def length(words: int, *more: str) -> int:
        parts = {"words/fr": b"w" * words, **dict.fromkeys(more, b"x")}
        return len(sealing.seal_parcel(INTAKE.public, "here", Parcel(b"{}", parts)))

    assert length(553) == length(600) == length(553, "facts")
    one, other = (sealing.seal_parcel(INTAKE.public, "here", SMALL) for _ in range(2))
    assert len(one) == len(other) and one[1:40] != other[1:40] and one[81:] != other[81:]


def test_an_acknowledgement_says_one_thing_under_one_key() -> None:
    keys = [sealing.new_acknowledgement_key() for _ in range(2)]
    proofs = {sealing.acknowledgement(key, said) for key in keys for said in ("kept", "late", "")}
    assert len(proofs) == 6
