"""Two forums side by side, each with rows in every list of the admin."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from django.contrib import admin

from declarations.models import (
    Deadline,
    Delegation,
    Factor,
    Forum,
    HelpContact,
    OpeningHours,
    Partner,
    Seat,
    User,
)
from declarations.workflow import amendments, declarations, followup, groups
from tests import factories as make

Role = Seat.Role
MORNING = datetime(2026, 11, 16, 8, tzinfo=UTC)
DAY = date(2026, 11, 21)
EVENING = datetime(2026, 11, 16, 20, tzinfo=UTC)


def furnish(forum: Forum, times: int = 1) -> None:
    """Put as many further rows into every list of the setup and of the people."""
    by = make.organiser_of(forum)
    for _number in range(times):
        code = f"{forum.slug}-{forum.factors.count()}"
        for model in (Factor, Delegation, Partner):
            extra = {"kind": "partner"} if model is Partner else {}
            model.objects.create(forum=forum, code=code, **make.label(f"{model.__name__} of {code}"), **extra)
        HelpContact.objects.create(forum=forum, phone="76 00 00 00", region=forum.regions.first(), **make.label("aid"))
        Deadline.objects.create(forum=forum, at=MORNING, **make.label("reports"))
        OpeningHours.objects.create(forum=forum, form="testimonies", opens_at=MORNING, closes_at=EVENING)
        group = make.a_group(forum)
        groups.add_member(group, make.a_participant(forum), by=by)
        groups.plan_session(group, by=by, starts_at=MORNING)
        make.a_recommendation(forum, "handed_in", group)
        make.a_seat(forum, Role.EXPERT)
        make.a_card(forum)
        make.a_paper_form(forum)


def publish(forum: Forum, times: int = 1) -> None:
    """Bring a forum to its first edition, with amendments, deliveries, an answer, promises and reports."""
    by = make.organiser_of(forum)
    declaration = make.a_declaration(forum)
    clause = make.last_clause(declaration)
    for _ in range(times):
        make.a_finding(forum)
        amendments.propose(clause, by=by, language="fr", text="D'autres mots.", reason="Plus clair.")
    declarations.send_for_review(declaration, by=by)
    declarations.freeze(declaration, by=by)
    make.an_adoption(declaration)
    edition = make.an_edition(forum, make.a_proof(forum, declaration))
    to = {"by": by, "addressee": clause.addressees.first()}
    followup.answer(clause, **to, position="accepted", text="Oui.", language="fr", channel="letter", answered_on=DAY)
    for _ in range(times):
        followup.record_delivery(edition, **to, delivered_on=DAY, how={"fr": "En main propre."})
        commitment = followup.promise(clause, **to, text={"fr": "Un comité."}, due_on=DAY)
        followup.report(commitment, by=by, state="under_way", text="Il siège.", language="fr", reported_on=DAY)


def whole(slug: str) -> Forum:
    forum = make.a_forum(slug)
    furnish(forum)
    publish(forum)
    return forum


def lists() -> list[Any]:
    """Every list of the admin that belongs to the product."""
    return [each for model, each in admin.site._registry.items() if model._meta.app_label == "declarations"]


def rows_of(model_admin: Any, forum: Forum) -> list[Any]:
    from declarations.admin.scope import path_to_forum

    model = model_admin.model
    if model is User:
        return list(User.objects.filter(seats__forum=forum))
    if model is Forum:
        return [forum]
    return list(model._base_manager.filter(**{path_to_forum(model): forum}))
