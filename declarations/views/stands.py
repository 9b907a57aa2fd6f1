"""Where participants stand on a recommendation: a card's code, one answer, nothing about who."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache

from declarations.forms.stands import StandForm
from declarations.models import Recommendation
from declarations.workflow import recommendations
from declarations.workflow.moves import Refused
from declarations.workflow.participants import passing_seat

from .testimonies import around

PAGE = "declarations/recommendations/stand.html"


@never_cache
def recommendation_stand(request: HttpRequest, number: int) -> HttpResponse:
    """Say, with a card, where one stands; saying it again replaces what was said before."""
    forum = request.forum  # type: ignore[attr-defined]
    rows = Recommendation.objects.public().filter(forum=forum).prefetch_related("wordings")
    recommendation = get_object_or_404(rows, number=number)
    context = {
        **around(request),
        "recommendation": recommendation,
        "words": recommendation.wording_in(get_language() or "fr", "fr"),
    }
    if request.method != "POST":
        return render(request, PAGE, {**context, "form": StandForm(forum)})
    form = StandForm(forum, request.POST)
    if form.is_valid() and form.participant:
        try:
            recommendations.take_stand(
                recommendation,
                by=passing_seat(forum),
                participant=form.participant,
                stance=form.cleaned_data["stance"],
            )
        except Refused as refused:
            form.add_error(None, refused.args[0])
        else:
            return render(request, PAGE, {**context, "is_done": True})
    return render(request, PAGE, {**context, "form": form}, status=422)
