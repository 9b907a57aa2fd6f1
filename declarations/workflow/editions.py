"""A proof waits for a second organiser; then an edition is published, numbered, and never changes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from declarations.models import Adoption, Clause, Declaration, Edition, EditionFile, Excerpt, Kind, Proof, Quote, Seat
from declarations.permissions import same_person
from declarations.publishing import FORMATS, file_name, forms
from declarations.publishing.manifest import facts_of
from declarations.publishing.snapshot import (
    Change,
    Snapshot,
    canonical_bytes,
    control_code,
    from_bytes,
    to_bytes,
    voice_commitment,
)

from . import excerpts
from .declarations import adoption_of, words_digest
from .manifests import Signed, open_signing_key, sign, verify
from .moves import IllegalMove, Refused, locked, move, record
from .refusals import faults, unchanged
from .snapshots import as_adopted, changes_between, excerpts_behind, in_these, snapshot_of, take_snapshot
from .telling import Linter
from .texts import checked

__all__ = [
    "Step",
    "changes_since",
    "changes_since_adoption",
    "in_steps",
    "make_proof",
    "publish",
    "snapshot_of",
    "stands_in_edition",
    "take_snapshot",
    "turn_down",
    "verify",
    "withdrawn_voices",
]


# The proof


def make_proof(declaration: Declaration, *, by: Seat, kind: str, languages: Sequence[str] | None = None) -> Proof:
    """Make the snapshot that another organiser confirms; one proof of a declaration waits at a time."""
    declaration.refresh_from_db()
    snapshot = take_snapshot(declaration, number=next_number(declaration), kind=kind, languages=languages)
    _check_kind(declaration, kind, snapshot)
    data, adoption = _checked_bytes(declaration, snapshot), adoption_of(declaration)
    assert adoption is not None, "a snapshot is taken of adopted words alone"
    try:
        with transaction.atomic():
            proof = Proof.objects.create(
                declaration=declaration,
                adoption=adoption,
                kind=kind,
                snapshot=data,
                digest=snapshot.digest(),
                made_by=by,
                made_at=timezone.now(),
            )
            record(proof, by=by, verb="make_proof")
    except IntegrityError as error:
        raise Refused(_("A proof is waiting already. Publish it or turn it down first.")) from error
    return proof


def next_number(declaration: Declaration) -> int:
    last = declaration.editions.latest_first().first()
    return last.number + 1 if last else 1


def _check_kind(declaration: Declaration, kind: str, snapshot: Snapshot) -> None:
    """Raise Refused where the kind does not say what the edition is."""
    last = declaration.editions.latest_first().first()
    adoption = adoption_of(declaration)
    if last is None:
        if kind != Kind.ADOPTED:
            raise Refused(_("The first edition is the adopted text."))
        return
    is_other_text = adoption is not None and last.adoption_id != adoption.pk
    if is_other_text != (kind == Kind.READOPTED) or kind == Kind.ADOPTED:
        raise Refused(_("An edition after the first adds a translation, corrects, or follows another adoption."))
    if kind == Kind.TRANSLATION and not any(change.kind == "translated" for change in snapshot.changes):
        raise Refused(_("No translation was added since the last edition."))
    if kind == Kind.ERRATUM and (refusal := unchanged(snapshot, snapshot_of(last))):
        raise Refused(f"{refusal.place}: {refusal.reason}")


def _checked_bytes(declaration: Declaration, snapshot: Snapshot) -> bytes:
    if found := faults(declaration, snapshot):
        problem = " ".join(f"{place}: {reason}" for place, reason, _row in found)
        raise Refused(_("No edition can be made of this: %(problem)s") % {"problem": problem})
    return to_bytes(snapshot)


def turn_down(proof: Proof, *, by: Seat, reason: str) -> None:
    """Do not publish it, and say why."""
    reason = checked(reason, field="reason")
    move(proof, Proof.State.TURNED_DOWN, by=by, verb="turn_down", reason=reason)


# Publishing


class Step(NamedTuple):
    """How far publishing is: the file that was made last, if any, and in the end the edition."""

    made: int
    of: int
    name: str = ""
    edition: Edition | None = None


def publish(proof: Proof, *, by: Seat, private: bytes) -> Edition:
    """Publish what a proof shows, see `in_steps`."""
    *_before, last = in_steps(proof, by=by, private=private)
    assert last.edition is not None, "the last step is the edition"
    return last.edition


def in_steps(proof: Proof, *, by: Seat, private: bytes) -> Iterator[Step]:
    """Publish what a proof shows: by another person than made it, who signs it; `private` is that person's own key.

    The text is the proof's to the letter; the figures and voices are taken again now, because words may have been
    withdrawn since. Every file is rendered and signed before the one short transaction: killed or left midway, nothing
    is left. Yields once the person may begin, after each file, and with the edition.
    """
    if same_person(proof.made_by, by):
        raise Refused(_("Another person publishes, not the one who made the proof."))
    _check_awaiting(proof)
    signer = open_signing_key(proof.declaration.forum, by=by, private=private)
    of = len(list(forms(from_bytes(bytes(proof.snapshot)), FORMATS)))
    yield Step(0, of)
    snapshot = _still_as_proved(proof)
    data = _checked_bytes(proof.declaration, snapshot)
    files: list[EditionFile] = []
    for form in forms(snapshot, FORMATS):
        files.append(_file(form.language, form.extension, form.render()))
        yield Step(len(files), of, file_name(form.language, form.extension))
    before = proof.declaration.editions.latest_first().first()
    contents = {file_name(file.language, file.extension): bytes(file.content) for file in files}
    signed = sign(snapshot, contents, before=before, signer=signer)
    edition = _edition(proof, snapshot, data, signed, before, by)
    with transaction.atomic():
        declaration = locked(proof.declaration)
        # All at once and in one order, before the forum's row: no two publishers can wait for one another.
        voiced = list(
            Excerpt.objects.select_for_update(of=("self",))
            .filter(pk__in=excerpts_behind(declaration).values("pk"), state=Excerpt.State.CLEARED)
            .select_related("testimony__forum", "proposed_by", "cleared_by")
            .order_by("pk")
        )
        move(proof, Proof.State.PUBLISHED, by=by, verb="publish")
        if declaration.state != Declaration.State.ADOPTED or words_digest(declaration) != proof.adoption.version.digest:
            raise Refused(_("The words are no longer those that were adopted."))
        _insert(edition, files, before)
        # The voices of the snapshot are those that pass the gate; no other becomes public with it (M8).
        linter = Linter(declaration.forum)
        for excerpt in voiced:
            if excerpts.passes_gate(excerpt, linter):
                excerpts.publish(excerpt, by=by, linter=linter)
    yield Step(len(files), of, edition=edition)


def _check_awaiting(proof: Proof) -> None:
    proof.refresh_from_db(fields=["state"])
    if proof.state != Proof.State.AWAITING:
        raise IllegalMove(proof, Proof.State.PUBLISHED)


def _still_as_proved(proof: Proof) -> Snapshot:
    """Return the snapshot of this moment; refused where its text, but for the day, is not the proof's."""
    proved = from_bytes(bytes(proof.snapshot))
    declaration = Declaration.objects.get(pk=proof.declaration_id)
    now = take_snapshot(declaration, number=proved.number, kind=proof.kind, languages=proved.languages)
    same_day = replace(now, published_on=proved.published_on)
    if canonical_bytes(same_day, "text") != canonical_bytes(proved, "text"):
        raise Refused(_("The text or its sources changed since this proof was made. Make another one."))
    return now


def _file(language: str, extension: str, content: bytes) -> EditionFile:
    facts = facts_of(file_name(language, extension), content)
    return EditionFile(language=language, extension=extension, content=content, size=facts.size, sha256=facts.sha256)


def _edition(
    proof: Proof, snapshot: Snapshot, data: bytes, signed: Signed, before: Edition | None, by: Seat
) -> Edition:
    """Return the edition as it will be stored, but for the moment; its digests take a while, so not inside."""
    digest = snapshot.digest()
    return Edition(
        declaration_id=proof.declaration_id,
        adoption=proof.adoption,
        number=snapshot.number,
        kind=snapshot.kind,
        snapshot=data,
        digest=digest,
        text_digest=snapshot.text_digest,
        figures_digest=snapshot.figures_digest,
        voices_digest=snapshot.voices_digest,
        previous_digest=before.digest if before else "",
        control_code=control_code(digest),
        manifest=signed.manifest,
        signature=signed.signature,
        signed_with=signed.key,
        made_by=proof.made_by,
        confirmed_by=by,
    )


def _insert(edition: Edition, files: Sequence[EditionFile], before: Edition | None) -> None:
    """Store an edition and its files, inside a transaction; refused where another one came between."""
    last = Edition.objects.filter(declaration=edition.declaration_id).latest_first().first()
    if last != before or edition.number != (last.number + 1 if last else 1):
        raise Refused(_("Another edition was published meanwhile. Make another proof."))
    edition.published_at = timezone.now()
    edition.save()
    record(edition, by=edition.confirmed_by, verb="publish")
    for file in files:
        file.edition = edition
        file.save()


# Reading an edition again


def changes_since(edition: Edition, now: Snapshot) -> tuple[Change, ...]:
    """Return what became of each clause from the edition to a text, as a rule that of another edition."""
    before = snapshot_of(edition)
    return tuple(changes_between(before.sections, now.sections, before.authentic))


def changes_since_adoption(adoption: Adoption, first: Edition | None, now: Snapshot) -> tuple[Change, ...]:
    """Return what became of each clause from the adoption to a text; `first` is the first edition of what was adopted.

    While there is none, in the authentic languages alone: no translation was kept with what was adopted.
    """
    adopted = as_adopted(bytes(adoption.version.words), snapshot_of(first) if first else None)
    sections = now.sections if first else in_these(now.sections, now.authentic)
    return tuple(changes_between(adopted, sections, now.authentic))


def withdrawn_voices(edition: Edition) -> int:
    """Return how many sentences of the edition were taken back since; never which."""
    quotes = Quote.objects.filter(excerpt__testimony__forum=edition.declaration.forum_id)
    kept = {voice_commitment(quote.words, bytes(quote.salt)) for quote in quotes}
    return sum(1 for voice in snapshot_of(edition).voices if voice not in kept)


def stands_in_edition(clause: Clause) -> bool:
    """Whether the latest edition holds the clause."""
    edition = Edition.objects.filter(declaration=clause.section.declaration_id).latest_first().first()
    if edition is None:
        return False
    return any(row.identifier == clause.identifier for row in snapshot_of(edition).clauses)
