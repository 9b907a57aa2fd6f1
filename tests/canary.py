"""A canary sweep: everything the site keeps, searched for secrets in every spelling they could have been kept in."""

from __future__ import annotations

import base64
import json
import os
import re
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote, quote_plus

from django.apps import apps
from django.contrib.sessions.models import Session
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

# What deflated bytes begin with: zlib at its four levels, and gzip.
DEFLATED = re.compile(rb"\x78[\x01\x5e\x9c\xda]|\x1f\x8b\x08")
# Letters as base64 writes them, in either alphabet; signed cookies and sessions are written so.
BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{40,}")
LARGEST = 1 << 22  # bytes of one inflated stretch: a figure, not a flood


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
    for match in DEFLATED.finditer(haystack):
        try:
            # 32: zlib or gzip, whichever the head says. A stretch that breaks off still gives what came before.
            yield zlib.decompressobj(wbits=47).decompress(haystack[match.start() : match.start() + LARGEST], LARGEST)
        except zlib.error:
            continue


def sweep(secrets: dict[str, str], places: dict[str, bytes]) -> set[tuple[str, str, str]]:
    """Return each (secret, place, spelling) where one was found."""
    wanted = [(name, how, needle) for name, text in secrets.items() for how, needle in spellings(text).items()]
    hits = set()
    for place, haystack in places.items():
        for stretch in unfolded(haystack):
            hits |= {(name, place, how) for name, how, needle in wanted if needle in stretch}
    return hits


# Where to look


def kept() -> dict[str, bytes]:
    """Everything the database keeps: as rows, as sessions that are opened, and as files where they can be read."""
    return {**rows(), **sessions(), **files()}


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


def recent_files(since: float, largest: int = 1 << 24) -> list[Path]:
    """Files in the folder for temporary ones that were written since: an upload must leave none."""
    found = []
    for path in Path(tempfile.gettempdir()).rglob("*"):
        with suppress(OSError):
            if path.is_file() and path.stat().st_mtime >= since and path.stat().st_size <= largest:
                found.append(path)
    return found


def admin_log() -> list[object]:
    """Rows of Django's own log of the admin; empty, and empty too where the table is not installed."""
    try:
        return list(apps.get_model("admin", "LogEntry").objects.all())
    except (LookupError, ImproperlyConfigured):
        return []


def files() -> dict[str, bytes]:
    """The files of the database: its pages and what is written ahead. A server of another account hides its own."""
    if connection.vendor == "sqlite":
        name = str(connection.settings_dict["NAME"])
        beside = [Path(f"{name}{end}") for end in ("", "-wal", "-journal", "-shm")]
        return {f"file {path.name}": path.read_bytes() for path in beside if path.exists()}
    with connection.cursor() as cursor:
        cursor.execute("CHECKPOINT")
        cursor.execute("SELECT oid FROM pg_database WHERE datname = current_database()")
        [oid] = cursor.fetchone()
        cursor.execute("SHOW data_directory")
        [home] = cursor.fetchone()
    if not os.access(home, os.R_OK | os.X_OK):
        return {}
    folders = [Path(home, "base", str(oid)), Path(home, "pg_wal")]
    paths = [path for folder in folders for path in folder.iterdir() if path.is_file()]
    return {f"file {path.relative_to(home)}": path.read_bytes() for path in paths}
