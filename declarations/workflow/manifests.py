"""The signed manifest of an edition: made by a publisher who opens the signing key, and proved again at any time.

What is proved needs no secret: the public halves stand in the database, on the page of verification and on paper
(docs/adr/0015-signed-editions.md).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from django.utils.translation import gettext as _

from declarations import sealing
from declarations.models import Declaration, Edition, EditionFile, Forum, ForumKey, KeyHolding, Proof, Seat
from declarations.publishing import file_name
from declarations.publishing.manifest import NAME, FileFacts, Manifest, UnfitManifest, facts_of, from_bytes, manifest_of
from declarations.publishing.snapshot import Snapshot, UnfitSnapshot, control_code

from . import people
from .declarations import words_bytes
from .moves import Refused
from .snapshots import snapshot_of


@dataclass(frozen=True)
class Signer:
    """The forum's signing key, opened by one publisher for one edition."""

    key: ForumKey
    private: bytes = field(repr=False)


def signing_holding(forum: Forum, *, by: Seat) -> KeyHolding:
    """Return how the seat holds the forum's signing key; refused where it does not, or where there is no key."""
    key = ForumKey.objects.filter(forum=forum).current(ForumKey.Purpose.SIGNING).first()
    if key is None:
        raise Refused(_("The key that signs editions is not made yet. It is made under Keys."))
    holding = key.holdings.filter(person__user=by.user_id).first() if by.user_id else None
    if holding is None:
        raise Refused(_("You do not hold the key that signs editions. Whoever holds it gives it to you under Keys."))
    return holding


def open_signing_key(forum: Forum, *, by: Seat, private: bytes) -> Signer:
    """Return the signing key as the seat's own private key opens it; refused for whoever does not hold it."""
    holding = signing_holding(forum, by=by)
    opened = sealing.open_from(private, holding.sealed)
    if not people.is_private_of(holding.key, opened):
        raise Refused(_("What was kept of the key that signs editions is not that key. Nothing was signed."))
    return Signer(holding.key, opened)


@dataclass(frozen=True)
class Signed:
    """A manifest with its signature, and the key that verifies it."""

    manifest: bytes
    signature: bytes
    key: ForumKey


def sign(snapshot: Snapshot, files: Mapping[str, bytes], *, before: Edition | None, signer: Signer) -> Signed:
    """Return the signed manifest of an edition with these files, which follows the edition `before`."""
    manifest = manifest_of(snapshot, files, previous=digest_of(before), key=bytes(signer.key.public)).to_bytes()
    return Signed(manifest, sealing.sign(signer.private, manifest), signer.key)


def digest_of(edition: Edition | None) -> str | None:
    """Return the SHA-256 of an edition's manifest; None where there is no edition."""
    return None if edition is None else hashlib.sha256(bytes(edition.manifest)).hexdigest()


def signing_keys(forum: Forum) -> list[ForumKey]:
    """Return every version of the signing key, the newest first: what a retired one signed stays proved."""
    return list(ForumKey.objects.filter(forum=forum, purpose=ForumKey.Purpose.SIGNING).order_by("-version"))


# Proving an edition again


def is_signed(edition: Edition) -> bool:
    """Whether the manifest is the one that the forum's key signed, and names that key itself."""
    key, manifest = edition.signed_with, bytes(edition.manifest)
    if key is None or key.purpose != ForumKey.Purpose.SIGNING:
        return False
    try:
        named = from_bytes(manifest).key
    except UnfitManifest:
        return False
    return named == bytes(key.public).hex() and sealing.is_signed(key.public, manifest, edition.signature)


def is_listed(file: EditionFile) -> bool:
    """Whether the manifest of its edition lists the file with its digest.

    An edition of before there were manifests has nothing to contradict it; that it is not signed is said beside it.
    """
    if not file.edition.manifest:
        return True
    try:
        listed = from_bytes(bytes(file.edition.manifest)).files
    except UnfitManifest:
        return False
    name = file_name(file.language, file.extension)
    return any((each.name, each.sha256) == (name, file.sha256) for each in listed)


def verify(edition: Edition) -> list[str]:
    """Return what is wrong with the stored edition, one sentence each: nothing, as long as nobody touched it."""
    before = Edition.objects.filter(declaration=edition.declaration_id, number=edition.number - 1).first()
    try:
        snapshot = snapshot_of(edition)
    except UnfitSnapshot as problem:
        return [str(problem)]
    return [
        *_faults_of_digests(edition, snapshot),
        *_faults_of_words(edition, snapshot),
        *_faults_of_manifest(edition, snapshot, before),
    ]


def _faults_of_digests(edition: Edition, snapshot: Snapshot) -> Iterator[str]:
    expected = {
        "digest": snapshot.digest(),
        "text_digest": snapshot.text_digest,
        "figures_digest": snapshot.figures_digest,
        "voices_digest": snapshot.voices_digest,
        "control_code": control_code(snapshot.digest()),
        "number": snapshot.number,
        "kind": snapshot.kind,
    }
    for name, value in expected.items():
        if getattr(edition, name) != value:
            yield _("%(field)s is not that of the stored snapshot.") % {"field": name}


def _faults_of_words(edition: Edition, snapshot: Snapshot) -> Iterator[str]:
    version = edition.adoption.version
    if hashlib.sha256(bytes(version.words)).hexdigest() != version.digest:
        yield _("The adopted words do not have the digest that was adopted.")
    if words_bytes(snapshot.title, snapshot.sections, snapshot.authentic) != bytes(version.words):
        yield _("The words are not those that were adopted.")


def _faults_of_manifest(edition: Edition, snapshot: Snapshot, before: Edition | None) -> Iterator[str]:
    stored = {facts.name: facts for facts in _files_of(edition)}
    try:
        manifest = from_bytes(bytes(edition.manifest))
    except UnfitManifest:
        yield _("%(name)s cannot be read.") % {"name": NAME} if edition.manifest else _("The edition is not signed.")
        return
    if not is_signed(edition):
        yield _("%(name)s is not what was signed.") % {"name": NAME}
    yield from _faults_of_files(edition, stored, {facts.name: facts for facts in manifest.files})
    if edition.previous_digest != (before.digest if before else "") or manifest.previous != digest_of(before):
        yield _("The edition does not follow the one before it.")
    if (edition.number == 1) != (before is None):
        yield _("The edition before it is missing.")
    if not _says(manifest, edition, snapshot):
        yield _("%(name)s does not say what is stored of the edition.") % {"name": NAME}


def _says(manifest: Manifest, edition: Edition, snapshot: Snapshot) -> bool:
    """Whether the manifest says of the edition what its snapshot says; its files and chain are asked apart."""
    key = edition.signed_with
    again = manifest_of(snapshot, {}, previous=manifest.previous, key=bytes(key.public) if key else b"")
    return replace(manifest, files=()) == again


def _files_of(edition: Edition) -> Iterator[FileFacts]:
    """Count every stored file again, one in memory at a time; a row that contradicts its own bytes has no digest."""
    for file in edition.files.iterator(chunk_size=1):
        facts = facts_of(file_name(file.language, file.extension), bytes(file.content))
        is_as_said = (file.size, file.sha256) == (facts.size, facts.sha256)
        yield facts if is_as_said else replace(facts, sha256="")


def _faults_of_files(
    edition: Edition, stored: Mapping[str, FileFacts], listed: Mapping[str, FileFacts]
) -> Iterator[str]:
    for name in sorted({*stored, *listed}):
        if name not in stored:
            yield _("The file %(name)s is missing.") % {"name": name}
        elif name not in listed:
            yield _("The file %(name)s was not published with it.") % {"name": name}
        elif stored[name] != listed[name]:
            yield _("The file %(name)s is not what was published.") % {"name": name}


def verify_all(declaration: Declaration) -> Iterator[tuple[int, str]]:
    """Yield each fault in the editions of a declaration, with the number of the edition; 0 is about them all."""
    published = declaration.proofs.filter(state=Proof.State.PUBLISHED).count()
    numbers = []
    # The whole chain first: each edition is asked about the one before, and the last about how many there were.
    for edition in declaration.editions.order_by("number").iterator(chunk_size=1):
        numbers.append(edition.number)
        for fault in verify(edition):
            yield edition.number, fault
    if numbers != list(range(1, published + 1)):
        yield (
            0,
            _("%(published)d editions were published, and %(found)d are there.")
            % {
                "published": published,
                "found": len(numbers),
            },
        )


@dataclass(frozen=True)
class Standing:
    """How an edition stands in what anybody can prove: its own signature, and the chain from the first to the last."""

    is_signed: bool
    is_chained: bool

    @property
    def is_proved(self) -> bool:
        return self.is_signed and self.is_chained


def standing(edition: Edition) -> Standing:
    """Return how the edition stands, from the manifests alone: no file is opened."""
    rows = Edition.objects.filter(declaration=edition.declaration_id).select_related("signed_with").defer("snapshot")
    signed: dict[int, bool] = {}
    previous, is_chained = None, True
    for number, row in enumerate(rows.order_by("number"), start=1):
        signed[row.number] = is_signed(row)
        follows = signed[row.number] and from_bytes(bytes(row.manifest)).previous == previous
        is_chained = is_chained and follows and row.number == number
        previous = digest_of(row)
    return Standing(signed.get(edition.number, False), is_chained)
