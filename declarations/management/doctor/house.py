"""Secrets, posture, versions, the clock and the disk."""

from __future__ import annotations

import os
import shutil
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.utils import timezone as clock_of

from declarations import tombstones
from declarations.models import HistoryEntry

from . import Check, Finding, error, fine, warning

LOW, VERY_LOW = 2 << 30, 256 << 20  # bytes free
WRONG_BY = timedelta(minutes=2)
NAMED = ("Django", "PyNaCl", "granian")


def posture() -> Iterator[Finding]:
    if not settings.HTTPS:
        yield warning("posture", f"SITE_URL is {settings.SITE_URL}: for this machine alone.", "Use https for real.")
    elif settings.DEBUG or settings.CHEAP_PASSPHRASES:
        yield error("posture", "DEBUG or CHEAP_PASSPHRASES is on.", "Take both out of the environment.")
    else:
        yield fine("posture", "https, every protection on.")


def secrets() -> Iterator[Finding]:
    """The shape alone: long, random by its look, and no two alike. Values are never said."""
    given = {
        "SECRET_KEY": settings.SECRET_KEY.encode(),
        "PEPPER": settings.PEPPER,
        "INTAKE_KEY": settings.INTAKE_KEY,
    }
    for name, value in given.items():
        least = 50 if name == "SECRET_KEY" else 32
        if len(value) < least or max(Counter(value).values()) > len(value) / 3:
            yield error(
                "secrets",
                f"{name} is short or repeats itself.",
                "Before anybody testified: `python3 -m forum.secrets_file` writes others. After: docs/operating.md.",
            )
    if settings.PEPPER in (settings.INTAKE_KEY, settings.INTAKE_KEY[::-1]) or len(set(given.values())) < len(given):
        yield error("secrets", "Two secrets are alike.", "Each must be drawn for itself: docs/operating.md.")
    path = Path(os.environ.get("ENV_FILE", settings.BASE_DIR / ".env"))
    if path.is_file() and path.stat().st_mode & 0o077:
        yield error("secrets", f"{path} can be read by others on this machine.", f"chmod 600 {path}")


def versions() -> Iterator[Finding]:
    pinned = {}
    for line in (settings.BASE_DIR / "requirements.txt").read_text(encoding="utf-8").splitlines():
        name, found, rest = line.partition("==")
        if found:
            pinned[name.lower()] = rest.split()[0]
    other = []
    for name, wanted in pinned.items():
        try:
            if version(name) != wanted:
                other.append(f"{name} {version(name)} instead of {wanted}")
        except PackageNotFoundError:
            other.append(f"{name} is missing")
    python = ".".join(map(str, sys.version_info[:3]))
    if other:
        yield warning(
            "versions",
            f"Not what was tested: {'; '.join(other)}.",
            "Run: pip install --require-hashes -r requirements.txt",
        )
    else:
        yield fine("versions", f"Python {python}, " + ", ".join(f"{name} {version(name)}" for name in NAMED) + ".")


def clock() -> Iterator[Finding]:
    """Days decide what is erased: a clock that runs ahead erases too early, one that stands still too late."""
    now = clock_of.now()
    last = HistoryEntry.objects.order_by("-at").values_list("at", flat=True).first()
    if last and last - now > WRONG_BY:
        yield error(
            "clock",
            f"The newest entry of the history is of {last:%Y-%m-%d %H:%M}, after this machine's {now:%Y-%m-%d %H:%M}.",
            "Set the clock (timedatectl) before `retain` runs again.",
        )
        return
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT clock_timestamp()")
            [there] = cursor.fetchone()
        if abs(there - now) > WRONG_BY:
            yield error("clock", "This machine and the database's differ by minutes.", "Set both clocks (timedatectl).")
            return
    built = datetime.fromtimestamp((settings.BASE_DIR / "manage.py").stat().st_mtime, UTC)
    if now < built - timedelta(days=1):
        yield error("clock", f"It says {now:%Y-%m-%d}, before this code was written.", "Set the clock (timedatectl).")
    else:
        yield fine("clock", f"{now:%Y-%m-%d %H:%M} UTC.")


def disk() -> Iterator[Finding]:
    folders = {"backups": Path(settings.BACKUPS_DIR), "tombstones": tombstones.folder()}
    if connection.vendor == "sqlite":
        folders["database"] = Path(connection.settings_dict["NAME"]).parent
    for name, folder in folders.items():
        while not folder.exists():
            folder = folder.parent
        free = shutil.disk_usage(folder).free
        words = f"{free >> 20} MB are free where the {name} are."
        if free < VERY_LOW:
            yield error("disk", words, "Make room now: testimonies are refused when it is full.")
        elif free < LOW:
            yield warning("disk", words, "Make room: move old content files of backups to another machine.")
        else:
            yield fine("disk", words)


CHECKS: tuple[Check, ...] = (posture, secrets, versions, clock, disk)
