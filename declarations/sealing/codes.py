"""Codes that people copy by hand: receipts, serials, recovery codes, the codes on participants' cards (M1, M4)."""

import secrets
import unicodedata
from collections.abc import Iterable

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LOOKALIKES = str.maketrans("OIL", "011")

# (characters with the check character at the end, characters in a group)
_RECOVERY_CODE = (28, 4)
_PARTICIPANT_CODE = (10, 5)


def new_recovery_code() -> str:
    """Return 135 random bits as seven groups of four characters, the last of which is a check character."""
    return _new_code(*_RECOVERY_CODE)


def normalise_recovery_code(text: str) -> str:
    """Return a typed recovery code exactly as it was shown, ready for `unwrap`; raise ValueError for a slip."""
    return _normalised_code(text, *_RECOVERY_CODE)


def new_code() -> str:
    """Return 45 random bits as two groups of five characters for a participant's card, the last one for checking."""
    return _new_code(*_PARTICIPANT_CODE)


def normalise_code(text: str) -> str:
    """Return a typed participant's code exactly as it is printed; raise ValueError for a slip."""
    return _normalised_code(text, *_PARTICIPANT_CODE)


def _new_code(length: int, group: int) -> str:
    values = [secrets.randbelow(32) for _ in range(length - 1)]
    return _grouped("".join(CROCKFORD[value] for value in (*values, _times_two(_remainder(values)))), group, "-")


def _normalised_code(text: str, length: int, group: int) -> str:
    bare = _bare(text).upper().translate(_LOOKALIKES)
    if len(bare) != length or not set(bare) <= set(CROCKFORD):
        raise ValueError("This code has the wrong length or an unknown character.")
    if _remainder(CROCKFORD.index(character) for character in bare):
        raise ValueError("This code has a slip in it.")
    return _grouped(bare, group, "-")


def _remainder(values: Iterable[int]) -> int:
    """Weigh the characters with the powers of two in the field of 32 elements; a code without a slip gives zero.

    Up to 31 weights differ, so one wrong character and two exchanged ones are always seen (a Reed-Solomon check).
    """
    remainder = 0
    for value in values:
        remainder = _times_two(remainder) ^ value
    return remainder


def _times_two(value: int) -> int:
    return value << 1 ^ (0b100101 if value & 16 else 0)  # modulo x^5 + x^2 + 1


def new_receipt() -> str:
    """Return 16 digits shaped like two local phone numbers, each 5 to 9 and seven more: 5e7 squared, 51.1 bits."""
    return "".join(str(50_000_000 + secrets.randbelow(50_000_000)) for _ in range(2))


def format_receipt(receipt: str) -> str:
    """Return the digits in pairs, "76 12 34 56 · 65 43 21 09", with no-break spaces that keep each half on one line."""
    return " · ".join(_grouped(half, 2, "\N{NO-BREAK SPACE}") for half in (receipt[:8], receipt[8:]))


def normalise_receipt(text: str) -> str:
    """Return the 16 digits of a typed receipt, in digits of any script; raise ValueError if it cannot be one."""
    digits = _bare(text)
    if len(digits) != 16 or not (digits.isascii() and digits.isdigit()) or min(digits[0], digits[8]) < "5":
        raise ValueError("A receipt has two numbers of eight digits, each beginning with 5 to 9.")
    return digits


# Damm's table (H. M. Damm, Total anti-symmetrische Quasigruppen, 2004): read digit by digit, a number with its check
# digit at the end leads back to 0; one wrong digit or two exchanged neighbours never do.
_DAMM = (
    "0317598642",
    "7092154863",
    "4206871359",
    "1750983426",
    "6123045978",
    "3674209581",
    "5869720134",
    "8945362017",
    "9438617205",
    "2581436790",
)
_SERIAL = 6  # digits, the last of which checks the others


def new_serial() -> str:
    """Return six digits for the outside of a receipt card, five of them random and the last one for checking."""
    digits = f"{secrets.randbelow(100_000):05}"
    return digits + str(_damm(digits))


def format_serial(serial: str) -> str:
    """Return a serial in pairs, as it is read aloud: "12 34 56", with no-break spaces."""
    return _grouped(serial, 2, "\N{NO-BREAK SPACE}")


def normalise_serial(text: str) -> str:
    """Return the six digits of a typed serial, in digits of any script; raise ValueError for a slip."""
    digits = _bare(text)
    if len(digits) != _SERIAL or not (digits.isascii() and digits.isdigit()):
        raise ValueError("A serial has six digits.")
    if _damm(digits):
        raise ValueError("This serial has a slip in it.")
    return digits


def _damm(digits: str) -> int:
    state = 0
    for digit in digits:
        state = int(_DAMM[state][int(digit)])
    return state


def _bare(text: str) -> str:
    """Drop spaces, punctuation and invisible marks, and write the digits of any script as 0 to 9."""
    kept = (c for c in unicodedata.normalize("NFKC", text) if unicodedata.category(c)[0] not in "PZC")
    return "".join(str(unicodedata.decimal(c, c)) for c in kept)


def _grouped(text: str, group: int, separator: str) -> str:
    return separator.join(text[start : start + group] for start in range(0, len(text), group))
