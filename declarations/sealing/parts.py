"""A recording is sealed in parts, so that none of it is ever a row of many megabytes (M1).

Every part but the last holds exactly 120 KiB, and the last holds fewer, even none: a part that is missing, exchanged or
added is seen, and no length stands anywhere in clear. What can be measured is the number of parts and the size class of
the last. A browser seals the same way: parts numbered from 0, each an envelope with the field "<kind>/<number>".
"""

from collections.abc import Iterable, Iterator

from .envelopes import Header, SealBroken, Stored, open_sealed, seal

PART_SIZE = 120 << 10  # bytes of plaintext: with its header a part fits into an envelope of 128 KiB
TABLE = "recording"


def part_header(recording: str, kind: str, number: int) -> Header:
    """Return the one place where this part of a recording opens."""
    return Header(TABLE, recording, f"{kind}/{number}")


def seal_parts(plain: bytes, key: Stored, recording: str, kind: str) -> list[bytes]:
    """Return the envelopes of a recording, in order."""
    starts = range(0, len(plain) + 1, PART_SIZE)
    return [
        seal(plain[start : start + PART_SIZE], key, part_header(recording, kind, number))
        for number, start in enumerate(starts)
    ]


def open_parts(envelopes: Iterable[Stored], key: Stored, recording: str, kind: str) -> bytes:
    """Return what was sealed in parts; raise SealBroken if a part is missing, changed or out of its place."""
    return b"".join(_opened(envelopes, key, recording, kind))


def _opened(envelopes: Iterable[Stored], key: Stored, recording: str, kind: str) -> Iterator[bytes]:
    is_whole = False
    for number, envelope in enumerate(envelopes):
        if is_whole:
            raise SealBroken
        part = open_sealed(envelope, key, part_header(recording, kind, number))
        is_whole = len(part) < PART_SIZE
        yield part
    if not is_whole:
        raise SealBroken
