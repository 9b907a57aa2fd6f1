"""What was taken back is written down outside the database too, so that a restored backup learns of it (M4, M14).

One line a tombstone, in one file a day: a kind, a day, and a digest keyed with the pepper, so that the files tell
nobody what was taken back. A line is on the disk before the database commits: a wish that was lost half-way is then
carried out by `retain`, and never the other way round (docs/adr/0007-tombstones.md).
"""

from __future__ import annotations

import fcntl
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from enum import StrEnum
from pathlib import Path

from django.conf import settings
from django.utils.timezone import localdate

from declarations import sealing

DAY = re.compile(r"\d{4}-\d\d-\d\d")
LINE = re.compile(r"([a-z_]+) (\d{4}-\d\d-\d\d) ([0-9a-f]{64}) ([0-9a-f]{32})")


class Kind(StrEnum):
    """What was taken back; a consent given again lifts the line that took it back."""

    WITHDRAWN = "withdrawn"
    ERASED = "erased"
    REFUSED = "refused"
    EXCERPT = "excerpt"
    NO_SUMMARY = "no_summary"
    SUMMARY = "summary"
    NO_QUOTE = "no_quote"
    QUOTE = "quote"
    NO_VOICE = "no_voice"
    VOICE = "voice"
    SEAT = "seat"
    ACCOUNT = "account"
    PASSWORD = "password"
    CARD = "card"
    HOLDING = "holding"
    KEY = "key"


KINDS = {kind.value: kind for kind in Kind}
LIFTED_BY = {Kind.NO_SUMMARY: Kind.SUMMARY, Kind.NO_QUOTE: Kind.QUOTE, Kind.NO_VOICE: Kind.VOICE}
LIFTS = {yes: no for no, yes in LIFTED_BY.items()}


class CannotBury(Exception):
    """A tombstone could not be written safely: what it stands for must not happen either."""


@dataclass(frozen=True)
class Stone:
    """One thing that was taken back."""

    kind: Kind
    digest: str

    @classmethod
    def of(cls, kind: Kind, *parts: object) -> Stone:
        """The stone of whatever `parts` name. Kinds have digests of their own: two lines never tell of one testimony,
        but for a consent taken back and given again."""
        subject = LIFTS.get(kind, kind)
        named = [bytes(part) if isinstance(part, bytes | memoryview) else str(part) for part in parts]
        return cls(kind, sealing.keyed_hash(settings.PEPPER, "tombstone", subject, *named).hex())

    def line(self, day: date) -> str:
        return f"{self.kind} {day} {self.digest} {_check(self.kind, str(day), self.digest)}"


@dataclass
class Yard:
    """Everything that stands in the files: digest → day for each kind, and what could not be read."""

    stones: dict[Kind, dict[str, date]] = field(default_factory=dict)
    damaged: int = 0

    def __len__(self) -> int:
        return sum(map(len, self.stones.values()))

    def day_of(self, kind: Kind, *parts: object) -> date | None:
        """The day on which this was taken back, or None."""
        return self.stones.get(kind, {}).get(Stone.of(kind, *parts).digest)


def _check(*parts: str) -> str:
    return sealing.keyed_hash(settings.PEPPER, "tombstone line", *parts).hex()[:32]


def folder() -> Path:
    return Path(settings.TOMBSTONES_DIR)


# Writing


def bury(*stones: Stone) -> None:
    """Append the stones, all or none, and return once they are on the disk; raises CannotBury."""
    if not stones:
        return
    day = localdate()
    try:
        with _locked() as home:
            _append(home / f"{day}.txt", "".join(f"{stone.line(day)}\n" for stone in stones).encode(), day)
    except OSError as error:
        raise CannotBury(f"{folder()}: {error.strerror}") from error


@contextmanager
def _locked() -> Iterator[Path]:
    """Hold the folder, which is made where it is missing, for this process alone."""
    home = folder()
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(home / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield home
    finally:
        os.close(handle)


def _append(path: Path, lines: bytes, day: date) -> None:
    is_new = not path.exists()
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        before = os.fstat(handle).st_size
        # A line that was cut off by a power failure must not swallow the next one.
        if before and os.pread(handle, 1, before - 1) != b"\n":
            lines = b"\n" + lines
        try:
            _write(handle, lines)
            _forget_the_hour(handle, day)
            os.fsync(handle)
        except OSError:
            os.ftruncate(handle, before)
            raise
    finally:
        os.close(handle)
    if is_new:
        sync_folder(path.parent)


def _write(handle: int, data: bytes) -> None:
    while data:
        data = data[os.write(handle, data) :]


def _forget_the_hour(handle: int, day: date) -> None:
    """The day, not the second (M3): a file says when it was written last."""
    midnight = datetime.combine(day, time(), UTC).timestamp()
    os.utime(handle, (midnight, midnight))


def sync_folder(path: Path) -> None:
    """Make sure that the names in a folder survive a power failure."""
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


# Reading


def read() -> Yard:
    """Return every stone, later lines over earlier ones; raises OSError where the folder cannot be read."""
    yard = Yard()
    for path in _files():
        for stone, day in _lines(path, yard):
            if stone.kind in LIFTS:
                yard.stones.get(LIFTS[stone.kind], {}).pop(stone.digest, None)
            else:
                yard.stones.setdefault(stone.kind, {}).setdefault(stone.digest, day)
    return yard


def _files() -> list[Path]:
    home = folder()
    if not home.exists():
        return []
    return sorted(path for path in home.iterdir() if path.suffix == ".txt" and DAY.fullmatch(path.stem))


def _lines(path: Path, yard: Yard) -> Iterator[tuple[Stone, date]]:
    for line in path.read_text(encoding="ascii", errors="replace").splitlines():
        match = LINE.fullmatch(line)
        if match and match[1] in KINDS and match[4] == _check(*match.groups()[:3]):
            yield Stone(KINDS[match[1]], match[3]), date.fromisoformat(match[2])
        elif line:
            yard.damaged += 1


# Forgetting the order


def forget_order(today: date | None = None) -> int:
    """Sort the files of past days by digest, so that they tell the day and not who came before whom; how many."""
    today, done = today or localdate(), 0
    if not _files():
        return 0
    with _locked():
        for path in _files():
            if path.stem < str(today) and _sort(path):
                done += 1
    return done


def _sort(path: Path) -> bool:
    lines = path.read_text(encoding="ascii", errors="replace").splitlines()
    # Of a consent taken back and given again on one day, the last word counts.
    last = {line.split()[2] if LINE.fullmatch(line) else line: line for line in lines if line}
    ordered = sorted(last.values(), key=lambda line: line.split()[2:] or [line])
    if ordered == lines:
        return False
    fresh = path.with_suffix(".sorting")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        _write(handle, "".join(f"{line}\n" for line in ordered).encode("ascii", "replace"))
        _forget_the_hour(handle, date.fromisoformat(path.stem))
        os.fsync(handle)
    finally:
        os.close(handle)
    fresh.replace(path)
    sync_folder(path.parent)
    return True
