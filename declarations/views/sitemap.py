"""What search engines are told: which pages there are, in which languages, and where they have no business."""

from __future__ import annotations

from collections.abc import Iterator

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse, translate_url
from django.utils import translation
from django.views.decorators.http import require_safe

from declarations import tracing
from declarations.models import Edition, Forum, Recommendation

from .reading import public_page

# The pages of a forum that stand by themselves, in the order of the road.
STANDING = (
    "forum-detail",
    "participant-list",
    "group-list",
    "promise-detail",
    "finding-list",
    "recommendation-list",
    "declaration-detail",
    "edition-list",
    "verify",
    "verify-yourself",
    "followup-list",
    "data-detail",
)
# What is typed, what is a way in, and pages without end.
CLOSED = ("/admin/", "/*/enter/", "/*/*/desk/", "/*/*/testimonies/", "/*/*/search/", "/*?")


@require_safe
@public_page
def sitemap(request: HttpRequest) -> HttpResponse:
    """Every page that stays, each with its address in every language; a rehearsal is nobody's to find."""
    codes = [code for code, _name in settings.LANGUAGES]
    with translation.override(codes[0]):
        pages = [[(code, settings.SITE_URL + translate_url(path, code)) for code in codes] for path in paths()]
    return render(request, "declarations/sitemap.xml", {"pages": pages}, content_type="application/xml")


def paths() -> Iterator[str]:
    """Return the addresses of every forum's pages, in one language."""
    yield reverse("home")
    for forum in Forum.objects.public().exclude(mode=Forum.Mode.REHEARSAL).order_by("-starts_on", "slug"):
        for name in STANDING:
            yield reverse(name, args=[forum.slug])
        numbers = (
            Recommendation.objects.public().filter(forum=forum).order_by("number").values_list("number", flat=True)
        )
        for number in numbers:
            yield reverse("recommendation-detail", args=[forum.slug, number])
        for clause in tracing.published_clauses(forum):
            yield reverse("clause-detail", args=[forum.slug, clause.identifier])
        editions = Edition.objects.public().filter(declaration__forum=forum).order_by("number")
        for number in editions.values_list("number", flat=True):
            yield reverse("edition-detail", args=[forum.slug, number])


@require_safe
@public_page
def robots(request: HttpRequest) -> HttpResponse:
    """Where crawlers have no business, and where the list of pages is."""
    lines = [
        "User-agent: *",
        *(f"Disallow: {path}" for path in CLOSED),
        f"Sitemap: {settings.SITE_URL}/sitemap.xml",
        "",
    ]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")
