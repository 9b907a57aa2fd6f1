"""The manifest of an edition: what each of its files must hash to, and which edition came before; signed as it stands.

One JSON object in canonical form (RFC 8259; UTF-8, NFC, sorted keys, no white space), so that the same edition gives
the same bytes:

    format, version   "declaration-manifest", and a number that grows when a field changes its meaning
    forum, mode       whose it is; a rehearsal never passes for the real one
    number, kind      which edition
    published_on      the day, in the forum's time
    snapshot          the digest of the edition, and its short form `control_code`
    files             name, size in bytes and SHA-256 of each, by name
    previous          the SHA-256 of the manifest of the edition before; null for the first
    key               the public half of the key that signs this (Ed25519), in hexadecimal

The signature is over exactly these bytes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from .encoding import build, canonical, plain, sha256
from .snapshot import Snapshot, control_code

FORMAT = "declaration-manifest"
VERSION = 1
NAME, SIGNATURE = "manifest.json", "manifest.json.sig"


class UnfitManifest(ValueError):
    """These bytes are no manifest in its one form."""


@dataclass(frozen=True)
class FileFacts:
    name: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """What one edition consists of, to the byte."""

    forum: str
    mode: str
    number: int
    kind: str
    published_on: str
    snapshot: str
    control_code: str
    files: tuple[FileFacts, ...]
    previous: str | None
    key: str
    format: str = FORMAT
    version: int = VERSION

    def to_bytes(self) -> bytes:
        return canonical(plain(self))

    def digest(self) -> str:
        """The SHA-256 of its bytes: what the next edition names as `previous`."""
        return sha256(self.to_bytes())


def facts_of(name: str, content: bytes) -> FileFacts:
    return FileFacts(name, len(content), sha256(content))


def manifest_of(snapshot: Snapshot, files: Mapping[str, bytes], *, previous: str | None, key: bytes) -> Manifest:
    """Return the manifest of an edition with these files, by name; `key` is the public half that will sign it."""
    digest = snapshot.digest()
    return Manifest(
        forum=snapshot.forum.slug,
        mode=snapshot.forum.mode,
        number=snapshot.number,
        kind=snapshot.kind,
        published_on=snapshot.published_on,
        snapshot=digest,
        control_code=control_code(digest),
        files=tuple(facts_of(name, files[name]) for name in sorted(files)),
        previous=previous,
        key=key.hex(),
    )


def from_bytes(data: bytes) -> Manifest:
    """Return the manifest that `to_bytes` wrote; raises UnfitManifest for anything else, reordered words too."""
    try:
        found: Manifest = build(Manifest, json.loads(data.decode("utf-8")))
    except (ValueError, TypeError, KeyError, RecursionError) as problem:
        raise UnfitManifest(str(problem)) from problem
    if (found.format, found.version) != (FORMAT, VERSION) or found.to_bytes() != data:
        raise UnfitManifest("It is not in its one form.")
    return found
