"""The experts' desk: what waits to be reviewed, and what each of them gave; others' reviews only after one's own."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from declarations.forms.reviews import ReviewForm, review_of
from declarations.models import Clause, Declaration, Ground, Recommendation, Review, Seat
from declarations.workflow import recommendations

from .desks import ON_A_PAGE, desk, is_done, page, page_words, seated

MAY = "declarations.review_recommendation"


@desk
def review_desk(request: HttpRequest) -> HttpResponse:
    """What waits for this expert, or what they gave."""
    seat = seated(request, MAY)
    rows = Recommendation.objects.for_seat(seat).select_related("group").prefetch_related("wordings")
    waiting = rows.awaiting_decision().exclude(reviews__seat=seat)
    is_given = "given" in request.GET
    mine = Review.objects.filter(seat=seat)
    listed: Any = waiting.order_by("number")
    if is_given:
        listed = mine.select_related("recommendation__group").prefetch_related("recommendation__wordings")
        listed = listed.order_by("-given_at")
    page_obj = Paginator(listed, ON_A_PAGE).get_page(request.GET.get("page"))
    pairs = [(row.recommendation, row) if is_given else (row, None) for row in page_obj]
    return page(
        request,
        "reviews/desk",
        rows=[(row, stands(row, seat), review) for row, review in pairs],
        page_obj=page_obj,
        query="given=1&" if is_given else "",
        is_given=is_given,
        n_waiting=waiting.count() if is_given else page_obj.paginator.count,
        n_given=page_obj.paginator.count if is_given else mine.count(),
    )


def stands(row: Recommendation, seat: Seat) -> Any:
    """Return the words as they stand: the final wording where there is one, else those handed in."""
    wording = row.wording_in(*page_words(seat))
    return wording or {"text": row.handed_in_words, "language": row.handed_in_language}


@desk
def review_edit(request: HttpRequest, number: int) -> HttpResponse:
    """Read a recommendation with what it rests on, and say what one thinks of it."""
    seat = seated(request, MAY)
    rows = Recommendation.objects.for_seat(seat).select_related("forum", "group")
    rows = rows.prefetch_related("wordings", "themes", "addressees", "regions")
    row = get_object_or_404(rows, number=number)
    seated(request, MAY, row)
    given = Review.objects.filter(seat=seat, recommendation=row).first()
    if request.method != "POST":
        return shown(request, seat, row, given, ReviewForm(initial=review_of(given) if given else None))
    form = ReviewForm(request.POST)
    if form.is_valid() and is_done(form, lambda: recommendations.review(row, by=seat, **form.cleaned_data)):
        messages.success(request, _("Your review of recommendation %(number)d is given.") % {"number": number})
        return redirect("review-edit", forum=seat.forum.slug, number=number)
    # Decided meanwhile: what was typed stays on the page.
    status = 422 if row in rows.awaiting_decision() else 409
    return shown(request, seat, row, given, form, status)


def shown(
    request: HttpRequest, seat: Seat, row: Recommendation, given: Review | None, form: Form, status: int = 200
) -> HttpResponse:
    grounds = Ground.objects.filter(recommendation=row).select_related("finding", "session__group")
    others = Review.objects.for_seat(seat).filter(recommendation=row).exclude(seat=seat).select_related("seat")
    open_texts = Declaration.objects.exclude(state=Declaration.State.ADOPTED)
    clauses = Clause.objects.for_seat(seat).filter(sources__recommendation=row, section__declaration__in=open_texts)
    is_open = row.state in (row.State.HANDED_IN, row.State.IN_REVIEW, row.State.REVISED)
    return page(
        request,
        "reviews/desk_edit",
        status,
        recommendation=row,
        words=stands(row, seat),
        grounds=grounds.prefetch_related("finding__wordings"),
        languages=page_words(seat),
        form=form,
        bad=form if form.errors else None,
        given=given,
        others=others if given else [],
        clauses=clauses.distinct(),
        is_open=is_open or form.is_bound,
    )
