"""To whom the text was handed, what they answered and promised, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from declarations.models import Addressee, Clause, Commitment, Delivery, Edition, Forum, Report, Response, Seat

from .editions import stands_in_edition
from .moves import Refused, locked, move, record
from .texts import check_of_forum, checked, checked_choice, checked_label, checked_language

State = Commitment.State


def record_delivery(
    edition: Edition, *, by: Seat, addressee: Addressee, delivered_on: date, how: Mapping[str, str]
) -> Delivery:
    """Record that an edition was handed to an addressee."""
    how = checked_label(how, field="how")
    check_of_forum(edition.declaration.forum, addressee)
    with transaction.atomic():
        delivery = Delivery.objects.create(
            edition=edition, addressee=addressee, delivered_on=delivered_on, how=how, recorded_by=by
        )
        record(delivery, by=by, verb="record_delivery")
    return delivery


def answer(
    clause: Clause,
    *,
    by: Seat,
    addressee: Addressee,
    position: str,
    text: str,
    language: str,
    channel: str,
    answered_on: date,
) -> Response:
    """Record what an addressee answered to a clause; an earlier answer stays, no longer standing."""
    checked_choice(position, Response.Position, field="position")
    checked_choice(channel, Response.Channel, field="channel")
    text = checked(text, field="text")
    language = checked_language(clause.section.declaration.forum, language)
    with transaction.atomic():
        _check_asked(locked(clause), addressee)
        earlier = Response.objects.standing().filter(clause=clause, addressee=addressee).first()
        if earlier is not None:
            earlier.is_standing = False
            earlier.save(update_fields=["is_standing"])
        response = Response.objects.create(
            clause=clause,
            addressee=addressee,
            position=position,
            text=text,
            language=language,
            channel=channel,
            answered_on=answered_on,
            recorded_at=timezone.now(),
            recorded_by=by,
            replaces=earlier,
        )
        record(response, by=by, verb="answer")
    return response


def promise(clause: Clause, *, by: Seat, addressee: Addressee, text: Mapping[str, str], due_on: date) -> Commitment:
    """Record what an addressee promised for a clause, and by when."""
    text = checked_label(text, field="text")
    with transaction.atomic():
        _check_asked(locked(clause), addressee)
        commitment = Commitment.objects.create(
            clause=clause, addressee=addressee, text=text, due_on=due_on, recorded_by=by
        )
        record(commitment, by=by, verb="promise")
    return commitment


def _check_asked(clause: Clause, addressee: Addressee) -> None:
    """Raise Refused unless the clause is published and addressed to them."""
    if not clause.addressees.filter(pk=addressee.pk).exists():
        raise Refused(_("This clause is not addressed to them."))
    if not stands_in_edition(clause):
        raise Refused(_("This clause is not published yet."))


def report(commitment: Commitment, *, by: Seat, state: str, text: str, language: str, reported_on: date) -> Report:
    """Say what came of a commitment; nothing is done before somebody said so in words."""
    checked_choice(state, State, field="state")
    text = checked(text, field="text")
    language = checked_language(commitment.clause.section.declaration.forum, language)
    with transaction.atomic():
        fresh = locked(commitment)
        if state != fresh.state:
            move(commitment, state, by=by, verb="report")
        row = Report.objects.create(
            commitment=commitment, reported_on=reported_on, text=text, language=language, state=state, recorded_by=by
        )
        record(row, by=by, verb="report")
    return row


def mark_late(forum: Forum, *, by: Seat) -> int:
    """Say of every open commitment whose day has passed that it is late; returns how many there were."""
    due = Commitment.objects.filter(
        clause__section__declaration__forum=forum,
        state__in=[State.PLANNED, State.UNDER_WAY],
        due_on__lt=forum.today(),
    )
    for commitment in due:
        move(commitment, State.LATE, by=by, verb="mark_late")
    return len(due)
