"""Many sealed texts opened for one page, whatever version of the reading key they were sealed to."""

from __future__ import annotations

import unicodedata
import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from django.http import HttpRequest

from declarations import sealing
from declarations.forms.excerpts import Piece, before_and_after
from declarations.linting import Flag
from declarations.models import Excerpt, SealedText, Seat, Testimony
from declarations.models.testimonies import TestimonyQuerySet
from declarations.permissions import same_person
from declarations.views.unlocking import reading_keys
from declarations.workflow import testimonies
from declarations.workflow.excerpts import answers_of, header
from declarations.workflow.reading import SPOKEN, judgement_of
from declarations.workflow.telling import Linter

AT_ONCE = 200  # rows opened together while searching


@dataclass(frozen=True)
class Heard:
    """A testimony as findings are made of it: its summary, and nothing else of it."""

    pk: uuid.UUID
    summary: str


@dataclass(frozen=True)
class Sentence:
    """A proposed sentence beside the passage it was taken from."""

    excerpt: Excerpt
    words: str
    pieces: list[Piece]
    flags: list[Flag]
    said: dict[str, str]
    is_own: bool


def summaries_of(request: HttpRequest, rows: Iterable[Testimony]) -> list[Heard]:
    """Open the summaries of testimonies that were read with their keys; two questions a version of the key."""
    rows = list(rows)
    keys, by_version = reading_keys(request), defaultdict(list)
    for row in rows:
        by_version[row.key.forum_key_id].append(row)
    opened: dict[uuid.UUID, str] = {}
    for version, those in by_version.items():
        if version in keys:
            opened |= testimonies.summaries(those, keys[version])
    return [Heard(row.pk, opened[row.pk]) for row in rows if row.pk in opened]


def search(request: HttpRequest, rows: TestimonyQuerySet, asked: str, enough: int) -> list[Heard]:
    """Return the summaries that hold every word asked for, opened in memory: no index of them is kept anywhere.

    It stops once there are `enough`, so that what is found often is found at once, however much there is.
    """
    wanted = folded(asked).split()
    holding = (heard for heard in _all(request, rows) if all(word in folded(heard.summary) for word in wanted))
    return list(islice(holding, enough))


def factors_of(request: HttpRequest, rows: Iterable[Testimony]) -> list[tuple[str, ...]]:
    """The driving factors that readers named in these testimonies, opened; one question beside the rows."""
    by_pk, keys, found = {row.pk: row for row in rows}, reading_keys(request), []
    for text in SealedText.objects.filter(testimony__in=list(by_pk), kind=SealedText.Kind.JUDGEMENT):
        key = by_pk[text.testimony_id].key
        if key.forum_key_id in keys:
            one = sealing.open_from(keys[key.forum_key_id], key.sealed)
            judged = testimonies.text_of(text, by_pk[text.testimony_id], one)
            found.append(judgement_of(judged).factors if judged else ())
    return found


def _all(request: HttpRequest, rows: TestimonyQuerySet) -> Iterator[Heard]:
    batch: list[Testimony] = []
    for row in rows.iterator(AT_ONCE):
        batch.append(row)
        if len(batch) == AT_ONCE:
            yield from summaries_of(request, batch)
            batch = []
    yield from summaries_of(request, batch)


def folded(text: str) -> str:
    """The text without accents and in small letters."""
    apart = unicodedata.normalize("NFD", text.casefold())
    return "".join(character for character in apart if not unicodedata.combining(character))


def sentences_of(request: HttpRequest, excerpts: Iterable[Excerpt], linter: Linter | None = None) -> list[Sentence]:
    """Open sentences and the passages they come from; one question beside the excerpts and the keys.

    What could tell who spoke is looked for where there is a linter. The excerpts are read with their testimony, its
    key, and who proposed them.
    """
    excerpts = [row for row in excerpts if row.envelope]
    texts = SealedText.objects.filter(testimony__in={row.testimony_id for row in excerpts}, kind__in=SPOKEN)
    sealed = {source_of(row.testimony_id, row.kind, row.language): row for row in texts}
    seat: Seat = request.seat  # type: ignore[attr-defined]
    keys, found = reading_keys(request), []
    for row in excerpts:
        assert row.envelope is not None
        if row.testimony.key.forum_key_id not in keys:
            continue
        one = sealing.open_from(keys[row.testimony.key.forum_key_id], row.testimony.key.sealed)
        said = sealed.get(source_of(row.testimony_id, row.source, row.language))
        whole = (
            sealing.open_text(said.envelope, one, testimonies.header(row.testimony, said.kind, said.language))
            if said
            else ""
        )
        sentence = sealing.open_text(row.envelope, one, header(row))
        found.append(
            Sentence(
                row,
                sentence,
                before_and_after(sentence, whole),
                linter.flags(row.testimony, sentence) if linter else [],
                answers_of(row, one),
                same_person(row.proposed_by, seat),
            )
        )
    return found


def source_of(pk: uuid.UUID, kind: str, language: str) -> tuple[uuid.UUID, str, str]:
    """What names the text that a sentence was taken from; the words are one, whatever their language is called."""
    return pk, kind, "" if kind == SealedText.Kind.WORDS else language
