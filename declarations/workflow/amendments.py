"""Another wording for a clause is proposed, and decided with a reason."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from declarations.models import Amendment, Clause, Declaration, Group, Seat

from .clauses import word_clause
from .declarations import amend_in_plenary
from .moves import IllegalMove, Refused, locked, move, record
from .texts import check_of_forum, checked, checked_language

State = Amendment.State


def propose(
    clause: Clause, *, by: Seat, language: str, text: str, reason: str, group: Group | None = None
) -> Amendment:
    """Propose another wording; somebody with a card leaves the day alone, no name."""
    declaration = clause.section.declaration
    text, reason = checked(text, field="text"), checked(reason, field="reason")
    language = checked_language(declaration.forum, language)
    if group is not None:
        check_of_forum(declaration.forum, group)
    with transaction.atomic():
        if locked(declaration).state == Declaration.State.ADOPTED:
            raise Refused(_("The declaration is adopted; its words are no longer proposed otherwise."))
        if locked(clause).removed_on:
            raise Refused(_("This clause was taken out of the text."))
        amendment = Amendment.objects.create(
            clause=clause,
            language=language,
            text=text,
            reason=reason,
            group=group,
            proposed_by=None if by.is_passing else by,
            proposed_on=declaration.forum.today(),
        )
        record(amendment, by=by, verb="propose")
    return amendment


def accept(amendment: Amendment, *, by: Seat, reason: str = "", in_plenary: bool = False) -> None:
    """Write the proposed words into the clause; into a frozen text only in plenary, which makes a new version."""
    _take_up(amendment, by, State.ACCEPTED, amendment.text, reason, in_plenary)


def merge(amendment: Amendment, *, by: Seat, text: str, reason: str, in_plenary: bool = False) -> None:
    """Write other words into the clause, in which the proposal is taken up in part."""
    _take_up(amendment, by, State.MERGED, checked(text, field="text"), checked(reason, field="reason"), in_plenary)


def _take_up(amendment: Amendment, by: Seat, to: Amendment.State, text: str, reason: str, in_plenary: bool) -> None:
    reason = checked(reason, field="reason", is_required=False)
    declaration = amendment.clause.section.declaration
    with transaction.atomic():
        held = locked(declaration)
        fresh = locked(amendment)
        if to not in Amendment.MOVES[State(fresh.state)]:
            raise IllegalMove(fresh, to)
        if in_plenary and held.state == Declaration.State.FROZEN:
            change = (amendment.clause, amendment.language, text)
            amend_in_plenary(held, by=by, changes=[change], why=(reason or amendment.reason)[:300])
        else:
            word_clause(amendment.clause, by=by, language=amendment.language, text=text)
        verb = "merge" if to == State.MERGED else "accept"
        move(amendment, to, by=by, verb=verb, reason=reason, decision_reason=reason)


def reject(amendment: Amendment, *, by: Seat, reason: str) -> None:
    """Do not keep it; it stays in sight with the reason."""
    reason = checked(reason, field="reason")
    move(amendment, State.REJECTED, by=by, verb="reject", reason=reason, decision_reason=reason)


def reconsider(amendment: Amendment, *, by: Seat, reason: str) -> None:
    """Take up again what was not kept."""
    reason = checked(reason, field="reason")
    move(amendment, State.PROPOSED, by=by, verb="reconsider", reason=reason, decision_reason="")


def withdraw(amendment: Amendment, *, by: Seat) -> None:
    """Take one's own proposal back."""
    move(amendment, State.WITHDRAWN, by=by, verb="withdraw")
