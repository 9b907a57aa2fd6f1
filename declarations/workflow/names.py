"""A name behind a testimony: sealed in two shares, and opened by two custodians together, once, with a reason (M1).

Nobody's half of custody ever leaves its holder. The second custodian takes only their share of this one name out of its
seal and seals it again to the first, bound to this one request; the first joins it with their own. Nothing leaves its
seal before both have agreed, each with a passphrase, and both are in the history. What lies in between opens for the
one who asked, for ten minutes, and is no key to any other name (docs/adr/0008-custody-in-two-halves.md).
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from declarations import sealing
from declarations.models import Forum, ForumKey, KeyHolding, NameOpening, PersonKey, SealedName, Seat, Testimony
from declarations.models.guards import forget_deleted
from declarations.models.texts import tidy, validate_plain
from declarations.permissions import same_person

from .moves import IllegalMove, Refused, move, record
from .people import NoKey

LONGEST_NAME = 300  # characters: a name, a village, two telephone numbers
# Bytes of a sealed share: the box, the header behind its length, and the share; all identifiers are of one length.
SHARE_SIZE = 160
Purpose, State = ForumKey.Purpose, NameOpening.State


@dataclass(frozen=True)
class Custody:
    """The two current halves of custody; a phone seals a name to their public halves by itself."""

    first: ForumKey
    other: ForumKey

    def __iter__(self) -> Iterator[ForumKey]:
        yield from (self.first, self.other)


def custody(forum: Forum, keys: Mapping[str, ForumKey] | None = None) -> Custody | None:
    """Return the halves to which a name is sealed now; None where not each has a custodian: then none is asked for.

    Nothing is asked of a forum whose current `keys`, read already, hold no halves.
    """
    if keys is not None and not keys.keys() >= ForumKey.HALVES.keys():
        return None
    seated = Seat.objects.open().filter(
        forum=forum, role=Seat.Role.CUSTODIAN, user__is_active=True, user=OuterRef("person__user")
    )
    held = KeyHolding.objects.filter(Exists(seated), key=OuterRef("pk"))
    rows = ForumKey.objects.filter(forum=forum, purpose__in=ForumKey.HALVES, retired_on=None)
    current = {key.purpose: key for key in rows.annotate(is_held=Exists(held)).order_by("version")}
    if len(current) < 2 or not all(key.is_held for key in current.values()):  # type: ignore[attr-defined]
        return None
    return Custody(current[Purpose.FIRST_HALF], current[Purpose.OTHER_HALF])


# Sealing


def header(testimony: Testimony, half: str = "") -> sealing.Header:
    """Return where a name opens; with a half, where its share does."""
    return sealing.Header("testimony", str(testimony.pk), f"name/{half}" if half else "name")


def checked_name(text: str) -> str:
    """Return what was typed, tidied; raises ValidationError for what cannot be kept."""
    text = tidy(text)
    if len(text) > LONGEST_NAME:
        raise ValidationError(_("This is longer than %(most)d characters.") % {"most": LONGEST_NAME})
    validate_plain(text)
    return text


def seal(testimony: Testimony, halves: Custody, text: str) -> SealedName:
    """Seal a name under a key of its own, and the key in two shares; one share alone is noise.

    A phone that sends later does the same (static/js/outbox.js): a random key, an envelope with `header(testimony)`, a
    random first share, the other one its XOR with the key, each in a sealed box behind `prefixed(header)`.
    """
    one = sealing.new_key()
    first, other = sealing.split(one)
    return SealedName(
        testimony=testimony,
        first_key=halves.first,
        first_share=sealing.seal_share(halves.first.public, first, header(testimony, Purpose.FIRST_HALF)),
        other_key=halves.other,
        other_share=sealing.seal_share(halves.other.public, other, header(testimony, Purpose.OTHER_HALF)),
        envelope=sealing.seal_text(text, one, header(testimony)),
    )


def of_phone(testimony: Testimony, parts: dict[str, bytes]) -> SealedName | None:
    """Take what a phone sealed of a name out of its parts; None where it sent none, ValueError for another shape.

    Parts: `name`, and `name/<half>/<version>` for each half.
    """
    named = {field: parts.pop(field) for field in list(parts) if field.partition("/")[0] == "name"}
    if not named:
        return None
    envelope = named.pop("name", b"")
    shares = dict([_share_of_phone(testimony, field, share) for field, share in named.items()])
    found = {key.purpose: (key, share) for key, share in shares.items()}
    if len(named) != len(shares) or set(found) != set(ForumKey.HALVES):
        raise ValueError("A name has one share for each half.")
    if not sealing.is_envelope(envelope, sealing.SIZE_CLASSES[2]):
        raise ValueError("A name is one short envelope.")
    (first_key, first), (other_key, other) = (found[half] for half in ForumKey.HALVES)
    return SealedName(
        testimony=testimony,
        first_key=first_key,
        first_share=first,
        other_key=other_key,
        other_share=other,
        envelope=envelope,
    )


def _share_of_phone(testimony: Testimony, field: str, share: bytes) -> tuple[ForumKey, bytes]:
    _name, half, version = field.split("/")
    keys = ForumKey.objects.filter(forum=testimony.forum, purpose=half, purpose__in=ForumKey.HALVES)
    key = keys.filter(version=int(version)).first() if version.isdecimal() and len(version) < 5 else None
    if key is None or len(share) != SHARE_SIZE:
        raise ValueError("A share is sealed to a half that the forum has.")
    return key, share


# Opening


def half_of(name: SealedName, person: PersonKey) -> str:
    """Return which half of this name the person holds; raises NoKey."""
    held = set(KeyHolding.objects.filter(person=person).values_list("key", flat=True))
    for half in ForumKey.HALVES:
        if name.part(half)[0].pk in held:
            return half
    raise NoKey("custody")


def share_of(name: SealedName, person: PersonKey, private: bytes) -> bytes:
    """Return the person's share of this one name; raises NoKey, and SealBroken where it is another name's."""
    half = half_of(name, person)
    key, share = name.part(half)
    holding = KeyHolding.objects.get(key=key, person=person)
    half_private = sealing.open_from(private, holding.sealed)
    return sealing.open_share(half_private, share, header(name.testimony, half))


def name_behind(testimony: Testimony) -> SealedName:
    """Return the sealed name; refused where there is none."""
    rows = SealedName.objects.select_related("testimony__forum", "first_key", "other_key")
    name = rows.filter(testimony=testimony).first()
    if name is None:
        raise Refused(_("There is no name behind this testimony."))
    return name


def of_characters(forum: Forum, typed: str) -> Testimony | None:
    """Return the one testimony with a name behind it whose identifier begins so; eight characters at least."""
    start = typed.strip().lower().replace("-", "")
    if not 8 <= len(start) <= 32 or not set(start) <= set("0123456789abcdef"):
        return None
    ends = [uuid.UUID(start.ljust(32, digit)) for digit in "0f"]
    found = SealedName.objects.filter(testimony__forum=forum, testimony__id__range=ends).select_related("testimony")[:2]
    return found[0].testimony if len(found) == 1 else None


def ask(testimony: Testimony, *, by: Seat, reason: str, private: bytes) -> NameOpening:
    """Ask to open the name behind a testimony; nothing leaves its seal yet."""
    expire(testimony.forum)
    if not reason.strip():
        raise Refused(_("Say why the name is needed."))
    share_of(name_behind(testimony), person_of(by), private)
    try:
        with transaction.atomic():
            opening = NameOpening.objects.create(testimony=testimony, reason=reason.strip(), asked_by=by)
            record(opening, by=by, verb="ask_for_name", reason=opening.reason)
    except IntegrityError:
        raise Refused(_("Somebody asked for this name already. Look below.")) from None
    return opening


def agree(opening: NameOpening, *, by: Seat, private: bytes) -> None:
    """Hand the first custodian the share of this one name; refused to the one who asked, and after ten minutes."""
    _check_time(opening)
    if same_person(opening.asked_by, by):
        raise Refused(_("Another custodian agrees. Nobody opens a name alone."))
    name, asker = name_behind(opening.testimony), person_of(opening.asked_by)
    if half_of(name, asker) == half_of(name, person_of(by)):
        raise Refused(_("You hold the same half as the one who asks. It takes somebody with the other half."))
    share = share_of(name, person_of(by), private)
    sealed = sealing.seal_share(asker.public, share, _place(opening))
    move(opening, State.AGREED, by=by, verb="agree_to_name", agreed_by=by, share=sealed)


def show(opening: NameOpening, *, by: Seat, private: bytes) -> str:
    """Return the name to the one who asked for it, once; that it was shown is written down before it is.

    Raises IllegalMove where nobody agreed yet, or it was shown already.
    """
    _check_time(opening)
    if opening.asked_by_id != by.pk:
        raise Refused(_("The name is shown to the one who asked for it."))
    if opening.share is None:
        raise IllegalMove(opening, State.SHOWN)
    name = name_behind(opening.testimony)
    mine = share_of(name, person_of(by), private)
    theirs = sealing.open_share(private, opening.share, _place(opening))
    text = sealing.open_text(name.envelope, sealing.join(mine, theirs), header(name.testimony))
    move(opening, State.SHOWN, by=by, verb="show_name", share=None)
    forget_deleted()
    return text


def refuse(opening: NameOpening, *, by: Seat, reason: str = "") -> None:
    """Say no, with a reason; whoever asked may take the request back without one."""
    _check_time(opening)
    is_own = same_person(opening.asked_by, by)
    if not (is_own or reason.strip()):
        raise Refused(_("Say why you do not agree."))
    verb = "take_request_back" if is_own else "refuse_name"
    move(opening, State.REFUSED, by=by, verb=verb, reason=reason.strip(), share=None)
    forget_deleted()


def expire(forum: Forum) -> int:
    """End the requests that are older than ten minutes, with what they held; returns how many there were."""
    ended = 0
    for opening in NameOpening.objects.filter(testimony__forum=forum).overdue().select_related("asked_by"):
        try:
            move(opening, State.EXPIRED, by=opening.asked_by, verb="let_name_expire", share=None)
            ended += 1
        except IllegalMove:  # another request was faster
            continue
    if ended:
        forget_deleted()
    return ended


def person_of(seat: Seat) -> PersonKey:
    """Return the key pair of whoever holds the seat; raises NoKey."""
    person = PersonKey.objects.filter(user=seat.user_id).first()
    if person is None:
        raise NoKey(seat.name)
    return person


def _place(opening: NameOpening) -> sealing.Header:
    return sealing.Header("opening", str(opening.pk), "share")


def _check_time(opening: NameOpening) -> None:
    if opening.is_over:
        expire(opening.testimony.forum)
        raise Refused(_("The ten minutes are over. Ask again."))
