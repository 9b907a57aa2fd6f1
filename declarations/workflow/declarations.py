"""The declaration is composed, frozen as a version, and adopted word for word."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from declarations.models import Adoption, Clause, Declaration, Delegation, Seat, Section, Signature, Version
from declarations.publishing.encoding import canonical, sha256
from declarations.publishing.snapshot import ClauseText, SectionText, Text

from .clauses import (
    add_clause,
    add_section,
    add_source,
    approve_wording,
    drop_source,
    head_section,
    move_clause,
    move_section,
    remove_clause,
    remove_section,
    restore_clause,
    retitle,
    set_addressees,
    start,
    word_clause,
)
from .moves import IllegalMove, Refused, locked, move, record
from .texts import check_of_forum, checked, checked_choice, checked_label

__all__ = [
    "Missing",
    "add_clause",
    "add_section",
    "add_source",
    "adopt",
    "adoption_of",
    "amend_in_plenary",
    "approve_wording",
    "drop_source",
    "freeze",
    "head_section",
    "last_version",
    "missing_at",
    "missing_wordings",
    "move_clause",
    "move_section",
    "numbering",
    "places",
    "remove_clause",
    "remove_section",
    "reopen",
    "restore_clause",
    "retitle",
    "return_to_drafting",
    "section_texts",
    "send_for_review",
    "set_addressees",
    "start",
    "word_clause",
    "words",
    "words_bytes",
    "words_digest",
]

State = Declaration.State


# The words


def numbering(declaration: Declaration) -> dict[str, int]:
    """Return the number of each numbered clause, by its identifier, in reading order."""
    rows = Clause.objects.filter(section__declaration=declaration).standing().numbered()
    return {identifier: number for number, identifier in enumerate(rows.values_list("identifier", flat=True), 1)}


def section_texts(declaration: Declaration, languages: Sequence[str]) -> tuple[SectionText, ...]:
    """Return the sections in which clauses stand, with their words in these languages."""
    numbers = numbering(declaration)
    clauses: dict[int, list[ClauseText]] = {}
    rows = Clause.objects.filter(section__declaration=declaration).standing().prefetch_related("wordings")
    for row in rows:
        text = {wording.language: wording.text for wording in row.wordings.all()}
        clauses.setdefault(row.section_id, []).append(
            ClauseText(row.identifier, in_languages(text, languages), numbers.get(row.identifier))
        )
    sections = declaration.sections.filter(pk__in=clauses).select_related("theme")
    return tuple(
        SectionText(
            kind=section.kind,
            identifier=f"s-{section.pk}",
            clauses=tuple(clauses[section.pk]),
            theme=section.theme.code if section.theme else None,
            heading=in_languages(section.heading, languages) or None,
        )
        for section in sections
    )


def in_languages(text: Mapping[str, str], languages: Iterable[str]) -> Text:
    """Return what the text has in these languages."""
    return {code: text[code] for code in languages if text.get(code)}


def words_bytes(title: Text, sections: Iterable[SectionText], authentic: Sequence[str]) -> bytes:
    """Return title, headings and clauses in the authentic languages as canonical JSON: what is adopted, and no more."""
    return canonical(
        {
            "authentic": list(authentic),
            "title": in_languages(title, authentic),
            "sections": [
                {
                    "kind": section.kind,
                    "identifier": section.identifier,
                    "heading": in_languages(section.heading or {}, authentic),
                    "clauses": [
                        [clause.identifier, clause.number, in_languages(clause.text, authentic)]
                        for clause in section.clauses
                    ],
                }
                for section in sections
            ],
        }
    )


def words(declaration: Declaration) -> bytes:
    """Return the authentic words as they stand now."""
    authentic = declaration.forum.authentic_languages()
    return words_bytes(declaration.title, section_texts(declaration, authentic), authentic)


def words_digest(declaration: Declaration) -> str:
    """Return the SHA-256 of the authentic words as they stand now: what an adoption binds itself to."""
    return sha256(words(declaration))


# A place of the text as it is called, its row (None for the title), and the languages in which its words are there.
Place = tuple[str, Section | Clause | None, set[str]]


@dataclass(frozen=True)
class Missing:
    """A place of the text and the languages in which its words are missing; `row` is None for the title."""

    place: str
    languages: tuple[str, ...]
    row: Section | Clause | None = None


def missing_wordings(declaration: Declaration, languages: Sequence[str] | None = None) -> list[Missing]:
    """Return what lacks which of these languages (by default all that the forum writes), in reading order."""
    wanted = declaration.forum.written_languages() if languages is None else languages
    return missing_at(places(declaration), wanted)


def missing_at(found: Iterable[Place], wanted: Sequence[str]) -> list[Missing]:
    gaps = ((place, row, tuple(code for code in wanted if code not in has)) for place, row, has in found)
    return [Missing(place, lacking, row) for place, row, lacking in gaps if lacking]


def places(declaration: Declaration) -> Iterator[Place]:
    """Yield every place where words belong, in reading order."""
    numbers = numbering(declaration)
    yield _("title"), None, {code for code, text in declaration.title.items() if text}
    rows = Clause.objects.filter(section__declaration=declaration).standing()
    section, place = None, 0
    for row in rows.select_related("section").prefetch_related("wordings"):
        if row.section_id != (section.pk if section else None):
            section, place = row.section, 0
            if section.heading:
                yield _("heading “%(heading)s”") % {"heading": section}, section, set(section.heading)
        place += 1
        if number := numbers.get(row.identifier):
            name = _("clause %(number)d") % {"number": number}
        else:
            kind = section.get_kind_display() if section else ""
            name = _("%(section)s, paragraph %(number)d") % {"section": kind, "number": place}
        yield name, row, {wording.language for wording in row.wordings.all()}


# The road of the text


def send_for_review(declaration: Declaration, *, by: Seat) -> None:
    """Show the whole text to experts and groups."""
    with transaction.atomic():
        fresh = locked(declaration)
        if fresh.state != State.DRAFTING:
            raise IllegalMove(fresh, State.UNDER_REVIEW)
        move(declaration, State.UNDER_REVIEW, by=by, verb="send_for_review")


def return_to_drafting(declaration: Declaration, *, by: Seat, reason: str = "") -> None:
    move(declaration, State.DRAFTING, by=by, verb="return_to_drafting", reason=reason)


def reopen(declaration: Declaration, *, by: Seat, reason: str) -> None:
    """Open a fixed text again, frozen or adopted; what was adopted stays adopted until another adoption."""
    reason = checked(reason, field="reason")
    with transaction.atomic():
        fresh = locked(declaration)
        if not fresh.is_fixed:
            raise IllegalMove(fresh, State.UNDER_REVIEW)
        move(declaration, State.UNDER_REVIEW, by=by, verb="reopen", reason=reason)


def freeze(declaration: Declaration, *, by: Seat, why: str = "") -> Version:
    """Fix the words and keep them as a version; refused where words in an authentic language are missing."""
    why = checked(why, field="why", longest=300, is_required=False)
    with transaction.atomic():
        _check_complete(locked(declaration))
        move(declaration, State.FROZEN, by=by, verb="freeze", reason=why)
        return _make_version(declaration, by, why)


def _check_complete(declaration: Declaration) -> None:
    authentic = declaration.forum.authentic_languages()
    if not authentic:
        raise Refused(_("Say first which language of the forum is authentic."))
    if not Clause.objects.filter(section__declaration=declaration).standing().exists():
        raise Refused(_("There is no clause yet."))
    if missing := missing_wordings(declaration, authentic):
        places = "; ".join(f"{gap.place} ({', '.join(gap.languages)})" for gap in missing)
        raise Refused(_("Words are missing here: %(places)s.") % {"places": places})


def _make_version(declaration: Declaration, by: Seat, why: str) -> Version:
    last, now = last_version(declaration), words(declaration)
    version = Version.objects.create(
        declaration=declaration,
        number=last.number + 1 if last else 1,
        made_at=timezone.now(),
        made_by=by,
        why=why,
        words=now,
        digest=sha256(now),
    )
    record(version, by=by, verb="make_version", reason=why)
    return version


def last_version(declaration: Declaration) -> Version | None:
    return declaration.versions.order_by("-number").first()


def amend_in_plenary(
    declaration: Declaration, *, by: Seat, changes: Iterable[tuple[Clause, str, str]], why: str
) -> Version:
    """Change words of a frozen text, each a (clause, language, text), and freeze it again as a new version."""
    why, changes = checked(why, field="why", longest=300), list(changes)
    if not changes:
        raise Refused(_("There is nothing to change."))
    with transaction.atomic():
        fresh = locked(declaration)
        if fresh.state != State.FROZEN:
            raise IllegalMove(fresh, State.UNDER_REVIEW)
        move(fresh, State.UNDER_REVIEW, by=by, verb="amend_in_plenary", reason=why)
        for clause, language, text in changes:
            if clause.section.declaration_id != declaration.pk:
                raise Refused(_("This clause is of another declaration."))
            word_clause(clause, by=by, language=language, text=text)
        return freeze(declaration, by=by, why=why)


# Adopting


def adopt(
    declaration: Declaration,
    *,
    by: Seat,
    digest: str,
    method: str,
    adopted_on: date,
    place: Mapping[str, str],
    presided_by: str,
    signatures: Iterable[tuple[str, Mapping[str, str]]] = (),
    reservations: str = "",
    delegations: Iterable[Delegation] = (),
    votes: tuple[int, int, int] | None = None,
) -> Adoption:
    """Record the adoption of the exact words of a digest; `votes` are (for, against, abstaining), of a vote alone.

    Refused where the digest is not that of the last version, or the words have moved since.
    """
    fields = _checked_adoption(method, place, presided_by, reservations, votes)
    signed = [
        (checked(name, field="signatures", longest=200), checked_label(capacity, field="signatures", is_required=False))
        for name, capacity in signatures
    ]
    present = list(delegations)
    check_of_forum(declaration.forum, *present)
    with transaction.atomic():
        version = last_version(locked(declaration))
        if version is None or not version.digest == digest == words_digest(declaration):
            raise Refused(
                _("These are not the words as they stand. Read the text again before recording its adoption.")
            )
        move(declaration, State.ADOPTED, by=by, verb="adopt", reason=digest)
        adoption = Adoption.objects.create(version=version, adopted_on=adopted_on, recorded_by=by, **fields)
        adoption.delegations.set(present)
        Signature.objects.bulk_create(
            Signature(adoption=adoption, name=name, capacity=capacity, order=order)
            for order, (name, capacity) in enumerate(signed, 1)
        )
    return adoption


def _checked_adoption(
    method: str, place: Mapping[str, str], presided_by: str, reservations: str, votes: tuple[int, int, int] | None
) -> dict[str, Any]:
    checked_choice(method, Adoption.Method, field="method")
    if (method == Adoption.Method.VOTE) != (votes is not None):
        raise ValidationError({"votes_for": _("A vote has its figures, and nothing else has.")})
    if votes and min(votes) < 0:
        raise ValidationError({"votes_for": _("Nobody votes less than zero times.")})
    counted = dict(zip(("votes_for", "votes_against", "abstentions"), votes, strict=True)) if votes else {}
    return {
        "method": method,
        "place": checked_label(place, field="place"),
        "presided_by": checked(presided_by, field="presided_by", longest=200),
        "reservations": checked(reservations, field="reservations", is_required=False),
        **counted,
    }


def adoption_of(declaration: Declaration) -> Adoption | None:
    """Return the adoption of the words as they stand; None while none of the last version is recorded."""
    version = last_version(declaration)
    return Adoption.objects.filter(version=version).first() if version else None
