"""A small forum and what stands on it, built through the real verbs: plain functions, nothing hidden."""

from __future__ import annotations

import contextlib
import itertools
import uuid
from datetime import date
from functools import cache
from typing import Any

from declarations import sealing
from declarations.models import (
    Addressee,
    Capacity,
    CardBatch,
    Clause,
    Conflict,
    Declaration,
    Edition,
    Excerpt,
    Family,
    Finding,
    Forum,
    ForumKey,
    ForumLanguage,
    Group,
    PaperForm,
    Participant,
    PersonKey,
    Proof,
    Recommendation,
    Region,
    Seat,
    Section,
    SpokenScreen,
    Testimony,
    Theme,
    Topic,
    User,
    Zone,
)
from declarations.workflow import (
    cards,
    declarations,
    editions,
    excerpts,
    findings,
    forums,
    groups,
    keeping,
    participants,
    people,
    recommendations,
    screens,
    testimonies,
)
from tests import sounds

count = itertools.count(1)
Role = Seat.Role

WORDS = "Le puits a été fermé un matin. Personne n'a dit pourquoi, et nous avons marché deux jours."
TEXTS = {
    "fr": "Aucun puits n'est fermé sans une décision annoncée sept jours à l'avance.",
    "en": "No well is closed without a decision announced seven days ahead.",
}


# forums


def a_user(name: str = "") -> User:
    number = next(count)
    return User.objects.create_user(f"user{number}", first_name=name or f"Person {number}", password="a long one here")


def a_forum(
    slug: str = "peace",
    mode: str = Forum.Mode.DEMONSTRATION,
    languages: tuple[tuple[str, bool, bool], ...] = (
        ("fr", True, True),
        ("en", True, False),
        ("ar", True, False),
        ("bm", False, False),
    ),
    **fields: Any,
) -> Forum:
    """Two zones of two regions, two families of two capacities; `languages` are (code, written, authentic)."""
    fields = {
        "title": {"fr": f"Forum {slug}", "en": f"Forum {slug}"},
        "place": {"fr": "Bamako", "en": "Bamako"},
        "starts_on": date(2026, 11, 16),
        "ends_on": date(2026, 11, 18),
        **fields,
    }
    forum, _seat = forums.create(owner=a_user(), slug=slug, **fields)
    for order, (code, written, authentic) in enumerate(languages):
        ForumLanguage.objects.create(
            forum=forum, code=code, label={"fr": code}, order=order, is_written=written, is_authentic=authentic
        )
    _places(forum)
    _people(forum)
    for order, (model, codes) in enumerate(
        (
            (Theme, ("land", "justice")),
            (Topic, ("water", "youth")),
            (Addressee, ("government", "donors", "chiefs")),
        )
    ):
        for code in codes:
            model.objects.create(forum=forum, code=code, order=order, **label(code))
    Forum.objects.filter(pk=forum.pk).update(mode=mode)
    forum.refresh_from_db()
    return forum


def label(code: str) -> dict[str, Any]:
    return {"label": {"fr": code.replace("_", " "), "en": code.replace("_", " ")}}


def _places(forum: Forum) -> None:
    for order, (zone_code, codes) in enumerate({"north": ("gao", "kidal"), "south": ("kayes", "sikasso")}.items()):
        zone = Zone.objects.create(forum=forum, code=zone_code, order=order, **label(zone_code))
        for code in codes:
            Region.objects.create(forum=forum, zone=zone, code=code, order=order, **label(code))


def _people(forum: Forum) -> None:
    for order, (family_code, codes) in enumerate(
        {"communities": ("herder", "farmer"), "institutions": ("official", "chief")}.items()
    ):
        family = Family.objects.create(forum=forum, code=family_code, order=order, **label(family_code))
        for code in codes:
            Capacity.objects.create(forum=forum, family=family, code=code, order=order, **label(code))


def a_seat(forum: Forum, role: str = Role.ORGANISER, user: bool | User = True, **fields: Any) -> Seat:
    """A seat held by a new account, by the account given, or (user=False) by a link; passing seats are not stored."""
    if role in Seat.PASSING:
        return Seat(forum=forum, role=role, name="")
    if user is False:
        return people.give_link(forum, by=organiser_of(forum), role=role, name=f"Link {next(count)}", **fields)[0]
    return people.give_seat(forum, by=None, user=a_user() if user is True else user, role=role, **fields)


def organiser_of(forum: Forum) -> Seat:
    """The first organiser, who made the forum."""
    return Seat.objects.filter(forum=forum, role=Role.ORGANISER).order_by("pk")[0]


# participants, groups


def a_participant(forum: Forum, region: str = "gao", capacity: str = "herder", **fields: Any) -> Participant:
    participant, _code = participants.register(
        forum,
        by=organiser_of(forum),
        region=forum.regions.get(code=region),
        capacity=forum.capacities.get(code=capacity),
        **fields,
    )
    return participant


def a_group(forum: Forum, topic: str = "water") -> Group:
    number = forum.groups.count() + 1
    return groups.create(
        forum,
        by=organiser_of(forum),
        topic=forum.topics.get(code=topic),
        title={"fr": f"Groupe {number}", "en": f"Group {number}"},
    )


def a_rapporteur(group: Group) -> Seat:
    return a_seat(group.forum, Role.RAPPORTEUR, group=group)


# testimonies, findings


def reading_private(forum: Forum) -> bytes:
    """The private half of the forum's reading key, which is made if need be; it stays with this copy of the forum."""
    if not hasattr(forum, "_reading_private"):
        holder = PersonKey.objects.filter(user__seats__forum=forum).first() or people.make_person_key(
            a_user(), "a long passphrase"
        )
        purpose = ForumKey.Purpose.READING
        codes = people.make_forum_keys(forum, by=organiser_of(forum), holders={purpose: [holder]})
        key = ForumKey.objects.filter(forum=forum).current(purpose)[0]
        forum._reading_private = sealing.unwrap(key.recovery, codes[purpose])  # type: ignore[attr-defined]
    return forum._reading_private  # type: ignore[attr-defined, no-any-return]


def a_testimony(
    forum: Forum,
    words: str = WORDS,
    summarise: bool = True,
    quote: bool = True,
    audio: bytes | None = None,
    voice: bool = False,
    language: str = "fr",
    **fields: Any,
) -> Testimony:
    reading_private(forum)
    consent = testimonies.Consent(summarise=summarise, quote=quote, voice=voice, language="fr")
    given = testimonies.give(
        forum,
        id=uuid.uuid4(),
        words=words,
        language=language,
        taken_as=Testimony.TakenAs.OWN_PHONE,
        consent=consent,
        receipt=sealing.new_receipt(),
        audio=audio,
        **fields,
    )
    return given.testimony


def a_card(forum: Forum, kind: str = CardBatch.Kind.CARDS) -> cards.Blank:
    """What stands on one printed card, or on the sheet of one paper form."""
    [blank] = cards.drawn(forum, 1, kind=kind)
    cards.print_batch(forum, by=organiser_of(forum), blanks=[blank], kind=kind, language="fr")
    return blank


def a_paper_form(forum: Forum) -> PaperForm:
    return PaperForm.objects.get(forum=forum, card__serial=a_card(forum, CardBatch.Kind.FORMS).serial)


def a_conflict(forum: Forum, words: str = "Autre chose.") -> Conflict:
    """Other words that came under the identifier of a testimony."""
    first = a_testimony(forum)
    consent = testimonies.Consent(summarise=True, quote=True, voice=False, language="fr")
    given: dict[str, Any] = {"id": first.pk, "language": "fr", "taken_as": Testimony.TakenAs.OWN_PHONE}
    with contextlib.suppress(keeping.Conflicting):
        testimonies.give(forum, words=words, consent=consent, receipt=sealing.new_receipt(), **given)
    return Conflict.objects.get(taken_id=first.pk)


def an_excerpt(forum: Forum, testimony: Testimony | None = None, words: str = "Personne n'a dit pourquoi") -> Excerpt:
    """A sentence that two readers cleared."""
    excerpt = excerpts.propose(
        testimony or a_testimony(forum),
        by=a_seat(forum, Role.READER),
        reading_private=reading_private(forum),
        words=words,
    )
    excerpts.clear(excerpt, by=a_seat(forum, Role.READER), reading_private=reading_private(forum))
    return excerpt


def a_finding(
    forum: Forum, state: str = Finding.State.AGREED, excerpts: tuple[Excerpt, ...] = (), behind: int = 0
) -> Finding:
    """A finding brought to the state asked for, on as few testimonies as that allows where no number is given."""
    least = forum.public_minimum if state == Finding.State.PUBLISHED else forum.inside_minimum
    finding = findings.compose(
        forum,
        by=a_seat(forum, Role.READER),
        testimonies=[a_testimony(forum) for _ in range(behind or least)],
        texts={"fr": "On ferme les puits sans le dire.", "en": "Wells are closed without a word."},
        excerpts=excerpts,
    )
    if state != Finding.State.DRAFT:
        findings.agree(finding, by=a_seat(forum, Role.READER))
    if state == Finding.State.PUBLISHED:
        findings.publish(finding, by=organiser_of(forum))
    return finding


# names


PASSPHRASE = "trois chèvres sous le fromager"


def custodians(forum: Forum, number: int = 2) -> list[tuple[Seat, bytes]]:
    """Custodians with a key of their own each, and the forum's two halves among them; with each its private key."""
    seats = [a_seat(forum, Role.CUSTODIAN) for _ in range(number)]
    persons = [people.make_person_key(seat.user, PASSPHRASE) for seat in seats]
    halves = people.halves_among(forum, persons)
    forum._custody_codes = people.make_forum_keys(  # type: ignore[attr-defined]
        forum, by=organiser_of(forum), holders=halves
    )
    return [(seat, people.unlock(seat.user, PASSPHRASE)) for seat in seats]


def a_named_testimony(forum: Forum, name: str = "Awa, 76 12 34 56", words: str = WORDS) -> Testimony:
    """A testimony with a name behind it; custodians must be there."""
    return a_testimony(forum, words, name=name)


# recommendations


def a_recommendation(
    forum: Forum,
    state: str = Recommendation.State.DRAFT,
    group: Group | None = None,
    words: str = "Il faut un comité au puits.",
) -> Recommendation:
    """A recommendation brought to the state asked for, the shortest way."""
    State = Recommendation.State
    group = group or forum.groups.first() or a_group(forum)
    by = organiser_of(forum)
    row = recommendations.draft(group, by=by, words=words, language="fr")
    if state == State.DRAFT:
        return row
    recommendations.hand_in(row, by=by)
    if state == State.IN_REVIEW:
        recommendations.send_to_review(row, by=by)
    if state == State.REVISED:
        recommendations.revise(row, by=by, language="fr", text=TEXTS["fr"], reason="Plus clair.")
    if state == State.ADOPTED:
        recommendations.adopt(row, by=by)
    if state == State.SET_ASIDE:
        recommendations.set_aside(row, by=by, reason={"fr": "Cela se décide ailleurs."})
    return row


# declarations


def a_declaration(forum: Forum, state: str = Declaration.State.DRAFTING) -> Declaration:
    """One recital and two operative clauses, the second addressed and with its source, brought to `state`."""
    State = Declaration.State
    by = organiser_of(forum)
    declaration = declarations.start(forum, by=by, title={"fr": "Déclaration", "en": "Declaration"})
    recitals = declarations.add_section(declaration, by=by, kind=Section.Kind.RECITALS, heading={})
    declarations.add_clause(recitals, by=by, texts={"fr": "Nous, réunis,", "en": "We, gathered,"})
    section = declarations.add_section(
        declaration, by=by, kind=Section.Kind.OPERATIVE, heading={"fr": "L'eau"}, theme=forum.themes.first()
    )
    declarations.add_clause(section, by=by, texts={"fr": "Les comptes sont lus.", "en": "Accounts are read out."})
    declarations.add_clause(
        section,
        by=by,
        texts=TEXTS,
        addressees=forum.addressees.filter(code__in=["government", "donors"]),
        sources=[a_recommendation(forum, Recommendation.State.ADOPTED)],
    )
    if state != State.DRAFTING:
        declarations.send_for_review(declaration, by=by)
    if state in (State.FROZEN, State.ADOPTED):
        declarations.freeze(declaration, by=by)
    if state == State.ADOPTED:
        an_adoption(declaration)
    return declaration


def an_adoption(declaration: Declaration, **fields: Any) -> Any:
    """The adoption of the words as they stand."""
    given: dict[str, Any] = {
        "digest": declarations.words_digest(declaration),
        "method": "acclamation",
        "adopted_on": date(2026, 11, 18),
        "place": {"fr": "Bamako"},
        "presided_by": "Awa Traoré",
        "signatures": [("Awa Traoré", {"fr": "Présidente"})],
        **fields,
    }
    return declarations.adopt(declaration, by=organiser_of(declaration.forum), **given)


def last_clause(declaration: Declaration) -> Clause:
    """The addressed clause of `a_declaration`."""
    return list(Clause.objects.filter(section__declaration=declaration).standing())[-1]


# editions


def a_proof(forum: Forum, declaration: Declaration | None = None, kind: str = "adopted") -> Proof:
    declaration = declaration or a_declaration(forum, Declaration.State.ADOPTED)
    return editions.make_proof(declaration, by=organiser_of(forum), kind=kind)


def signing_private(seat: Seat) -> bytes:
    """The own private key of a seat that holds the forum's signing key; both are made, or given, if need be."""
    assert seat.user is not None
    person = PersonKey.objects.filter(user=seat.user).first() or people.make_person_key(seat.user, PASSPHRASE)
    key = ForumKey.objects.filter(forum=seat.forum).current(ForumKey.Purpose.SIGNING).first()
    if key is None or not (_holds(key, person) or _is_given_on(key, person, by=seat)):
        people.make_forum_keys(seat.forum, by=seat, holders={ForumKey.Purpose.SIGNING: [person]})
    return people.unlock(seat.user, PASSPHRASE)


def _holds(key: ForumKey, person: PersonKey) -> bool:
    return key.holdings.filter(person=person).exists()


def _is_given_on(key: ForumKey, person: PersonKey, *, by: Seat) -> bool:
    """Let the first holder give the key on; not where somebody made it with a passphrase of their own."""
    holder = key.holdings.select_related("person__user")[0].person
    try:
        people.add_holder(key, person, by=by, holder=holder, private=people.unlock(holder.user, PASSPHRASE))
    except sealing.WrongPassphrase:
        return False
    return True


def publish(proof: Proof, *, by: Seat | None = None) -> Edition:
    """The edition of a proof, signed by a second organiser."""
    by = by or a_seat(proof.declaration.forum, Role.ORGANISER)
    return editions.publish(proof, by=by, private=signing_private(by))


def an_edition(forum: Forum, proof: Proof | None = None) -> Edition:
    return publish(proof or a_proof(forum))


# screens said aloud


def a_spoken_screen(forum: Forum, screen: str = "before", language: str = "bm", reviewed: bool = True) -> SpokenScreen:
    """A screen said aloud by a tone, heard by a second organiser."""
    row = screens.bring(forum, by=organiser_of(forum), screen=screen, language=language, sound=a_tone())
    if reviewed:
        screens.review(row, by=a_seat(forum, Role.ORGANISER))
    return row


@cache
def a_tone() -> bytes:
    return sounds.tone("wav", 0.5)
