"""A canary sweep: everything the site keeps, searched for secrets in every spelling they could have been kept in."""

from __future__ import annotations

import base64
import gc
import gzip
import json
import os
import pickle
import re
import subprocess
import tempfile
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

import brotli
from django.apps import apps
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.cache import caches
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from declarations.shelf import shelf
from declarations.views.ready import Ready
from tests.postgres import HOMES

# What deflated bytes begin with: zlib at its four levels, gzip, and a file inside a ZIP.
DEFLATED = re.compile(rb"\x78[\x01\x5e\x9c\xda]|\x1f\x8b\x08|PK\x03\x04")
# Letters as base64 writes them, in either alphabet; signed cookies and sessions are written so.
BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{40,}")
LARGEST = 1 << 22  # bytes of one inflated stretch: a figure, not a flood
CLOCK_STEP = 2  # seconds by which a file may seem older than it is
PIECE = 8  # bytes; long enough to stand by chance in no file


def spellings(secret: str) -> dict[str, bytes]:
    """Return every form in which a text could lie in bytes, by name."""
    plain = secret.encode()
    found = {
        "utf-8": plain,
        "latin-1": secret.encode("latin-1", "replace"),  # as browsers keep what has no other letters
        "utf-16-le": secret.encode("utf-16-le"),
        "utf-16-be": secret.encode("utf-16-be"),
        "hex": plain.hex().encode(),
        "HEX": plain.hex().upper().encode(),
        "json": json.dumps(secret)[1:-1].encode(),
        "python": ascii(secret)[1:-1].encode(),
        "url": quote(secret, safe="").encode(),
        "form": quote_plus(secret).encode(),
    }
    for name, encode in (("base64", base64.b64encode), ("base64url", base64.urlsafe_b64encode)):
        for offset in range(3):
            found[f"{name}+{offset}"] = inside(encode(b"\0" * offset + plain), offset, len(plain))
    return found


def inside(encoded: bytes, offset: int, length: int) -> bytes:
    """Keep the letters that depend on the secret alone, not on the bytes before and after it."""
    start = -(-offset * 8 // 6)
    return encoded[start : (offset + length) * 8 // 6]


def unfolded(haystack: bytes) -> Iterator[bytes]:
    """The bytes themselves, what is deflated in them, and what is deflated in base64 in them."""
    yield haystack
    yield from inflated(haystack)
    for match in BASE64.finditer(haystack):
        letters = match[0].translate(bytes.maketrans(b"-_", b"+/"))
        # A letter that happens to stand before it must not put the rest out of step.
        for start in range(4):
            end = start + (len(letters) - start) // 4 * 4
            yield from inflated(base64.b64decode(letters[start:end]))


def inflated(haystack: bytes) -> Iterator[bytes]:
    seen = memoryview(haystack)  # nothing is copied: in a file of random bytes there are thousands of such heads
    for match in DEFLATED.finditer(haystack):
        start, wbits = match.start(), 47  # 32: zlib or gzip, whichever the head says
        if match[0] == b"PK\x03\x04":
            # Behind the head stand its name, and what was added to it, each as long as the head says.
            more = (int.from_bytes(haystack[at : at + 2], "little") for at in (start + 26, start + 28))
            start, wbits = start + 30 + sum(more), -15
        try:
            # A stretch that breaks off still gives what came before.
            yield zlib.decompressobj(wbits=wbits).decompress(seen[start : start + LARGEST], LARGEST)
        except zlib.error:
            continue


def sweep(secrets: dict[str, str], places: dict[str, bytes]) -> set[tuple[str, str, str]]:
    """Return each (secret, place, spelling) where one was found."""
    wanted = by_piece(tuple(secrets.items()))
    hits = set()
    for place, haystack in places.items():
        for stretch in unfolded(haystack):
            for piece, needles in wanted.items():
                if piece in stretch:
                    hits |= {(name, place, how) for name, how, needle in needles if needle in stretch}
    return hits


@lru_cache(maxsize=8)
def by_piece(secrets: tuple[tuple[str, str], ...]) -> dict[bytes, list[tuple[str, str, bytes]]]:
    """Return every (secret, spelling, bytes) under a short piece of these bytes that many of them have in common.

    Where a piece is not, none of its spellings is: a place is searched for some dozens of pieces, not for a thousand
    spellings. The fewest pieces are taken one after the other, each the one that stands in most of what is left.
    """
    wanted = [(name, how, needle) for name, text in secrets for how, needle in spellings(text).items()]
    pieces = [{one[at : at + PIECE] for at in range(max(1, len(one) - PIECE + 1))} for _name, _how, one in wanted]
    holding: dict[bytes, set[int]] = defaultdict(set)
    for number, own in enumerate(pieces):
        for piece in own:
            holding[piece].add(number)
    shared, left = Counter({piece: len(numbers) for piece, numbers in holding.items()}), set(range(len(wanted)))
    found = {}
    while left:
        [(piece, _most)] = shared.most_common(1)
        taken = holding[piece] & left
        found[piece] = [wanted[number] for number in sorted(taken)]
        shared.subtract(each for number in taken for each in pieces[number])
        left -= taken
    return found


# Where to look


def kept(since: float = 0) -> dict[str, bytes]:
    """Everything the site keeps: rows, sessions that are opened, files, and what stands in the memory of this process.

    `since` is a time before any of the secrets was made up: files that nobody wrote to from then on are passed over.
    """
    return {**rows(), **sessions(), **files(since), **cached(), **pages()}


def rows() -> dict[str, bytes]:
    """Every column of every table, whatever its type, a line a value."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            found[f"table {table}"] = b"\n".join(as_bytes(value) for row in cursor for value in row)
    return found


def as_bytes(value: object) -> bytes:
    if isinstance(value, bytes | memoryview | bytearray):
        return bytes(value)
    return (value if isinstance(value, str) else json.dumps(value, default=str, ensure_ascii=False)).encode()


def sessions() -> dict[str, bytes]:
    """Sessions as the site opens them, not as they lie in their table."""
    opened = [json.dumps(row.get_decoded(), ensure_ascii=False) for row in Session.objects.all()]
    return {"sessions, opened": "\n".join(opened).encode()}


def cached() -> dict[str, bytes]:
    """What the caches in memory hold, as it lies there and as it is when it is taken out."""
    found = {}
    for alias in settings.CACHES:
        # A cache in a table is searched with the tables.
        values: dict[str, bytes] = getattr(caches[alias], "_cache", {})
        opened = [f"{name} {pickle.loads(value)!r}".encode() for name, value in list(values.items())]
        found[f"cache {alias}"] = b"\n".join([*opened, *values.values()])
    return found


def pages() -> dict[str, bytes]:
    """What is kept of public pages: those that are ready, with every packing, unpacked, and what others are made of."""
    kept_ready = [each for each in gc.get_objects() if type(each) is Ready]
    unpack: dict[str, Any] = {"": bytes, "br": brotli.decompress, "gzip": gzip.decompress}
    bodies = [
        f"{ready.headers}".encode() + unpack[encoding](body)
        for ready in kept_ready
        for encoding, body in ready.bodies.items()
    ]
    things = [pickle.dumps(place.thing) for place in list(shelf.places.values()) if place.is_full]
    return {"pages kept ready": b"\n".join(bodies), "the shelf": b"\n".join(things)}


def backup(folder: Path) -> dict[str, bytes]:
    """The files of a backup, each opened: gzip whole, and what is written in base64 as the bytes that it stands for."""
    found = {}
    for path in folder.iterdir():
        whole = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        decoded = [base64.b64decode(match[0] + b"==") for match in re.finditer(rb"(?<=\")[A-Za-z0-9+/]{24,}", whole)]
        found[f"backup {path.name}"] = whole + b"\n".join(decoded)
    return found


def temporary(since: float, largest: int = 1 << 24) -> dict[str, bytes]:
    """Files in the folder for temporary ones that were written since: an upload must leave none.

    The files of the database, which the tests keep there too, are searched by themselves (`files`).
    """
    found = {}
    for folder, below, names in os.walk(tempfile.gettempdir()):
        # Not entered at all: thousands of files, written to all the time.
        below[:] = [name for name in below if not name.startswith(HOMES)]
        for path in (Path(folder, name) for name in names):
            with suppress(OSError):  # other programs of this machine come and go
                if path.is_file() and path.stat().st_mtime >= since and path.stat().st_size <= largest:
                    found[f"temporary {path.name}"] = path.read_bytes()
    return found


def admin_log() -> list[object]:
    """Rows of Django's own log of the admin; empty, and empty too where the table is not installed."""
    try:
        return list(apps.get_model("admin", "LogEntry").objects.all())
    except (LookupError, ImproperlyConfigured):
        return []


def files(since: float = 0) -> dict[str, bytes]:
    """The files of the database: its pages, what is written ahead, and the log of its server."""
    if connection.vendor == "sqlite":
        name = str(connection.settings_dict["NAME"])
        beside = [Path(f"{name}{end}") for end in ("", "-wal", "-journal", "-shm")]
        # Read by another process: whoever closes a file gives up the locks that its process holds on it, SQLite's too,
        # and a server that ends would throw away a log that is still in use here.
        return {f"file {path.name}": subprocess.check_output(["cat", path]) for path in beside if path.exists()}
    with connection.cursor() as cursor:
        cursor.execute("CHECKPOINT")
        cursor.execute("SELECT oid FROM pg_database WHERE datname = current_database()")
        [oid] = cursor.fetchone()
        cursor.execute("SHOW data_directory")
        home = Path(cursor.fetchone()[0])
    # A server that hides its files would pass for one that keeps nothing.
    assert os.access(home, os.R_OK | os.X_OK), f"{home} cannot be read, so it cannot be searched"
    log = Path(os.environ["TESTS_SERVER_HOME"], "log")
    others = {path for path in Path(home, "base").iterdir() if path.name.isdigit() and path.name != str(oid)}
    found = {"the server's log": log.read_bytes()}
    for path in home.rglob("*"):
        with suppress(FileNotFoundError):  # the server throws files away meanwhile
            is_ours = others.isdisjoint(path.parents) and path.is_file()
            if is_ours and path.stat().st_mtime >= since - CLOCK_STEP:
                found[f"file {path.relative_to(home)}"] = path.read_bytes()
    assert any(name.startswith(f"file base/{oid}/") for name in found) and any("pg_wal" in name for name in found)
    return found
