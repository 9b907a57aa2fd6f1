"""Signatures of editions: Ed25519 as RFC 8032 says it, so that anybody's program checks them."""

from __future__ import annotations

import shutil
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from declarations import sealing

# RFC 8032, section 7.1, tests 1 to 3: seed, public half, message, signature.
VECTORS = [
    (
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
]
PAIR = sealing.new_signing_pair()


@pytest.mark.parametrize(("seed", "public", "message", "signature"), VECTORS)
def test_the_vectors_of_the_standard(seed: str, public: str, message: str, signature: str) -> None:
    private, said = bytes.fromhex(seed), bytes.fromhex(message)
    assert sealing.verifying_key_of(private).hex() == public
    assert sealing.sign(private, said).hex() == signature
    assert sealing.is_signed(bytes.fromhex(public), said, bytes.fromhex(signature))


@given(st.binary(max_size=64), st.integers(0, 63), st.integers(0, 7))
def test_one_bit_of_message_or_signature_is_another(message: bytes, place: int, bit: int) -> None:
    signature = sealing.sign(PAIR.private, message)
    changed = bytearray(signature)
    changed[place] ^= 1 << bit
    assert sealing.is_signed(PAIR.public, message, signature)
    assert not sealing.is_signed(PAIR.public, message, bytes(changed))
    assert not sealing.is_signed(PAIR.public, message + b"\x00", signature)
    assert not sealing.is_signed(sealing.new_signing_pair().public, message, signature)


@pytest.mark.parametrize(
    ("public", "signature"),
    [(b"", b"x" * 64), (PAIR.public, b""), (b"\xff" * 32, b"\xff" * 64), (b"x" * 31, b"")],
    ids=["no key", "no signature", "no point", "too short"],
)
def test_what_is_no_key_and_no_signature_proves_nothing(public: bytes, signature: bytes) -> None:
    assert not sealing.is_signed(public, b"words", signature)


def test_the_private_half_is_in_no_log() -> None:
    assert PAIR.private.hex() not in repr(PAIR) and repr(PAIR.private) not in repr(PAIR)


def test_openssl_reads_the_key_and_knows_the_signature(tmp_path) -> None:
    """M1: whoever checks needs none of our software."""
    openssl = shutil.which("openssl")
    assert openssl, "openssl 3 is needed: apt-get install openssl"
    (tmp_path / "key.pem").write_text(sealing.as_pem(PAIR.public))
    (tmp_path / "said").write_bytes(b"words")
    (tmp_path / "said.sig").write_bytes(sealing.sign(PAIR.private, b"words"))
    asked = "pkeyutl -verify -pubin -inkey key.pem -rawin -in said -sigfile said.sig".split()
    assert subprocess.run([openssl, *asked], cwd=tmp_path, check=False).returncode == 0
    (tmp_path / "said").write_bytes(b"Words")
    assert subprocess.run([openssl, *asked], cwd=tmp_path, check=False).returncode != 0
