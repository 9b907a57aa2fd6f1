"""What the groups asked for, to be read: the decided ones, whom they address, where each comes from and led to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any, NamedTuple

from django.db.models import Count, F, OuterRef, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from declarations import counting, tracing
from declarations.counting import daily
from declarations.forms.filters import RecommendationFilter
from declarations.models import Addressee, Forum, Recommendation, Relation, Response, Theme
from declarations.shelf import kept

from .figures import heat
from .passing_on import passed_on, summary_of
from .reading import one_page, public_page, query_of, read, words_of


class Item(NamedTuple):
    """A recommendation in a list: its number, what it answers to each question, its themes, and what is said of it."""

    number: int
    answers: Mapping[str, Collection[str]]  # codes by the name of a choice
    themes: list[Theme]
    shown: SafeString


class Listed(NamedTuple):
    """What every list of recommendations is made of: all of them by first theme and number, and who is asked what."""

    items: list[Item]
    matrix: SafeString


@require_safe
@public_page
def recommendation_list(request: HttpRequest) -> HttpResponse:
    """Every decided recommendation under its first theme, and who is asked for what."""
    forum = request.forum  # type: ignore[attr-defined]
    form = RecommendationFilter(request.GET, forum)
    chosen = form.chosen
    listed = kept(("recommendations", forum.pk, get_language()), lambda: Listed(items_of(forum), drawn_matrix(forum)))
    page = one_page(request, narrowed(listed.items, chosen))
    return read(
        request,
        "recommendations/list.html",
        "recommendations",
        form=form,
        chosen=chosen,
        page_obj=page,
        query=query_of(chosen),
        rows=[(item.shown, theme_of(item, chosen)) for item in page],
        matrix=listed.matrix,
    )


def items_of(forum: Forum) -> list[Item]:
    """Read every public recommendation, and write what a list says of it in the page's language."""
    first = Theme.objects.public().filter(recommendations=OuterRef("pk")).order_by("order", "pk").values("order")
    rows = (
        Recommendation.objects.public()
        .filter(forum=forum)
        .annotate(first_theme=Subquery(first[:1]))
        .order_by(F("first_theme").asc(nulls_last=True), "number")
        .select_related("group")
        .prefetch_related("wordings", "themes", "addressees", "regions")
    )
    return [item_of(row, forum) for row in rows]


def item_of(row: Recommendation, forum: Forum) -> Item:
    shown = render_to_string(
        "declarations/recommendations/_item.html", {"forum": forum, "row": row, "words": words_of(row, forum)}
    )
    themes = list(row.themes.all())
    answers = {
        "theme": {theme.code for theme in themes},
        "addressee": {addressee.code for addressee in row.addressees.all()},
        "region": {region.code for region in row.regions.all()},
        "level": {row.level},
        "horizon": {row.horizon},
        "state": {row.state},
    }
    return Item(row.number, answers, themes, shown)


def narrowed(items: Iterable[Item], chosen: dict[str, str]) -> list[Item]:
    """Return the recommendations that were asked for, in the order of their first themes."""
    found = [item for item in items if all(value in item.answers[name] for name, value in chosen.items())]
    return sorted(found, key=lambda item: item.number) if "theme" in chosen else found


def theme_of(item: Item, chosen: dict[str, str]) -> Theme | None:
    """Return the theme that a recommendation is listed under: the one chosen, else its first."""
    return next((theme for theme in item.themes if theme.code == chosen.get("theme", theme.code)), None)


def drawn_matrix(forum: Forum) -> SafeString:
    """Return who is asked for what, as it stands on the page; nothing where nothing is asked."""
    return render_to_string("declarations/recommendations/_matrix.html", {"matrix": matrix(forum)})


def matrix(forum: Forum) -> dict[str, Any]:
    """Return how many adopted recommendations ask what of whom: a line for each addressee, a column for each theme."""
    adopted = Recommendation.objects.public().filter(forum=forum, state=Recommendation.State.ADOPTED)
    pairs = adopted.exclude(themes=None).exclude(addressees=None).order_by().values_list("themes", "addressees")
    counts = {(theme, addressee): number for theme, addressee, number in pairs.annotate(number=Count("pk"))}
    themes = list(Theme.objects.public().filter(forum=forum).order_by("order", "pk"))
    addressees = Addressee.objects.public().filter(forum=forum).order_by("order", "pk")
    largest = max(counts.values(), default=1)
    rows = [
        (to, [(theme, number, number / largest) for theme, number in _across(to, themes, counts)]) for to in addressees
    ]
    return {"columns": themes, "rows": rows if counts else []}


def _across(to: Addressee, themes: Iterable[Theme], counts: dict[tuple[int, int], int]) -> list[tuple[Theme, int]]:
    return [(theme, counts.get((theme.pk, to.pk), 0)) for theme in themes]


@require_safe
@public_page
def recommendation_detail(request: HttpRequest, number: int) -> HttpResponse:
    """One recommendation: its words, the group's own, what it rests on, who agrees, what became of it."""
    forum = request.forum  # type: ignore[attr-defined]
    rows = Recommendation.objects.public().filter(forum=forum).select_related("group__topic", "forum")
    row = get_object_or_404(rows.prefetch_related("wordings", "themes", "addressees", "regions"), number=number)
    words, trace = words_of(row, forum), tracing.for_recommendation(row)
    return read(
        request,
        "recommendations/detail.html",
        "recommendations",
        recommendation=row,
        words=words,
        summary=summary_of(words.text),
        is_reworded=(words.text, words.language) != (row.handed_in_words, row.handed_in_language),
        trace=trace,
        findings=[(finding, words_of(finding, forum)) for finding in trace.findings],
        merged=[(part, words_of(part, forum)) for part in trace.merged],
        went_into=[(whole, words_of(whole, forum)) for whole in merged_into(row)],
        clauses=answered(trace.clauses),
        agreement=daily(counting.groups_in_agreement, row),
        stands=heat(daily(counting.stance_table, row)),
        passed=passed_on(
            *words,
            f"{_('Recommendation %(number)s') % {'number': number}}, {forum.title_in(get_language() or 'fr')}",
            reverse("recommendation-detail", args=[forum.slug, number]),
        ),
    )


def merged_into(row: Recommendation) -> Iterable[Recommendation]:
    """Return the public recommendations that this one was merged into."""
    into = row.relations.filter(kind=Relation.Kind.MERGED_INTO).values("other")
    return Recommendation.objects.public().filter(pk__in=into).prefetch_related("wordings").order_by("number")


def answered(clauses: Iterable[Any]) -> list[tuple[Any, list[Response]]]:
    """Return published clauses, each with the answers that stand."""
    clauses = list(clauses)
    rows = Response.objects.public().standing().filter(clause__identifier__in=[each.identifier for each in clauses])
    answers: dict[str, list[Response]] = defaultdict(list)
    for row in rows.select_related("addressee", "clause").order_by("addressee__order", "pk"):
        answers[row.clause.identifier].append(row)
    return [(clause, answers[clause.identifier]) for clause in clauses]
