"""Who may: predicates over a seat, and one line a permission.

Asked at the doors (views, admin) of `request.seat`; the workflow checks legality, not rights. A permission about a row
holds only in the forum of the seat, whatever else its line says.
"""

from __future__ import annotations

from typing import Any

import rules
from django.db import models

from .models import Seat, forum_of
from .models.people import User

Role = Seat.Role


def holds(*roles: str) -> rules.predicates.Predicate:
    """Return the predicate "the seat has one of these roles"."""
    return rules.predicate(lambda seat, row=None: seat.role in roles, name="|".join(roles))


@rules.predicate
def is_author(seat: Seat, row: Any) -> bool:
    """Whether the seat, or another seat of the same account, wrote the row: two people means two people."""
    verbs = ("proposed", "composed", "written", "made", "typed", "asked", "uploaded")
    authors = (getattr(row, f"{verb}_by", None) for verb in verbs)
    return any(author is not None and same_person(author, seat) for author in authors)


def same_person(one: Seat, other: Seat) -> bool:
    """Whether two seats are held by one account, or are one seat."""
    return one.pk == other.pk or (one.user_id is not None and one.user_id == other.user_id)


@rules.predicate
def in_own_group(seat: Seat, row: Any) -> bool:
    """Whether the row is of the seat's group (or is that group), or no row is asked about."""
    if row is None:
        return True
    return seat.group_id is not None and getattr(row, "group_id", row.pk) == seat.group_id


@rules.predicate
def in_own_language(seat: Seat, row: Any) -> bool:
    return row is None or (bool(seat.language) and row.language == seat.language)


@rules.predicate
def is_own_clause(seat: Seat, clause: Any) -> bool:
    """Whether the clause is addressed to the seat's addressee, or no clause is asked about."""
    return clause is None or clause.addressees.filter(pk=seat.addressee_id).exists()


@rules.predicate
def is_own_promise(seat: Seat, row: Any) -> bool:
    return row is None or row.addressee_id == seat.addressee_id


@rules.predicate
def has_account(seat: Seat, row: Any = None) -> bool:
    """Whether the seat is held by an account, so that it is known who sits in it; a link may be passed on."""
    return seat.user_id is not None


organiser = holds(Role.ORGANISER)
reader = holds(Role.READER)
custodian = holds(Role.CUSTODIAN)
general_rapporteur = holds(Role.GENERAL_RAPPORTEUR)
group_rapporteur = holds(Role.RAPPORTEUR) & in_own_group
chair = holds(Role.CHAIR)
expert = holds(Role.EXPERT)
participant = holds(Role.PARTICIPANT)
addressee = holds(Role.ADDRESSEE)
types_paper = organiser | (holds(Role.FACILITATOR) & has_account)
keeps_the_text = organiser | general_rapporteur

PERMISSIONS = {
    # forums
    "declarations.change_forum": organiser,
    "declarations.see_road": holds(Role.ORGANISER, Role.READER, Role.CUSTODIAN, Role.CHAIR, Role.GENERAL_RAPPORTEUR),
    "declarations.manage_seats": organiser,
    "declarations.manage_keys": organiser,
    "declarations.hold_key": holds(Role.ORGANISER, Role.READER, Role.CUSTODIAN),
    "declarations.lock_everything": holds(Role.ORGANISER, Role.READER, Role.CUSTODIAN),
    "declarations.see_history": organiser,
    # participants
    "declarations.change_participant": organiser,
    "declarations.open_participant_name": organiser,
    # groups
    "declarations.change_group": organiser,
    "declarations.write_minutes": keeps_the_text | group_rapporteur,
    # testimonies
    "declarations.give_testimony": holds(Role.PUBLIC, Role.PARTICIPANT, Role.FACILITATOR),
    "declarations.take_testimony": holds(Role.FACILITATOR),
    "declarations.print_card": organiser,
    "declarations.void_card": organiser,
    "declarations.type_paper": types_paper,
    "declarations.enter_paper": types_paper & ~is_author,
    "declarations.bring_screen": organiser,
    "declarations.review_screen": organiser & ~is_author,
    "declarations.read_testimony": reader,
    "declarations.propose_excerpt": reader,
    "declarations.clear_excerpt": reader & ~is_author,
    "declarations.withdraw_excerpt": reader | organiser,
    "declarations.share_reading": organiser | reader,
    "declarations.raise_urgent": reader,
    "declarations.note_urgent": custodian,
    "declarations.open_name": custodian,
    "declarations.agree_to_name": custodian & ~is_author,
    # findings
    "declarations.compose_finding": reader,
    "declarations.agree_finding": (reader | organiser) & ~is_author,
    "declarations.publish_finding": organiser,
    # recommendations
    "declarations.draft_recommendation": keeps_the_text | group_rapporteur,
    "declarations.hand_in_recommendation": keeps_the_text | group_rapporteur,
    "declarations.revise_recommendation": keeps_the_text | group_rapporteur,
    "declarations.review_recommendation": expert,
    "declarations.decide_recommendation": organiser,
    "declarations.support_recommendation": participant,
    # declarations
    "declarations.compose_declaration": keeps_the_text,
    "declarations.word_clause": keeps_the_text | (holds(Role.TRANSLATOR) & in_own_language),
    "declarations.approve_wording": holds(Role.APPROVER) & in_own_language & ~is_author,
    "declarations.advance_declaration": keeps_the_text | chair,
    "declarations.adopt_declaration": organiser | chair,
    # amendments
    "declarations.propose_amendment": group_rapporteur | general_rapporteur | expert | participant,
    "declarations.decide_amendment": keeps_the_text | chair,
    # editions
    "declarations.make_proof": organiser,
    "declarations.confirm_proof": organiser & ~is_author,
    # followup
    "declarations.record_delivery": organiser,
    "declarations.record_response": organiser,
    "declarations.answer_clause": addressee & is_own_clause,
    "declarations.record_commitment": organiser | (addressee & is_own_clause),
    "declarations.report_commitment": organiser | (addressee & is_own_promise),
}


def may(seat: Seat | None, permission: str, row: models.Model | None = None) -> bool:
    """Whether the seat may do what the permission names, to this row where one is given.

    Raises KeyError for a permission that the table does not name.
    """
    predicate = PERMISSIONS[permission]
    if seat is None or not (seat.is_passing or seat.is_open):
        return False
    if row is not None and forum_of(row).pk != seat.forum_id:
        return False
    return bool(predicate.test(seat, row))


def seats_of(user: User) -> models.QuerySet[Seat]:
    """Open seats of an account, in the order of forums and roles."""
    return Seat.objects.open().filter(user=user).select_related("forum", "group", "addressee")
