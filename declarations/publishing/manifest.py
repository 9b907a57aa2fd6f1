"""What the files of an edition must hash to, and whether they still do."""

from __future__ import annotations

from collections.abc import Mapping

from .encoding import sha256


def manifest(files: Mapping[str, bytes]) -> dict[str, str]:
    """Return the SHA-256 of each file by its name, in the order of the names."""
    return {name: sha256(files[name]) for name in sorted(files)}


def verify(files: Mapping[str, bytes], expected: Mapping[str, str]) -> list[str]:
    """Return the names of files that differ from the manifest, are missing, or are not in it."""
    found = manifest(files)
    return sorted(name for name in {*found, *expected} if found.get(name) != expected.get(name))
