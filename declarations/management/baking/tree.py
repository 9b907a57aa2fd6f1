"""A tree of files that is replaced whole or not at all; what did not change keeps its file, its date and its ETag."""

from __future__ import annotations

import ctypes
import errno
import fcntl
import gzip
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import brotli

PACKED = frozenset({".html", ".xml", ".json", ".jsonld", ".csv", ".txt", ".akn", ".css", ".js", ".svg"})
MARKER = ".baked"  # stands in every tree of ours: no other folder is ever replaced
EXCHANGE = 2  # RENAME_EXCHANGE of Linux


class NotOurs(Exception):
    """The folder holds something that was not baked."""


class Tree:
    """The tree that is being written beside the one that is served."""

    def __init__(self, final: Path, fresh: Path) -> None:
        self.final, self.fresh = final, fresh
        self.written = self.unchanged = 0

    def add(self, name: str, body: bytes) -> None:
        """Put a file in its place, with its packed forms beside it; one that is as before is not written again."""
        before, path = self.final / name, self.fresh / name
        path.parent.mkdir(parents=True, exist_ok=True)
        same = before.is_file() and before.read_bytes() == body
        self.unchanged += same
        self.written += not same
        if same:
            _keep(before, path)
        else:
            path.write_bytes(body)
        if path.suffix in PACKED:
            for end, pack in ((".br", lambda: brotli.compress(body, quality=11)), (".gz", lambda: _gzip(body))):
                kept = before.with_name(before.name + end)
                packed = path.with_name(path.name + end)
                if same and kept.is_file():
                    _keep(kept, packed)
                else:
                    packed.write_bytes(pack())


@contextmanager
def replacing(final: Path) -> Iterator[Tree]:
    """Yield a tree to write into; at the end it takes the place of the old one, after an error nothing has changed."""
    if final.is_symlink() or (final.exists() and any(final.iterdir()) and not (final / MARKER).is_file()):
        raise NotOurs(f"{final} holds something that was not baked. Name a folder that is empty or does not exist.")
    final.parent.mkdir(parents=True, exist_ok=True)
    fresh = final.with_name(f".{final.name}.new")
    with open(final.with_name(f".{final.name}.lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        _remove(fresh)  # what a bake left that was killed
        fresh.mkdir()
        try:
            tree = Tree(final, fresh)
            yield tree
            (fresh / MARKER).write_text("Written by `manage.py bake`, which replaces the whole folder.\n")
            os.sync()
            _swap(fresh, final)
        finally:
            _remove(fresh)
            with suppress(FileNotFoundError):
                os.unlink(lock.name)


def _gzip(body: bytes) -> bytes:
    return gzip.compress(body, 9, mtime=0)


def _keep(before: Path, path: Path) -> None:
    try:
        os.link(before, path)
    except OSError:  # a stick knows no second name for a file
        shutil.copy2(before, path)


def _remove(path: Path) -> None:
    if path.exists():
        shutil.rmtree(path)


def _swap(fresh: Path, final: Path) -> None:
    """Let the two folders change their names in one step, where the file system can."""
    if not final.exists():
        fresh.rename(final)
        return
    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    here = -100  # AT_FDCWD
    if rename and rename(here, os.fsencode(fresh), here, os.fsencode(final), EXCHANGE) == 0:
        return
    if rename and ctypes.get_errno() not in {errno.EINVAL, errno.ENOSYS}:
        raise OSError(ctypes.get_errno(), "The new folder cannot take the place of the old one", str(final))
    old = final.with_name(f".{final.name}.old")
    _remove(old)
    final.rename(old)
    fresh.rename(final)
    _remove(old)
