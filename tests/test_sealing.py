"""Sealing (M1): published vectors, our own vectors, round trips, and everything that must be refused."""

import ast
import hashlib
import hmac
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import nacl.utils
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nacl.pwhash import argon2id
from nacl.secret import SecretBox

from declarations import sealing
from declarations.sealing import Cost, Header, SealBroken, WrongPassphrase

VECTORS = json.loads((Path(__file__).parent / "vectors" / "sealing.json").read_text())
PUBLISHED = json.loads((Path(__file__).parent / "vectors" / "published.json").read_text())

KEY = bytes(range(32))
OTHER_KEY = bytes(range(1, 33))
HEADER = Header("testimony", "0a3f6c1e-7b52-4d0e-9d67-3f1f1c2b9a10", "words", 1)
CHEAPEST = Cost(argon2id.OPSLIMIT_MIN, argon2id.MEMLIMIT_MIN)

steady = settings(deadline=None)  # a busy machine is no failure
names = st.text(max_size=40)
headers = st.builds(Header, names, names, names, st.integers(0, 2**32 - 1))


def flipped(data: bytes, place: int, bit: int = 0) -> bytes:
    changed = bytearray(data)
    changed[place] ^= 1 << bit
    return bytes(changed)


# --- Published vectors ------------------------------------------------------------------------------------------------


def published(name: str) -> dict[str, bytes]:
    values = PUBLISHED[name].items()
    return {key: bytes.fromhex(value) if isinstance(value, str) else value for key, value in values if key != "source"}


def test_secretbox_is_the_one_of_nacl() -> None:
    v = published("secretbox")
    assert SecretBox(v["key"]).encrypt(v["message"], v["nonce"]).ciphertext == v["box"]


def test_argon2id_is_the_one_of_libsodium() -> None:
    v = published("argon2id")
    found = argon2id.kdf(len(v["output"]), v["password"], v["salt"], opslimit=v["opslimit"], memlimit=v["memlimit"])
    assert found == v["output"]


@pytest.mark.parametrize("name", ["hmac_sha256_1", "hmac_sha256_2", "hmac_sha256_6"])
def test_hmac_is_the_one_of_rfc_4231(name: str) -> None:
    v = published(name)
    assert hmac.digest(v["key"], v["data"], "sha256") == v["output"]


@pytest.mark.parametrize("name", ["x25519_alice", "x25519_bob"])
def test_public_halves_are_those_of_rfc_7748(name: str) -> None:
    v = published(name)
    assert sealing.public_of(v["private"]) == v["public"]


# --- Our own vectors: what a browser must write, byte for byte --------------------------------------------------------


@pytest.fixture
def nonces(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Let the next random bytes be the given ones."""

    def use(*values: str) -> None:
        queue: Iterator[bytes] = iter([bytes.fromhex(value) for value in values])
        monkeypatch.setattr(nacl.utils, "random", lambda size: next(queue))

    return use


@pytest.mark.parametrize("vector", VECTORS["envelopes"], ids=lambda v: v["name"])
def test_envelope_vectors(vector: dict, nonces: Callable[..., None]) -> None:
    key, header = bytes.fromhex(vector["key"]), Header(**vector["header"])
    plain = vector["text"].encode() * vector.get("times", 1)
    nonces(vector["nonce"])
    envelope = sealing.seal(plain, key, header)
    assert len(envelope) == vector["length"]
    assert hashlib.sha256(envelope).hexdigest() == vector["sha256"]
    if "envelope" in vector:
        assert envelope.hex() == vector["envelope"]
    assert sealing.open_sealed(envelope, key, header) == plain


def test_wrapped_vector(nonces: Callable[..., None]) -> None:
    v = VECTORS["wrapped"]
    nonces(v["salt"], v["nonce"])
    wrapped = sealing.wrap(bytes.fromhex(v["secret"]), v["passphrase"], Cost(v["opslimit"], v["memlimit"]))
    assert wrapped.hex() == v["wrapped"]
    assert sealing.unwrap(wrapped, v["passphrase"]).hex() == v["secret"]


def test_form_token_vector(nonces: Callable[..., None]) -> None:
    v = VECTORS["form_token"]
    nonces(v["nonce"])
    assert sealing.seal_form_token(bytes.fromhex(v["key"]), v["data"].encode()) == v["token"]
    assert sealing.open_form_token(bytes.fromhex(v["key"]), v["token"]) == v["data"].encode()


def test_sealed_key_vector_opens() -> None:
    v = VECTORS["sealed_key"]
    assert sealing.open_from(bytes.fromhex(v["private"]), bytes.fromhex(v["sealed"])).hex() == v["data"]


def test_hash_vectors() -> None:
    v = VECTORS["hashes"]
    pepper = bytes.fromhex(v["pepper"])
    assert sealing.keyed_hash(pepper, v["purpose"], *v["parts"]).hex() == v["keyed_hash"]
    assert sealing.content_digest(pepper, v["parts"]).hex() == v["content_digest"]
    first = sealing.chain(b"", v["parts"][0].encode())
    assert sealing.chain(first, v["parts"][1].encode()).hex() == v["chain"]


# --- Envelopes --------------------------------------------------------------------------------------------------------


@steady
@given(plain=st.binary(max_size=3000), header=headers)
def test_what_is_sealed_opens(plain: bytes, header: Header) -> None:
    assert sealing.open_sealed(sealing.seal(plain, KEY, header), KEY, header) == plain


@steady
@given(text=st.text(), header=headers)
def test_text_that_is_sealed_opens(text: str, header: Header) -> None:
    assert sealing.open_text(memoryview(sealing.seal_text(text, KEY, header)), KEY, header) == text


@steady
@given(one=headers, other=headers)
def test_an_envelope_opens_under_no_other_header(one: Header, other: Header) -> None:
    envelope = sealing.seal(b"words", KEY, one)
    if one == other:
        assert sealing.open_sealed(envelope, KEY, other) == b"words"
    else:
        with pytest.raises(SealBroken):
            sealing.open_sealed(envelope, KEY, other)


@pytest.mark.parametrize(
    "elsewhere",
    [
        Header("excerpt", HEADER.row, HEADER.field, HEADER.version),
        Header(HEADER.table, "0a3f6c1e-7b52-4d0e-9d67-3f1f1c2b9a11", HEADER.field, HEADER.version),
        Header(HEADER.table, HEADER.row, "summary", HEADER.version),
        Header(HEADER.table, HEADER.row, HEADER.field, 2),
        Header(HEADER.table + HEADER.row[0], HEADER.row[1:], HEADER.field, HEADER.version),  # cut elsewhere
    ],
    ids=["table", "row", "field", "version", "boundary"],
)
def test_a_moved_envelope_is_refused(elsewhere: Header) -> None:
    with pytest.raises(SealBroken):
        sealing.open_sealed(sealing.seal(b"words", KEY, HEADER), KEY, elsewhere)


def test_every_changed_byte_is_refused() -> None:
    envelope = sealing.seal(b"words", KEY, HEADER)  # kind, nonce, tag, header, payload, padding
    for place in range(len(envelope)):
        with pytest.raises(SealBroken):
            sealing.open_sealed(flipped(envelope, place, place % 8), KEY, HEADER)


def test_every_cut_and_every_addition_is_refused() -> None:
    envelope = sealing.seal(b"words", KEY, HEADER)
    for stored in (*(envelope[:end] for end in range(len(envelope))), envelope + b"\0", b"\x01" + envelope):
        with pytest.raises(SealBroken):
            sealing.open_sealed(stored, KEY, HEADER)


@pytest.mark.parametrize("key", [OTHER_KEY, b"", KEY[:31], KEY + b"\0"])
def test_another_key_is_refused(key: bytes) -> None:
    with pytest.raises(SealBroken):
        sealing.open_sealed(sealing.seal(b"words", KEY, HEADER), key, HEADER)


@pytest.mark.parametrize("key", [b"", KEY[:31], KEY + b"\0"])
def test_nothing_is_sealed_with_a_key_of_the_wrong_length(key: bytes) -> None:
    with pytest.raises(ValueError):
        sealing.seal(b"words", key, HEADER)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x01",
        b"\x01" + b"\xff" * 40,  # lengths beyond the end
        b"\x02" + bytes(511),  # another kind inside
        b"\x01" + len(HEADER.as_bytes()).to_bytes(4, "big") + HEADER.as_bytes(),  # no payload
        b"\x01" + len(HEADER.as_bytes()).to_bytes(4, "big") + HEADER.as_bytes() + bytes(4) + b"\0hidden",
    ],
)
def test_a_well_encrypted_but_malformed_envelope_is_refused(content: bytes) -> None:
    with pytest.raises(SealBroken):
        sealing.open_sealed(b"\x01" + SecretBox(KEY).encrypt(content), KEY, HEADER)


def test_broken_text_leaves_no_words_in_the_exception() -> None:
    with pytest.raises(SealBroken) as caught:
        sealing.open_text(sealing.seal(b"words \xff", KEY, HEADER), KEY, HEADER)
    assert caught.value.__context__ is None and caught.value.args == ()


def test_two_envelopes_of_the_same_words_share_nothing() -> None:
    one, other = (sealing.seal(b"words", KEY, HEADER) for _ in range(2))
    assert one[:1] == other[:1] and one[1:25] != other[1:25] and one[25:] != other[25:]
    assert b"words" not in one and HEADER.row.encode() not in one


def test_size_classes_hide_the_length() -> None:
    overhead = 1 + 4 + len(HEADER.as_bytes()) + 4
    smaller = 0
    for size in sealing.SIZE_CLASSES:
        shortest, longest = max(0, smaller + 1 - overhead), size - overhead
        lengths = {len(sealing.seal(bytes(n), KEY, HEADER)) for n in (shortest, (shortest + longest) // 2, longest)}
        assert lengths == {size + 41}
        smaller = size
    largest = sealing.SIZE_CLASSES[-1]
    assert len(sealing.seal(bytes(largest - overhead + 1), KEY, HEADER)) == 2 * largest + 41
    assert len(sealing.seal(bytes(5 * largest - overhead), KEY, HEADER)) == 5 * largest + 41


# --- Key pairs --------------------------------------------------------------------------------------------------------


@steady
@given(data=st.binary(max_size=200))
def test_what_is_sealed_to_a_pair_opens(data: bytes) -> None:
    pair = sealing.new_pair()
    assert sealing.open_from(pair.private, memoryview(sealing.seal_to(pair.public, data))) == data


def test_a_sealed_key_opens_for_nobody_else_and_bears_no_change() -> None:
    pair, other = sealing.new_pair(), sealing.new_pair()
    sealed = sealing.seal_to(pair.public, KEY)
    assert len(sealed) == len(KEY) + 48
    for private, stored in [
        (other.private, sealed),
        (pair.public, sealed),
        (b"short", sealed),
        *((pair.private, flipped(sealed, place)) for place in range(len(sealed))),
        *((pair.private, sealed[:end]) for end in range(len(sealed))),
    ]:
        with pytest.raises(SealBroken):
            sealing.open_from(private, stored)


def test_a_pair_belongs_together_and_hides_its_private_half() -> None:
    pair = sealing.new_pair()
    assert sealing.public_of(pair.private) == pair.public
    assert repr(pair.private) not in repr(pair) and "private" not in repr(pair)


# --- Passphrases and recovery codes -----------------------------------------------------------------------------------


@settings(steady, max_examples=25)
@given(secret=st.binary(max_size=64), passphrase=st.text(min_size=1).filter(lambda text: text.strip()))
def test_what_is_wrapped_unwraps(secret: bytes, passphrase: str) -> None:
    wrapped = sealing.wrap(secret, passphrase, CHEAPEST)
    assert sealing.unwrap(memoryview(wrapped), passphrase) == secret
    assert sealing.cost_of(wrapped) == CHEAPEST


@pytest.mark.parametrize("typed", ["la rivière monte", "  la rivie\u0300re monte\n", "ｌａ rivière\u00a0monte"])
def test_the_same_words_typed_otherwise_are_the_same_passphrase(typed: str) -> None:
    assert sealing.unwrap(sealing.wrap(KEY, "la rivière monte", CHEAPEST), typed) == KEY


@pytest.mark.parametrize("typed", ["", "  ", "La rivière monte", "la rivière  monte", "\ud800"])
def test_a_wrong_passphrase_is_refused(typed: str) -> None:
    with pytest.raises(WrongPassphrase) as caught:
        sealing.unwrap(sealing.wrap(KEY, "la rivière monte", CHEAPEST), typed)
    assert caught.value.__context__ is None


@pytest.mark.parametrize("passphrase", ["", " \n\u00a0"])
def test_nothing_is_wrapped_with_an_empty_passphrase(passphrase: str) -> None:
    with pytest.raises(ValueError):
        sealing.wrap(KEY, passphrase, CHEAPEST)


@pytest.mark.parametrize("cost", [sealing.CHEAP, Cost(3, 128 << 20), Cost(4, (128 << 20) - 1)])
def test_a_cost_below_the_floor_is_refused(cost: Cost) -> None:
    with pytest.raises(sealing.CostTooLow):
        sealing.wrap(KEY, "la rivière monte", cost, floor=sealing.STRONG)


def test_the_floor_itself_and_more_are_accepted() -> None:
    for cost in (sealing.CHEAP, Cost(sealing.CHEAP.opslimit + 1, sealing.CHEAP.memlimit)):
        wrapped = sealing.wrap(KEY, "la rivière monte", cost, floor=sealing.CHEAP)
        assert sealing.cost_of(wrapped) == cost


def test_strong_is_four_passes_over_128_mebibytes() -> None:
    assert sealing.STRONG == Cost(4, 134_217_728)
    wrapped = sealing.wrap(KEY, "la rivière monte", sealing.STRONG, floor=sealing.STRONG)
    assert sealing.unwrap(wrapped, "la rivière monte") == KEY


def test_a_changed_wrapped_key_is_refused() -> None:
    wrapped = sealing.wrap(KEY, "la rivière monte", CHEAPEST)
    changed = [flipped(wrapped, place) for place in range(len(wrapped)) if place not in range(5, 9)]
    for stored in (*changed, *(wrapped[:end] for end in range(len(wrapped)))):
        with pytest.raises((WrongPassphrase, SealBroken)):
            sealing.unwrap(stored, "la rivière monte")


@pytest.mark.parametrize("cost", [(0, 8192), (1, 8191), (65, 8192), (1, (1 << 30) + 1), (2**32 - 1, 2**32 - 1)])
def test_a_planted_cost_is_refused_before_it_is_paid(cost: tuple[int, int]) -> None:
    wrapped = sealing.wrap(KEY, "la rivière monte", CHEAPEST)
    planted = wrapped[:1] + b"".join(limit.to_bytes(4, "big") for limit in cost) + wrapped[9:]
    with pytest.raises(SealBroken):
        sealing.unwrap(planted, "la rivière monte")


def test_nothing_is_wrapped_so_dearly_that_it_could_not_be_unwrapped() -> None:
    with pytest.raises(ValueError):
        sealing.wrap(KEY, "la rivière monte", Cost(1, 1 << 31))


def test_a_recovery_code_wraps_like_a_passphrase() -> None:
    code = sealing.new_recovery_code()
    wrapped = sealing.wrap(KEY, code, CHEAPEST)
    assert sealing.unwrap(wrapped, sealing.normalise_recovery_code(code.lower().replace("-", " "))) == KEY


# --- Halves -----------------------------------------------------------------------------------------------------------


@steady
@given(secret=st.binary(max_size=64))
def test_halves_join(secret: bytes) -> None:
    half_a, half_b = sealing.split(secret)
    assert len(half_a) == len(half_b) == len(secret)
    assert sealing.join(half_a, half_b) == sealing.join(memoryview(half_b), half_a) == secret


def test_halves_are_new_each_time_and_strangers_do_not_join() -> None:
    pair = sealing.new_pair()
    (half_a, half_b), (_, stranger) = sealing.split(pair.private), sealing.split(pair.private)
    assert pair.private not in (half_a, half_b) and half_b != stranger
    assert sealing.public_of(sealing.join(half_a, half_b)) == pair.public
    assert sealing.public_of(sealing.join(half_a, stranger)) != pair.public
    with pytest.raises(ValueError):
        sealing.join(half_a, half_b[:-1])


def test_a_session_opens_with_its_own_cookie_only() -> None:
    private = sealing.new_pair().private
    cookie_key, locked = sealing.lock_for_session(private)
    other_cookie, other_locked = sealing.lock_for_session(private)
    assert sealing.open_from_session(memoryview(locked), cookie_key) == private
    assert private not in locked and cookie_key not in locked
    for stored, cookie in [(locked, other_cookie), (other_locked, cookie_key), (flipped(locked, -1), cookie_key)]:
        with pytest.raises(SealBroken):
            sealing.open_from_session(stored, cookie)


def test_one_kind_never_passes_for_another() -> None:
    """With one key for all, an envelope relabelled as a form token or a session would hand out its words."""
    envelope = sealing.seal(b"words", KEY, HEADER)
    with pytest.raises(SealBroken):
        sealing.open_from_session(b"\x03" + envelope[1:], KEY)
    with pytest.raises(SealBroken):
        sealing.open_from_session(envelope, KEY)


# --- The room ---------------------------------------------------------------------------------------------------------


def test_sealing_imports_nothing_but_cryptography() -> None:
    allowed = {"base64", "collections", "dataclasses", "hashlib", "hmac", "nacl", "secrets", "struct", "unicodedata"}
    for module in Path(sealing.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(module.read_text())):
            if isinstance(node, ast.Import):
                assert {alias.name.split(".")[0] for alias in node.names} <= allowed, module
            if isinstance(node, ast.ImportFrom) and not node.level:
                assert (node.module or "").split(".")[0] in allowed, module


def test_every_public_function_states_a_fact() -> None:
    for name in sealing.__all__:
        thing = getattr(sealing, name)
        assert not callable(thing) or thing.__doc__, name


# --- Recordings, in parts ---------------------------------------------------------------------------------------------


@steady
@given(st.binary(max_size=40), st.integers(0, 3), st.integers(-2, 2))
def test_a_recording_opens_whole_or_not_at_all(end: bytes, parts: int, off: int) -> None:
    plain = bytes(max(0, parts * sealing.PART_SIZE + off)) + end
    sealed = sealing.seal_parts(plain, KEY, "a", "original")
    assert sealing.open_parts(sealed, KEY, "a", "original") == plain
    assert all(len(part) - 41 in sealing.SIZE_CLASSES[:5] for part in sealed)
    more = sealing.seal_parts(plain, KEY, "a", "original")
    for broken in (sealed[:-1], sealed[1:], [*sealed, more[-1]], sealed[::-1] if len(sealed) > 1 else []):
        with pytest.raises(SealBroken):
            sealing.open_parts(broken, KEY, "a", "original")
    for row, kind in (("b", "original"), ("a", "cleaned")):
        with pytest.raises(SealBroken):
            sealing.open_parts(sealed, KEY, row, kind)
