"""Paper forms are typed twice, by two people, and compared word by word before a testimony is given (M1, M2).

What was typed first is sealed under a key that only the code on the paper unwraps: until the paper comes back, this
server cannot read it. Deriving that key takes a quarter of a second: never inside a transaction.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from declarations import sealing
from declarations.models import CardBatch, Forum, PaperForm, Seat
from declarations.models.guards import forget_deleted
from declarations.models.texts import tidy
from declarations.permissions import same_person

from . import cards, testimonies
from .keeping import Given
from .moves import IllegalMove, Refused, move
from .people import cost

State = PaperForm.State
NOTHING: dict[str, Any] = {"draft": None, "wrapped_key": None, "typed_by": None}


class WrongCode(Exception):
    """The code does not open what was typed first."""


# Typing


def of_number(forum: Forum, number: str) -> PaperForm | None:
    """Return the form with this number, or None; raises ValueError for what cannot be one."""
    return (
        PaperForm.objects.select_related("card", "forum", "typed_by")
        .filter(forum=forum, card__serial=sealing.normalise_serial(number), card__batch__kind=CardBatch.Kind.FORMS)
        .first()
    )


def type_once(form: PaperForm, *, by: Seat, code: str, answers: Mapping[str, str]) -> None:
    """Keep what was typed first, sealed under the code on the paper; raises ValueError for a code with a slip."""
    code, one = sealing.normalise_code(code), sealing.new_key()
    wrapped = sealing.wrap(one, code, cost(), floor=cost())
    draft = sealing.seal_text(json.dumps(dict(answers)), one, header(form))
    move(form, State.TYPED, by=by, verb="type_once", draft=draft, wrapped_key=wrapped, typed_by=by)


def typed_first(form: PaperForm, code: str) -> dict[str, str]:
    """Return what was typed first; raises WrongCode, ValueError for a slip, IllegalMove where none waits."""
    code = sealing.normalise_code(code)
    if form.draft is None or form.wrapped_key is None:
        raise IllegalMove(form, State.ENTERED)
    try:
        one = sealing.unwrap(form.wrapped_key, code)
    except sealing.WrongPassphrase:
        raise WrongCode from None
    answers: dict[str, str] = json.loads(sealing.open_text(form.draft, one, header(form)))
    return answers


def header(form: PaperForm) -> sealing.Header:
    return sealing.Header("paper form", str(form.pk), "draft")


def type_anew(form: PaperForm, *, by: Seat, reason: str) -> None:
    """Destroy what was typed first, so that the form is typed again: the code was wrong, or the sheet."""
    if not reason.strip():
        raise Refused(_("Say why it is typed anew."))
    move(form, State.PRINTED, by=by, verb="type_anew", reason=reason, **NOTHING)
    forget_deleted()


def enter(form: PaperForm, *, by: Seat, to_give: Mapping[str, Any]) -> Given:
    """Give the testimony of a form that was typed twice, under the receipt of its stub, and destroy the first typing.

    All in one transaction. The testimony has a random identifier of its own: the form is never found by it (M3). Raises
    IllegalMove where the form was entered or closed meanwhile, and Refused where one person typed it twice.
    """
    if form.typed_by is not None and same_person(form.typed_by, by):
        raise Refused(_("Somebody else types the form a second time: two people see what one may miss."))
    with transaction.atomic():
        batch = CardBatch.objects.select_for_update().only("pk").get(pk=form.card.batch_id)
        move(form, State.ENTERED, by=by, verb="enter_paper", **NOTHING)
        given = testimonies.give(form.forum, id=uuid.uuid4(), card=form.card, **to_give)
        # All of them, as the cards of a batch (cards.take): one alone would carry the testimony's transaction.
        PaperForm.objects.filter(card__batch=batch).update(language=F("language"))
    forget_deleted()
    return given


def turn_away(form: PaperForm, *, by: Seat, why: str) -> None:
    """Close a form on which the speaker is under 18, or said that nobody may read: counted, and nothing is kept.

    The history does not say which, nor the form.
    """
    with transaction.atomic():
        _close(form, by=by)
        testimonies.turn_away(form.forum, why)
    forget_deleted()


def close(form: PaperForm, *, by: Seat, reason: str) -> None:
    """Close a form that was lost or spoilt; its stub works no more."""
    if not reason.strip():
        raise Refused(_("Say why the form is closed."))
    _close(form, by=by, reason=reason)
    forget_deleted()


def _close(form: PaperForm, *, by: Seat, reason: str = "") -> None:
    with transaction.atomic():
        move(form, State.VOID, by=by, verb="close_paper", reason=reason, **NOTHING)
        cards.give_up(form.card)


# Comparing


@dataclass(frozen=True)
class Piece:
    """A run of words: in both typings (""), only in the first ("first"), only in the second ("second")."""

    where: str
    text: str


@dataclass(frozen=True)
class Difference:
    """One answer that was typed in two ways."""

    first: str
    second: str

    @property
    def pieces(self) -> list[Piece]:
        return list(pieces(self.first, self.second))

    @property
    def mark(self) -> str:
        """What tells this difference from another of the same answer, for the page that shows it."""
        return sealing.token_hash(json.dumps([words_of(self.first), words_of(self.second)]))[:16]


def words_of(text: str) -> list[str]:
    """Return the words of a text, each with its punctuation; how many spaces stand between is no difference."""
    return tidy(text).split()


def is_same(first: str, second: str) -> bool:
    return words_of(first) == words_of(second)


def differences(first: Mapping[str, str], second: Mapping[str, str]) -> dict[str, Difference]:
    """Return every answer that was typed in two ways; one that is missing on a side counts as empty."""
    return {
        name: Difference(first.get(name, ""), second.get(name, ""))
        for name in dict.fromkeys([*second, *first])
        if not is_same(first.get(name, ""), second.get(name, ""))
    }


def pieces(first: str, second: str) -> Iterator[Piece]:
    """Yield both texts as one run of words, each marked with where it stands."""
    one, other = words_of(first), words_of(second)
    for kind, i1, i2, j1, j2 in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        if kind == "equal":
            yield Piece("", " ".join(one[i1:i2]))
            continue
        if i1 < i2:
            yield Piece("first", " ".join(one[i1:i2]))
        if j1 < j2:
            yield Piece("second", " ".join(other[j1:j2]))
