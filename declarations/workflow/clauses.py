"""The text of the declaration, composed section by section and clause by clause.

Every verb that touches the words holds the declaration's row first, so that no word slips in while it is frozen.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from declarations.models import (
    Addressee,
    Clause,
    ClauseWording,
    Declaration,
    Forum,
    Recommendation,
    Seat,
    Section,
    Source,
    Theme,
)

from . import texts as typed
from .moves import Refused, checked_revision, locked, record
from .texts import (
    check_of_forum,
    checked,
    checked_choice,
    checked_label,
    checked_language,
    checked_texts,
    write_wording,
)


def start(forum: Forum, *, by: Seat, title: Mapping[str, str]) -> Declaration:
    """Begin the declaration of a forum; it has one."""
    title = checked_label(title, field="title")
    with transaction.atomic():
        Forum.objects.select_for_update().get(pk=forum.pk)
        if Declaration.objects.filter(forum=forum).exists():
            raise Refused(_("This forum has its declaration already."))
        declaration = Declaration.objects.create(forum=forum, title=title)
        record(declaration, by=by, verb="start")
    return declaration


def retitle(declaration: Declaration, *, by: Seat, title: Mapping[str, str]) -> None:
    """Change the title; of a fixed text only where the authentic words stay."""
    title = checked_label(title, field="title")
    with transaction.atomic():
        fresh = locked(declaration)
        authentic = fresh.forum.authentic_languages()
        if any(fresh.title.get(code, "") != title.get(code, "") for code in authentic):
            _check_open(fresh)
        fresh.title = title
        fresh.save(update_fields=["title"])
        record(fresh, by=by, verb="retitle")
    declaration.title = title


def add_section(
    declaration: Declaration, *, by: Seat, kind: str, heading: Mapping[str, str], theme: Theme | None = None
) -> Section:
    """Put a section at the end of the text."""
    checked_choice(kind, Section.Kind, field="kind")
    heading = checked_label(heading, field="heading", is_required=False)
    if theme is not None:
        check_of_forum(declaration.forum, theme)
    with transaction.atomic():
        _hold_open(declaration)
        last = declaration.sections.aggregate(last=Max("order"))["last"] or 0
        section = Section.objects.create(
            declaration=declaration, kind=kind, heading=heading, theme=theme, order=last + 1
        )
        record(section, by=by, verb="add_section")
    return section


def head_section(section: Section, *, by: Seat, heading: Mapping[str, str]) -> None:
    """Change a heading; of a fixed text only where the authentic words stay."""
    heading = checked_label(heading, field="heading", is_required=False)
    with transaction.atomic():
        declaration = locked(section.declaration)
        authentic = declaration.forum.authentic_languages()
        if any(section.heading.get(code, "") != heading.get(code, "") for code in authentic):
            _check_open(declaration)
        section.heading = heading
        section.save(update_fields=["heading"])
        record(section, by=by, verb="head_section")


def move_section(section: Section, *, by: Seat, order: int) -> None:
    """Put a section at another place, counted from 1."""
    with transaction.atomic():
        _hold_open(section.declaration)
        rows = [row for row in section.declaration.sections.all() if row.pk != section.pk]
        rows.insert(max(order, 1) - 1, section)
        # Two rounds, because no two sections may share a place even for a moment.
        for offset in (len(rows) + max(row.order for row in rows), 0):
            for place, row in enumerate(rows, 1):
                Section.objects.filter(pk=row.pk).update(order=offset + place)
        record(section, by=by, verb="move_section")
    section.refresh_from_db()


def remove_section(section: Section, *, by: Seat) -> None:
    """Take out a section in which no clause ever stood."""
    with transaction.atomic():
        _hold_open(section.declaration)
        if section.clauses.exists():
            raise Refused(_("There are clauses in this section. Move them first."))
        record(section.declaration, by=by, verb="remove_section", reason=str(section))
        section.delete()


def add_clause(
    section: Section,
    *,
    by: Seat,
    texts: Mapping[str, str],
    addressees: Iterable[Addressee] = (),
    sources: Iterable[Recommendation] = (),
    horizon: str = "",
) -> Clause:
    """Put a clause at the end of a section, with its words, its addressees and the recommendations it rests on."""
    forum = section.declaration.forum
    words, addressees = checked_texts(texts), list(addressees)
    for language in words:
        checked_language(forum, language, field=f"text_{language}")
    checked_choice(horizon, Recommendation.Horizon, field="horizon", is_required=False)
    check_of_forum(forum, *addressees)
    with transaction.atomic():
        _hold_open(section.declaration)
        last = section.clauses.aggregate(last=Max("order"))["last"] or 0
        clause = Clause.objects.create(section=section, order=last + 1, horizon=horizon)
        for language, text in words.items():
            write_wording(clause, by=by, language=language, text=text)
        clause.addressees.set(addressees)
        record(clause, by=by, verb="add_clause")
        for recommendation in sources:
            add_source(clause, recommendation, by=by)
    return clause


def word_clause(clause: Clause, *, by: Seat, language: str, text: str, revision: int | None = None) -> Clause:
    """Write the clause in one language; of a fixed text only a translation.

    Raises StaleRevision where a revision is given and somebody saved the clause since.
    """
    text = checked(text, field="text")
    declaration = clause.section.declaration
    language = checked_language(declaration.forum, language)
    with transaction.atomic():
        held = locked(declaration)
        authentic = held.forum.authentic_languages()
        if language in authentic:
            _check_open(held)
        fresh = locked(clause) if revision is None else checked_revision(clause, revision)
        if fresh.removed_on:
            raise Refused(_("This clause was taken out of the text."))
        if write_wording(fresh, by=by, language=language, text=text):
            if language in authentic:
                # A translation was approved for the words before these.
                fresh.wordings.exclude(language__in=authentic).update(approved_by=None)
            fresh.revision += 1
            fresh.save(update_fields=["revision"])
            record(fresh, by=by, verb="word_clause")
    clause.revision = fresh.revision
    return fresh


def approve_wording(wording: ClauseWording, *, by: Seat) -> None:
    """Approve the words as they were read: another person than wrote them."""
    typed.approve(wording, by=by)


def move_clause(clause: Clause, *, by: Seat, order: int, section: Section | None = None) -> None:
    """Put a clause at another place, counted from 1, in its section or in another one of the same text."""
    section = section or clause.section
    if section.declaration_id != clause.section.declaration_id:
        raise Refused(_("This section is of another declaration."))
    with transaction.atomic():
        _hold_open(section.declaration)
        rows = [row for row in section.clauses.standing() if row.pk != clause.pk]
        rows.insert(max(order, 1) - 1, clause)
        for place, row in enumerate(rows, 1):
            Clause.objects.filter(pk=row.pk).update(order=place, section=section)
        record(clause, by=by, verb="move_clause")
    clause.refresh_from_db()


def remove_clause(clause: Clause, *, by: Seat) -> None:
    """Take a clause out of the text; its row stays, for what points at it."""
    _stand(clause, by, "remove_clause", clause.section.declaration.forum.today())


def restore_clause(clause: Clause, *, by: Seat) -> None:
    """Put back a clause that was taken out."""
    _stand(clause, by, "restore_clause", None)


def _stand(clause: Clause, by: Seat, verb: str, removed_on: date | None) -> None:
    with transaction.atomic():
        _hold_open(clause.section.declaration)
        Clause.objects.filter(pk=clause.pk).update(removed_on=removed_on)
        record(clause, by=by, verb=verb)
    clause.removed_on = removed_on


def set_addressees(clause: Clause, *, by: Seat, addressees: Iterable[Addressee]) -> None:
    """Say to whom the clause is addressed, until the text is fixed."""
    addressees = list(addressees)
    check_of_forum(clause.section.declaration.forum, *addressees)
    with transaction.atomic():
        _hold_open(clause.section.declaration)
        clause.addressees.set(addressees)
        record(clause, by=by, verb="set_addressees")


def add_source(
    clause: Clause,
    recommendation: Recommendation,
    *,
    by: Seat,
    kind: str = Source.Kind.RESTS_ON,
    reason: str = "",
) -> Source:
    """Say that the clause comes from a recommendation; it rests only on an adopted one."""
    check_of_forum(clause.section.declaration.forum, recommendation)
    checked_choice(kind, Source.Kind, field="kind")
    reason = checked(reason, field="reason", longest=400, is_required=False)
    if kind == Source.Kind.RESTS_ON and recommendation.state != Recommendation.State.ADOPTED:
        raise Refused(_("A clause rests on recommendations that were adopted."))
    with transaction.atomic():
        row, _is_new = Source.objects.update_or_create(
            clause=clause, recommendation=recommendation, defaults={"kind": kind, "reason": reason}
        )
        record(clause, by=by, verb="add_source")
    return row


def drop_source(source: Source, *, by: Seat) -> None:
    """Take back that the clause comes from this recommendation."""
    with transaction.atomic():
        source.delete()
        record(source.clause, by=by, verb="drop_source")


def _hold_open(declaration: Declaration) -> Declaration:
    held = locked(declaration)
    _check_open(held)
    return held


def _check_open(declaration: Declaration) -> None:
    if declaration.is_fixed:
        raise Refused(_("The words are fixed. Open the text again before changing them."))
