"""What the press refuses, each with its place, its reason, and the row in which it is put right."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _

from declarations.models import (
    Addressee,
    Adoption,
    Clause,
    Declaration,
    Edition,
    Excerpt,
    Finding,
    ForumLanguage,
    Group,
    Partner,
    Recommendation,
)
from declarations.publishing.checks import Path, problems
from declarations.publishing.encoding import canonical
from declarations.publishing.signs import unset
from declarations.publishing.snapshot import Snapshot, text_layer

from .declarations import places
from .excerpts import why_shut
from .snapshots import excerpts_behind
from .telling import Linter

# By the kinds of declarations.publishing.checks.SENTENCES, and of a sign that no font has.
REASONS = {
    "code": _("No edition knows what this says: %(values)s."),
    "day": _("This is not a day: %(values)s."),
    "authentic": _("Nothing is written yet in an authentic language."),
    "language": _("This is not the code of a language: %(values)s."),
    "wordless": _("It has no words in an authentic language."),
    "identifier": _("Another part of the text has the same identifier, or it is none: %(values)s."),
    "band": _("A figure is not made coarse: %(values)s."),
    "voice": _("A sentence stands here in words."),
    "first_schema": _("An edition of the first form holds no finding."),
    "twice": _("Two findings have this number."),
    "empty": _("It has no words."),
    "unshowable": _("It holds signs that cannot be shown: %(values)s. Type these words again."),
    "no_font": _("It holds signs that none of our fonts has: %(values)s. Write it with other signs."),
}


class Refusal(NamedTuple):
    """`row` is what is put right: a row of the road, the class of a list, or None for the title."""

    place: str
    reason: str
    row: Any = None


def shut_sentences(declaration: Declaration) -> list[Refusal]:
    """Return which findings behind the text have a cleared sentence that the gate shuts, and why; never a word (M8)."""
    linter = Linter(declaration.forum)
    rows = Excerpt.objects.filter(
        pk__in=excerpts_behind(declaration).filter(state=Excerpt.State.CLEARED).values("pk")
    ).select_related("testimony__forum", "proposed_by", "cleared_by", "quote")
    shut = {
        (voice.finding, reason)
        for excerpt in rows.prefetch_related("voices__finding")
        if (reason := why_shut(excerpt, linter, getattr(excerpt, "quote", None)))
        for voice in excerpt.voices.all()
    }
    # One line a finding and reason: how many sentences there are says something of how many spoke.
    return [
        Refusal(numbered(finding)[0], reason, finding)
        for finding, reason in sorted(shut, key=lambda each: (each[0].number, each[1]))
    ]


def faults(declaration: Declaration, snapshot: Snapshot) -> list[Refusal]:
    """Return everything in the snapshot of which no edition can be made, in the order in which it is read."""
    found: dict[tuple[Path, str], list[str]] = {}
    for problem in problems(snapshot):
        found.setdefault((problem.path, problem.kind), []).append(problem.value)
    for path, signs in unset(snapshot):
        found[path, "no_font"] = [f"{sign} (U+{ord(sign):04X})" for sign in signs]
    if not found:
        return []
    named = Named(declaration)
    return list(
        dict.fromkeys(
            Refusal(place, str(REASONS[kind] % {"values": ", ".join(dict.fromkeys(values))}), row)
            for (path, kind), values in found.items()
            for place, row in [named.place(path)]
        )
    )


def unchanged(snapshot: Snapshot, last: Snapshot) -> Refusal | None:
    """Return why no erratum is made of the snapshot, where it says to the letter what the last edition says."""
    if told(last) != told(snapshot):
        return None
    reason = _("Nothing changed since then, and an erratum corrects something. Correct the text or a finding first.")
    return Refusal(f"{Edition._meta.verbose_name} {last.number}", str(reason), Clause)


def told(snapshot: Snapshot) -> bytes:
    """Return all that an edition says in words; not which one it is, nor its figures, which move by themselves."""
    which = ("number", "kind", "published_on", "changes", "text_unchanged_since_adoption")
    text = {name: value for name, value in text_layer(snapshot).items() if name not in which}
    return canonical({**text, "findings": [[finding.number, finding.text] for finding in snapshot.findings]})


class Named:
    """The places of a snapshot as organisers call them, with what is put right there."""

    def __init__(self, declaration: Declaration) -> None:
        self.declaration, self.forum = declaration, declaration.forum
        self.clauses = {
            row.identifier: (name, row) for name, row, _has in places(declaration) if isinstance(row, Clause)
        }
        self.sections = {f"s-{row.pk}": row for row in declaration.sections.all()}

    def place(self, path: Path) -> tuple[str, Any]:
        """Return the name of the place and its row; the innermost part that has a page of its own."""
        after = dict(pairwise((*path, "")))
        if "addressees" in after:
            return str(Addressee._meta.verbose_name_plural), Addressee
        if "conveners" in after:
            return str(Partner._meta.verbose_name_plural), Partner
        if number := after.get("sources"):
            recommendation = self.forum.recommendations.select_related("group").get(number=number)
            name, row = numbered(recommendation)
            # The title itself is not said: it is what cannot be shown.
            return (f"{name}, {Group._meta.verbose_name}", row.group) if "group" in after else (name, row)
        if number := after.get("findings"):
            return numbered(self.forum.findings.get(number=number))
        return self.in_the_text(after) or self.in_the_record(path)

    def in_the_text(self, after: Mapping[str, str]) -> tuple[str, Any] | None:
        name = after.get("clauses") or after.get("changes") or ""
        if name in self.clauses:
            return self.clauses[name]
        section = self.sections.get(name) or self.sections.get(after.get("sections", ""))
        return (str(section.get_kind_display()), section) if section else None

    def in_the_record(self, path: Path) -> tuple[str, Any]:
        if path[0] == "authentic" and not self.forum.authentic_languages() or path[0] == "languages":
            return str(ForumLanguage._meta.verbose_name_plural), ForumLanguage
        if path[0] == "forum":
            return str(self.forum._meta.verbose_name), self.forum
        if path[0] == "adoption":
            return str(Adoption._meta.verbose_name), Adoption
        return str(_("title")), None


def numbered(row: Finding | Recommendation) -> tuple[str, Any]:
    return f"{row._meta.verbose_name} {row.number}", row
