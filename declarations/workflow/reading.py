"""What readers do with one testimony beside its summary: texts, a judgement, what is half written, what cannot wait.

Everything here that has content is sealed under the testimony's key before it is stored.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from declarations import sealing
from declarations.models import Draft, Forum, Group, SealedText, Seat, Share, Testimony, Urgent

from .moves import IllegalMove, Refused, locked, record
from .testimonies import Kind, checked_words, open_key, plain, sealed_text, text_of

# What a sentence may be taken from, and what counts as what was said.
SPOKEN = (Kind.WORDS, Kind.TRANSCRIPT, Kind.TRANSLATION)
RISKS = ("none", "some", "high")
CLOSED = (Testimony.State.WITHDRAWN, Testimony.State.REFUSED)


@dataclass(frozen=True)
class Text:
    """One text in which the testimony can be read: its words, its transcript, a translation."""

    kind: str
    language: str
    words: str
    written_by: Seat | None = None

    @property
    def key(self) -> str:
        """How a page names it: "translation/fr"."""
        return f"{self.kind}/{self.language}"


@dataclass(frozen=True)
class Judgement:
    """What a reader makes of a testimony: what drives it (codes of factors), and the risk, in a few plain levels."""

    factors: tuple[str, ...] = ()
    risk_speaker: str = ""
    risk_others: str = ""


@dataclass(frozen=True)
class Told:
    """A testimony opened for one page: every text of it, stored nowhere."""

    texts: tuple[Text, ...]
    summary: str = ""
    judgement: Judgement = field(default_factory=Judgement)
    judged_by: Seat | None = None
    half_written: Mapping[str, str] = field(default_factory=dict)
    # A phone sealed it, and it does not open, or it held characters or a length that the form would have refused.
    is_broken: bool = False
    is_changed: bool = False

    def text(self, key: str) -> Text | None:
        """The text of that name; without one, the words, or whatever stands first."""
        return next((text for text in self.texts if text.key == key), self.texts[0] if self.texts else None)


# Reading


def told(testimony: Testimony, reading_private: bytes, *, by: Seat | None = None) -> Told:
    """Return what is written of a testimony, opened, and what `by` had half written; three queries.

    The exact facts stay sealed: no page of a reader shows them.
    """
    try:
        one = open_key(testimony, reading_private)
    except sealing.SealBroken:
        return Told((), is_broken=True)
    rows = list(SealedText.objects.filter(testimony=testimony).exclude(kind=Kind.FACTS).select_related("written_by"))
    opened = {(row.kind, row.language): (row, text_of(row, testimony, one)) for row in rows}
    texts, is_broken, is_changed = [], False, False
    for (kind, language), (row, text) in sorted(opened.items(), key=lambda item: (_place(item[0][0]), item[0][1])):
        if kind not in SPOKEN:
            continue
        if text is None:
            is_broken = True
            continue
        # What a phone sealed could not be checked when it came.
        seen = plain(text)
        is_changed = is_changed or seen != text
        texts.append(Text(kind, language, seen, row.written_by))
    judge, judged = opened.get((Kind.JUDGEMENT, ""), (None, None))
    return Told(
        tuple(texts),
        opened.get((Kind.SUMMARY, ""), (None, ""))[1] or "",
        judgement_of(judged) if judged else Judgement(),
        judge.written_by if judge else None,
        _half_written(testimony, one, by) if by else {},
        is_broken,
        is_changed,
    )


def _place(kind: str) -> int:
    return SPOKEN.index(Kind(kind)) if kind in SPOKEN else len(SPOKEN)


def judgement_of(text: str) -> Judgement:
    stored = json.loads(text)
    return Judgement(tuple(stored["factors"]), stored["risk_speaker"], stored["risk_others"])


# Writing


def write_text(testimony: Testimony, *, by: Seat, reading_private: bytes, kind: str, language: str, text: str) -> None:
    """Keep a transcript in the language spoken, or a translation into another one, with its author."""
    languages = set(testimony.forum.languages.values_list("code", flat=True))
    if kind == Kind.TRANSCRIPT:
        language = testimony.language
    elif kind != Kind.TRANSLATION or language not in languages or language == testimony.language:
        raise ValidationError({"language": _("Choose the language of the translation.")})
    text = checked_words(text)
    _keep(sealed_text(testimony, open_key(testimony, reading_private), kind, text, language=language, by=by), by)


def judge(testimony: Testimony, *, by: Seat, reading_private: bytes, judgement: Judgement) -> None:
    """Keep what drives a testimony and how dangerous it is, for the speaker and for others; the last one stands."""
    known = set(testimony.forum.factors.values_list("code", flat=True))
    if not set(judgement.factors) <= known:
        raise ValidationError({"factors": _("This is not in the list. Please choose again.")})
    if not {judgement.risk_speaker, judgement.risk_others} <= {*RISKS, ""}:
        raise ValidationError({"risk_speaker": _("This is not in the list. Please choose again.")})
    text = json.dumps(
        {
            "factors": sorted(judgement.factors),
            "risk_speaker": judgement.risk_speaker,
            "risk_others": judgement.risk_others,
        }
    )
    _keep(sealed_text(testimony, open_key(testimony, reading_private), Kind.JUDGEMENT, text, by=by), by)


def _keep(row: SealedText, by: Seat) -> None:
    """Store one sealed text in the place of the one before; refused once the testimony is closed."""
    with transaction.atomic():
        fresh = locked(row.testimony)
        if fresh.state in CLOSED:
            raise IllegalMove(fresh, fresh.state)
        SealedText.objects.update_or_create(
            testimony=fresh,
            kind=row.kind,
            language=row.language,
            defaults={"envelope": row.envelope, "written_by": by},
        )
        record(fresh, by=by, verb=f"write_{row.kind}")


# Half written


def keep_draft(testimony: Testimony, *, by: Seat, reading_private: bytes, typed: Mapping[str, str]) -> None:
    """Keep what one reader has typed so far, sealed; nothing typed leaves nothing. It stands in no history."""
    typed = {name: text for name, text in typed.items() if text.strip()}
    if not typed:
        drop_draft(testimony, by=by)
        return
    envelope = sealing.seal_text(json.dumps(typed), open_key(testimony, reading_private), _draft_header(testimony, by))
    with transaction.atomic():
        if locked(testimony).state not in CLOSED:
            Draft.objects.update_or_create(testimony=testimony, seat=by, defaults={"envelope": envelope})


def drop_draft(testimony: Testimony, *, by: Seat) -> None:
    Draft.objects.filter(testimony=testimony, seat=by).delete()


def _half_written(testimony: Testimony, one: bytes, by: Seat) -> dict[str, str]:
    row = Draft.objects.filter(testimony=testimony, seat=by).first()
    return json.loads(sealing.open_text(row.envelope, one, _draft_header(testimony, by))) if row else {}


def _draft_header(testimony: Testimony, by: Seat) -> sealing.Header:
    return sealing.Header("draft", str(testimony.pk), str(by.pk))


# What cannot wait


def raise_urgent(testimony: Testimony, *, by: Seat) -> Urgent:
    """Tell the custodians that this testimony cannot wait; once until one of them has taken note."""
    if testimony.state in CLOSED:
        raise IllegalMove(testimony, testimony.state)
    waiting = Urgent.objects.filter(testimony=testimony).waiting().first()
    if waiting is not None:
        return waiting
    try:
        with transaction.atomic():
            row = Urgent.objects.create(testimony=testimony, raised_by=by, raised_on=testimony.forum.today())
            record(row, by=by, verb="raise_urgent")
    except IntegrityError:  # somebody raised it between our look and our insert
        return Urgent.objects.filter(testimony=testimony).waiting().get()
    return row


def take_note(urgent: Urgent, *, by: Seat) -> None:
    """A custodian says that they know; raises IllegalMove where another one was faster."""
    with transaction.atomic():
        fresh = locked(urgent)
        if fresh.noted_by_id is not None:
            raise IllegalMove(fresh, "noted")
        fresh.noted_by, fresh.noted_on = by, fresh.testimony.forum.today()
        fresh.save(update_fields=["noted_by", "noted_on"])
        record(fresh, by=by, verb="take_note")
    urgent.refresh_from_db()


# Who takes what first


def share_out(seat: Seat, *, by: Seat, languages: Iterable[str] = (), groups: Iterable[Group] = ()) -> None:
    """Say which languages and groups a reader takes first; what was said before no longer holds."""
    languages, groups = sorted(set(languages)), list(groups)
    forum: Forum = seat.forum
    if seat.role != Seat.Role.READER or any(group.forum_id != forum.pk for group in groups):
        raise Refused(_("The reading is shared among the readers of one forum."))
    if not set(languages) <= set(forum.languages.values_list("code", flat=True)):
        raise Refused(_("This language is not one of the forum's."))
    rows: list[Any] = [Share(seat=seat, language=code) for code in languages]
    rows += [Share(seat=seat, group=group) for group in groups]
    with transaction.atomic():
        locked(seat)
        Share.objects.filter(seat=seat).delete()
        Share.objects.bulk_create(rows)
        record(seat, by=by, verb="share_out")
