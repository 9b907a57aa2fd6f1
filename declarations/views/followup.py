"""What became of the words: to whom they were handed, who answered what, who promised what and did it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any, NamedTuple

from django.db.models import TextChoices
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from declarations import tracing
from declarations.forms.filters import FollowupFilter
from declarations.models import Clause, Commitment, Delivery, Forum, Response
from declarations.publishing.snapshot import ClauseText

from .reading import one_page, public_page, query_of, read

OF_FORUM = "clause__section__declaration__forum"


class Answered(NamedTuple):
    """A published clause with the answers to it: those that stand, and those that a later one replaced."""

    clause: ClauseText
    standing: list[Response]
    earlier: list[Response]


@require_safe
@public_page
def followup_list(request: HttpRequest) -> HttpResponse:
    """Deliveries, answers clause by clause, and promises by the day they are due."""
    forum = request.forum  # type: ignore[attr-defined]
    form = FollowupFilter(request.GET, forum)
    chosen = form.chosen
    clauses = {clause.identifier: clause for clause in tracing.published_clauses(forum)}
    # Filters narrow the lists; the bars stay whole, for the addressee that was asked for.
    answers, promises = answers_of(forum, chosen), promises_of(forum, chosen)
    shown = [row for row in answers if chosen.get("position") in (None, row.position)]
    page = one_page(request, by_clause(clauses, shown))
    return read(
        request,
        "followup/list.html",
        "followup",
        form=form,
        chosen=chosen,
        page_obj=page,
        query=query_of(chosen),
        rows=page,
        deliveries=deliveries_of(forum, chosen),
        answer_parts=answer_parts(answers, awaited(forum, clauses, chosen)),
        promise_parts=parts(Commitment.State, Counter(row.state for row in promises)),
        promises=[
            (row, clauses.get(row.clause.identifier)) for row in promises if chosen.get("state") in (None, row.state)
        ],
    )


def of(chosen: dict[str, str]) -> dict[str, str]:
    """Return what narrows rows to the addressee that was asked for."""
    return {"addressee__code": chosen["addressee"]} if "addressee" in chosen else {}


def deliveries_of(forum: Forum, chosen: dict[str, str]) -> Iterable[Delivery]:
    rows = Delivery.objects.public().filter(edition__declaration__forum=forum, **of(chosen))
    rows = rows.select_related("addressee", "edition").defer("edition__snapshot")
    return rows.order_by("delivered_on", "addressee__order", "pk")


def answers_of(forum: Forum, chosen: dict[str, str]) -> list[Response]:
    rows = Response.objects.public().filter(**{OF_FORUM: forum}, **of(chosen))
    return list(rows.select_related("addressee", "clause").order_by("addressee__order", "answered_on", "pk"))


def promises_of(forum: Forum, chosen: dict[str, str]) -> list[Commitment]:
    rows = Commitment.objects.public().filter(**{OF_FORUM: forum}, **of(chosen))
    rows = rows.select_related("addressee", "clause").prefetch_related("reports")
    return list(rows.order_by("due_on", "pk"))


def awaited(forum: Forum, clauses: Iterable[str], chosen: dict[str, str]) -> set[tuple[str, int]]:
    """Return who is asked for an answer to which published clause."""
    rows = Clause.objects.public().filter(
        section__declaration__forum=forum, identifier__in=list(clauses), addressees__isnull=False
    )
    if "addressee" in chosen:
        rows = rows.filter(addressees__code=chosen["addressee"])
    return set(rows.order_by().values_list("identifier", "addressees"))


def by_clause(clauses: dict[str, ClauseText], answers: Iterable[Response]) -> list[Answered]:
    """Return the clauses that were answered, in the order of the declaration."""
    standing: dict[str, list[Response]] = defaultdict(list)
    earlier: dict[str, list[Response]] = defaultdict(list)
    for row in answers:
        (standing if row.is_standing else earlier)[row.clause.identifier].append(row)
    return [
        Answered(clause, standing[key], earlier[key])
        for key, clause in clauses.items()
        if key in standing or key in earlier
    ]


def answer_parts(answers: Iterable[Response], asked: set[tuple[str, int]]) -> list[dict[str, Any]]:
    """Return the bar of the answers that stand; who was asked and has not answered has a part of their own."""
    standing = [row for row in answers if row.is_standing]
    silent = asked - {(row.clause.identifier, row.addressee_id) for row in standing}
    cut = parts(Response.Position, Counter(row.position for row in standing))
    return [*cut, {"state": "silent", "label": _("No answer yet"), "count": len(silent)}] if silent else cut


def parts(states: type[TextChoices], counts: Counter[str]) -> list[dict[str, Any]]:
    """Return one part a state, in their order: what is done is never added to what is under way."""
    return [
        {"state": value, "label": str(label).capitalize(), "count": counts[value]}
        for value, label in states.choices
        if counts[value]
    ]
