"""Findings are composed from at least the minimum of testimonies, agreed by another, then published."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from declarations import counting
from declarations.models import (
    Evidence,
    Excerpt,
    Factor,
    Finding,
    FindingWording,
    Forum,
    Group,
    Seat,
    Testimony,
    Theme,
    Voice,
)
from declarations.models.texts import LONGEST_CLAUSE, tidy, validate_plain
from declarations.permissions import same_person

from . import excerpts as sentences
from .moves import Refused, locked, move, record
from .telling import Linter


def compose(
    forum: Forum,
    *,
    by: Seat,
    testimonies: Iterable[Testimony],
    texts: Mapping[str, str],
    themes: Iterable[Theme] = (),
    factors: Iterable[Factor] = (),
    group: Group | None = None,
    excerpts: Iterable[Excerpt] = (),
) -> Finding:
    """Compose a finding; refused below the minimum of testimonies whose owners agreed to be summarised."""
    rows = list(testimonies)
    check_enough(forum, rows)
    wordings = checked_texts(texts)
    with transaction.atomic():
        Forum.objects.select_for_update().get(pk=forum.pk)
        last = forum.findings.aggregate(last=Max("number"))["last"] or 0
        finding = Finding.objects.create(forum=forum, number=last + 1, group=group, composed_by=by)
        finding.themes.set(themes)
        finding.factors.set(factors)
        _word(finding, wordings, by)
        Evidence.objects.bulk_create(Evidence(finding=finding, testimony=row) for row in rows)
        Voice.objects.bulk_create(Voice(finding=finding, excerpt=excerpt) for excerpt in excerpts)
        record(finding, by=by, verb="compose")
    return finding


def check_enough(forum: Forum, testimonies: list[Testimony]) -> None:
    """Raise ValidationError where too few testimonies remain to hide in, or one may not be used."""
    usable = Testimony.objects.filter(forum=forum, pk__in=[row.pk for row in testimonies]).summable().count()
    if usable < len({row.pk for row in testimonies}):
        raise ValidationError(
            {"testimonies": _("One of these testimonies may not be added to a summary, or was withdrawn.")}
        )
    if usable < forum.inside_minimum:
        raise ValidationError(
            {
                "testimonies": _("A finding rests on at least %(least)d testimonies; here there are fewer.")
                % {"least": forum.inside_minimum}
            }
        )


def checked_texts(texts: Mapping[str, str]) -> dict[str, str]:
    """Return the texts tidied, empty ones left out; raises ValidationError keyed by `text_<language>`."""
    kept = {language: tidy(text) for language, text in texts.items() if tidy(text)}
    if not kept:
        raise ValidationError({"texts": _("Write the finding in at least one language.")})
    for language, text in kept.items():
        if len(text) > LONGEST_CLAUSE:
            raise ValidationError({f"text_{language}": _("This text is too long. Make two findings of it.")})
        try:
            validate_plain(text)
        except ValidationError as error:
            raise ValidationError({f"text_{language}": error.messages}) from error
    return kept


def _word(finding: Finding, texts: Mapping[str, str], by: Seat) -> None:
    for language, text in texts.items():
        FindingWording.objects.update_or_create(
            finding=finding, language=language, defaults={"text": text, "written_by": by, "approved_by": None}
        )


def reword(finding: Finding, *, by: Seat, texts: Mapping[str, str]) -> None:
    """Change the text; a finding that was agreed goes back to draft, because others agreed to other words."""
    wordings = checked_texts(texts)
    with transaction.atomic():
        fresh = locked(finding)
        if fresh.state == Finding.State.PUBLISHED:
            raise Refused(_("This finding is published. Take it back before changing its words."))
        _word(fresh, wordings, by)
        if fresh.state == Finding.State.AGREED:
            move(fresh, Finding.State.DRAFT, by=by, verb="reword", agreed_by=None)
        else:
            record(fresh, by=by, verb="reword")
    finding.refresh_from_db(fields=["state", "agreed_by"])


def rest_on(finding: Finding, testimony: Testimony, *, by: Seat, kind: str = Evidence.Kind.RESTS_ON) -> None:
    """Add a testimony that a finding rests on, or that qualifies it."""
    if not testimony.may_summarise or testimony.forum_id != finding.forum_id:
        raise Refused(_("This testimony may not be added to a summary."))
    with transaction.atomic():
        Evidence.objects.update_or_create(finding=finding, testimony=testimony, defaults={"kind": kind})
        record(finding, by=by, verb="rest_on")


def agree(finding: Finding, *, by: Seat) -> None:
    """Agree to the words as they stand: another person than composed them."""
    if same_person(finding.composed_by, by):
        raise Refused(_("Another person agrees to a finding, not the one who composed it."))
    if not counting.rests_on_enough(finding, finding.forum.inside_minimum):
        raise Refused(_("Too few testimonies stand behind this finding now."))
    move(finding, Finding.State.AGREED, by=by, verb="agree", agreed_by=by)


def publish(finding: Finding, *, by: Seat) -> None:
    """Show the finding on "What we heard", with the cleared sentences beside it.

    From the public minimum on: without any number a published finding still says that so many stand behind it (M7).
    """
    least = finding.forum.public_minimum
    if not counting.rests_on_enough(finding, least):
        raise Refused(
            _("A finding is published once at least %(least)d testimonies stand behind it; here there are fewer.")
            % {"least": least}
        )
    with transaction.atomic():
        move(finding, Finding.State.PUBLISHED, by=by, verb="publish")
        cleared = Excerpt.objects.filter(
            voices__finding=finding, state=Excerpt.State.CLEARED, testimony__may_quote=True
        ).select_related("testimony__forum", "proposed_by", "cleared_by")
        # A sentence that no longer passes the gate stays cleared, and unseen (M8).
        linter = Linter(finding.forum)
        for excerpt in cleared:
            if sentences.passes_gate(excerpt, linter):
                sentences.publish(excerpt, by=by, linter=linter)


def take_back(finding: Finding, *, by: Seat, reason: str) -> None:
    """Take a published finding off the public page."""
    if not reason.strip():
        raise Refused(_("Say why it is taken back."))
    move(finding, Finding.State.AGREED, by=by, verb="take_back", reason=reason)
