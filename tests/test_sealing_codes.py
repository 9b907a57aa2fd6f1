"""Receipts, recovery codes, participants' codes, hashes and tokens (M2, M3, M4)."""

import hashlib
import hmac
import math
from collections import Counter
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from declarations import sealing
from declarations.sealing import SealBroken

KEY = bytes(range(32))
OTHER_KEY = bytes(range(1, 33))
PEPPER = b"p" * 32
steady = settings(deadline=None)  # a busy machine is no failure


# --- Codes that people copy by hand -----------------------------------------------------------------------------------


def test_receipts_look_like_two_phone_numbers() -> None:
    for _ in range(500):
        receipt = sealing.new_receipt()
        assert len(receipt) == 16 and receipt.isascii() and receipt.isdigit()
        assert receipt[0] in "56789" and receipt[8] in "56789"
        assert sealing.normalise_receipt(receipt) == receipt


def test_receipts_have_more_than_fifty_one_bits(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[int] = []
    monkeypatch.setattr("secrets.randbelow", lambda below: drawn.append(below) or below - 1)
    assert sealing.new_receipt() == "9999999999999999"
    assert sum(map(math.log2, drawn)) == pytest.approx(51.15, abs=0.01)


def test_every_place_of_a_receipt_is_drawn_evenly() -> None:
    receipts = [sealing.new_receipt() for _ in range(5000)]
    assert len(set(receipts)) == len(receipts)
    for place in range(16):
        counts = Counter(receipt[place] for receipt in receipts)
        expected = len(receipts) / (5 if place in (0, 8) else 10)
        # Eight standard deviations: this fails by chance once in 10^13 runs.
        assert all(abs(count - expected) < 8 * math.sqrt(expected) for count in counts.values())
        assert len(counts) == (5 if place in (0, 8) else 10)


def test_a_receipt_is_shown_in_pairs_that_stay_on_one_line() -> None:
    assert sealing.format_receipt("7612345665432109").replace("\u00a0", "_") == "76_12_34_56 · 65_43_21_09"


@pytest.mark.parametrize(
    "typed",
    [
        "7612345665432109",
        "76 12 34 56 · 65 43 21 09",
        "76.12.34.56 / 65-43-21-09",
        " 76123456,\t65432109\n",
        "٧٦ ١٢ ٣٤ ٥٦ · ٦٥ ٤٣ ٢١ ٠٩",
        "۷۶ ۱۲ ۳۴ ۵۶ ۶۵ ۴۳ ۲۱ ۰۹",
        "߇߆ ߁߂ ߃߄ ߅߆ ߆߅ ߄߃ ߂߁ ߀߉",
        "\u200f７６12 3456\u200e · 6543\u00a02109\u2069",
    ],
)
def test_a_receipt_is_read_however_it_is_typed(typed: str) -> None:
    assert sealing.normalise_receipt(typed) == "7612345665432109"


@steady
@given(st.integers(50_000_000, 99_999_999), st.integers(50_000_000, 99_999_999))
def test_a_shown_receipt_is_read_again(one: int, other: int) -> None:
    assert sealing.normalise_receipt(sealing.format_receipt(f"{one}{other}")) == f"{one}{other}"


@pytest.mark.parametrize(
    "typed",
    ["", "76", "761234566543210", "76123456654321090", "4612345665432109", "7612345645432109", "761234566543210O",
     "+7612345665432109", "৭six", "-" * 16],
)  # fmt: skip
def test_what_cannot_be_a_receipt_is_refused(typed: str) -> None:
    with pytest.raises(ValueError):
        sealing.normalise_receipt(typed)


CODES = [
    (sealing.new_recovery_code, sealing.normalise_recovery_code, [4] * 7),
    (sealing.new_code, sealing.normalise_code, [5, 5]),
]


@pytest.mark.parametrize(("new", "normalise", "groups"), CODES, ids=["recovery", "participant"])
def test_codes_are_grouped_unambiguous_and_read_however_typed(new, normalise, groups) -> None:
    for _ in range(100):
        code = new()
        assert [len(group) for group in code.split("-")] == groups
        assert not set(code) & set("ILOU") and code == code.upper() and code.isascii()
        for typed in (code, code.lower(), code.replace("-", ""), code.replace("-", " \u2013 "), f" {code}\n"):
            assert normalise(typed) == code
        assert normalise(code.replace("0", "o").replace("1", "l")) == code
        assert normalise(code.replace("0", "O").replace("1", "i")) == code


@pytest.mark.parametrize(("new", "normalise", "groups"), CODES, ids=["recovery", "participant"])
def test_every_single_slip_and_every_exchange_in_a_code_is_seen(new, normalise, groups) -> None:
    bare = new().replace("-", "")
    slips = {
        bare[:i] + letter + bare[i + 1 :] for i in range(len(bare)) for letter in "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    }
    for i in range(len(bare)):
        for j in range(i):
            slips.add(bare[:j] + bare[i] + bare[j + 1 : i] + bare[j] + bare[i + 1 :])
    for slip in slips - {bare}:
        with pytest.raises(ValueError):
            normalise(slip)


@pytest.mark.parametrize("normalise", [sealing.normalise_recovery_code, sealing.normalise_code])
@pytest.mark.parametrize("typed", ["", "0", "U" * 10, "U" * 28, "0" * 9, "0" * 11, "0" * 27, "é" * 10])
def test_what_cannot_be_a_code_is_refused(normalise, typed: str) -> None:
    with pytest.raises(ValueError):
        normalise(typed)


def test_codes_have_the_entropy_they_claim(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[int] = []
    monkeypatch.setattr("secrets.randbelow", lambda below: drawn.append(below) or 0)
    sealing.new_recovery_code()
    assert sum(map(math.log2, drawn)) == 135
    drawn.clear()
    sealing.new_code()
    assert sum(map(math.log2, drawn)) == 45


# --- Hashes and tokens ------------------------------------------------------------------------------------------------


def test_keyed_hash_is_hmac_over_purpose_and_parts_with_their_lengths() -> None:
    message = b"\0\0\0\x07receipt\0\0\0\x027a\0\0\0\0"
    assert sealing.keyed_hash(PEPPER, "receipt", "7a", b"") == hmac.digest(PEPPER, message, "sha256")


def test_keyed_hash_separates_peppers_purposes_and_parts() -> None:
    asked = [
        (PEPPER, "receipt", "ab", "c"),
        (b"q" * 32, "receipt", "ab", "c"),
        (PEPPER, "code", "ab", "c"),
        (PEPPER, "receipt", "a", "bc"),
        (PEPPER, "receipt", "abc"),
        (PEPPER, "receipt", "ab", "c", ""),
        (PEPPER, "receiptab", "c"),
    ]
    assert len({sealing.keyed_hash(*arguments) for arguments in asked}) == len(asked)


@pytest.mark.parametrize("pepper", [b"", b"p" * 31])
def test_a_missing_or_short_pepper_is_refused(pepper: bytes) -> None:
    with pytest.raises(ValueError):
        sealing.keyed_hash(pepper, "receipt", "7612345665432109")


def test_content_digest_tells_same_from_other() -> None:
    same = sealing.content_digest(PEPPER, ["words", "fr"])
    assert same == sealing.content_digest(PEPPER, (part for part in (b"words", "fr")))
    assert same != sealing.content_digest(PEPPER, ["wordsf", "r"]) != sealing.content_digest(PEPPER, ["words", "en"])


def test_a_chain_shows_what_was_changed_or_exchanged_or_left_out() -> None:
    def end(*entries: bytes) -> bytes:
        link = b""
        for entry in entries:
            link = sealing.chain(link, entry)
        return link

    ends = [end(b"a", b"b", b"c"), end(b"a", b"x", b"c"), end(b"b", b"a", b"c"), end(b"a", b"c"), end(b"ab", b"c")]
    assert len(set(ends)) == len(ends) and all(len(link) == 32 for link in ends)


def test_tokens_are_long_fresh_and_kept_as_hashes() -> None:
    tokens = {sealing.new_token() for _ in range(100)}
    assert len(tokens) == 100 and all(len(token) == 43 for token in tokens)
    token = tokens.pop()
    assert sealing.token_hash(token) == hashlib.sha256(token.encode()).hexdigest()


@steady
@given(data=st.binary(max_size=200))
def test_a_form_token_comes_back(data: bytes) -> None:
    token = sealing.seal_form_token(KEY, data)
    assert token.replace("-", "").replace("_", "").isalnum() and token.isascii()
    assert sealing.open_form_token(KEY, token) == data


def test_a_changed_form_token_is_refused() -> None:
    token = sealing.seal_form_token(KEY, b"7612345665432109")
    changed = [token[:i] + ("A" if token[i] != "A" else "B") + token[i + 1 :] for i in range(len(token) - 1)]
    for typed in (*changed, *(token[:end] for end in range(len(token))), token + "AAAA", "é", "=", f"{token} ", "\0"):
        with pytest.raises(SealBroken):
            sealing.open_form_token(KEY, typed)
    with pytest.raises(SealBroken):
        sealing.open_form_token(OTHER_KEY, token)


# Serials outside receipt cards


@given(st.integers(0, 10**5 - 1), st.integers(0, 5), st.integers(1, 9))
def test_one_wrong_digit_of_a_serial_is_always_noticed(number: int, place: int, by: int) -> None:
    serial = a_serial(number)
    wrong = serial[:place] + str((int(serial[place]) + by) % 10) + serial[place + 1 :]
    with pytest.raises(ValueError, match="slip"):
        sealing.normalise_serial(wrong)


@given(st.integers(0, 10**5 - 1), st.integers(0, 4))
def test_two_exchanged_neighbours_of_a_serial_are_always_noticed(number: int, place: int) -> None:
    serial = a_serial(number)
    swapped = serial[:place] + serial[place + 1] + serial[place] + serial[place + 2 :]
    if swapped != serial:
        with pytest.raises(ValueError, match="slip"):
            sealing.normalise_serial(swapped)


@given(st.integers(0, 10**5 - 1), st.sampled_from(["{}", "{} ", " {}", "n° {}"]))
def test_a_serial_is_read_as_it_is_printed(number: int, around: str) -> None:
    serial = a_serial(number)
    typed = around.format(sealing.format_serial(serial))
    if "n" in typed:
        with pytest.raises(ValueError, match="six digits"):
            sealing.normalise_serial(typed)
    else:
        assert sealing.normalise_serial(typed) == serial
    arabic = serial.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))
    assert sealing.normalise_serial(arabic) == serial


def a_serial(number: int) -> str:
    with patch("declarations.sealing.codes.secrets.randbelow", return_value=number):
        return sealing.new_serial()


def test_a_serial_read_by_damm_himself() -> None:
    # The worked example of the method: 572 has the check digit 4.
    assert sealing.codes._damm("572") == 4
    assert sealing.format_serial("123456") == "12\u00a034\u00a056"
    assert all(sealing.normalise_serial(sealing.new_serial()) for _ in range(100))
    for wrong in ("", "12345", "1234567", "12345a"):
        with pytest.raises(ValueError, match="six digits"):
            sealing.normalise_serial(wrong)
