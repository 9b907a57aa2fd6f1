"""What we heard: the findings with their figures, and the sentences that people agreed to have quoted."""

from __future__ import annotations

from typing import NamedTuple

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from declarations import counting, tracing
from declarations.counting import band_words, daily
from declarations.forms.filters import FindingFilter
from declarations.models import Forum, Theme

from .reading import Words, one_page, public_page, query_of, read, words_of


class Listed(NamedTuple):
    """A finding in the list: its words, the theme it stands under, and what is beside it."""

    heard: tracing.Heard
    words: Words
    theme: Theme | None


@require_safe
@public_page
def finding_list(request: HttpRequest) -> HttpResponse:
    """The published findings under their first themes."""
    forum = request.forum  # type: ignore[attr-defined]
    form = FindingFilter(request.GET, forum)
    chosen = form.chosen
    found = [each for each in tracing.heard(forum) if is_asked_for(each, chosen)]
    placed = sorted(((theme_of(each, chosen), each) for each in found), key=place)
    page = one_page(request, placed)
    return read(
        request,
        "findings/list.html",
        "heard",
        form=form,
        chosen=chosen,
        page_obj=page,
        query=query_of(chosen),
        rows=[Listed(each, words_of(each.finding, forum), theme) for theme, each in page],
        summary=drawn_from(forum),
    )


def drawn_from(forum: Forum) -> str:
    """Return how much was heard, as a band, and how it was read."""
    band = daily(counting.forum_figures, forum).testimonies_band
    assert band is not None, "of all the testimonies together a band is always said"
    heard = band_words(band, "testimonies", get_language() or "fr")
    return _(
        "Drawn from %(heard)s, each read by somebody of the team. Nobody is named, and small numbers are not given."
    ) % {"heard": heard}


def is_asked_for(heard: tracing.Heard, chosen: dict[str, str]) -> bool:
    themes = {theme.code for theme in heard.finding.themes.all()}
    factors = {factor.code for factor in heard.finding.factors.all()}
    return chosen.get("theme") in {None, *themes} and chosen.get("factor") in {None, *factors}


def theme_of(heard: tracing.Heard, chosen: dict[str, str]) -> Theme | None:
    """Return the theme that a finding is listed under: the one chosen, else its first."""
    themes = [theme for theme in heard.finding.themes.all() if theme.code == chosen.get("theme", theme.code)]
    return themes[0] if themes else None


def place(placed: tuple[Theme | None, tracing.Heard]) -> tuple[bool, int, int, int]:
    """Where a finding stands: in the order of themes, those without one last."""
    theme, heard = placed
    return theme is None, theme.order if theme else 0, theme.pk if theme else 0, heard.finding.number
