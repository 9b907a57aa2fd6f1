"""The doors of the site: the forums it carries, the landing page of each, and whether the house stands."""

from __future__ import annotations

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from declarations.counting import daily, forum_figures
from declarations.counting.bands import band_words
from declarations.models import Edition, Finding, Forum, HelpContact, Partner
from declarations.models.forums import OpeningHours, is_form_open
from declarations.models.guards import missing_guards
from declarations.models.news import missing_news
from declarations.models.upkeep import is_restoring

from .described import event
from .reading import alternates, public_page

# What a landing page counts aloud, in this order; each a noun of publishing.labels.
COUNTED = (("participants", "participants"), ("testimonies", "testimonies_band"), ("groups", "groups"))


@require_safe
@public_page
def home(request: HttpRequest) -> HttpResponse:
    """The forums that can be read here, the latest first."""
    forums = Forum.objects.public().order_by("-starts_on", "slug")
    return render(request, "declarations/forums/home.html", {"forums": forums, "alternates": alternates(request)})


@require_safe
@public_page
def forum_detail(request: HttpRequest) -> HttpResponse:
    """Where somebody arrives: what this is, what they can do, when and where, and whom to call."""
    forum = request.forum  # type: ignore[attr-defined]
    partners = list(Partner.objects.public().filter(forum=forum))
    contacts = HelpContact.objects.public().filter(forum=forum).select_related("region")
    context = {
        "forum": forum,
        "page": "forum",
        "alternates": alternates(request),
        "is_telling": is_form_open(forum, OpeningHours.Form.TESTIMONIES),
        "has_findings": Finding.objects.public().filter(forum=forum).exists(),
        "edition": Edition.objects.public().filter(declaration__forum=forum).without_snapshot().latest_first().first(),
        "figures": figures(forum),
        "conveners": [row for row in partners if row.kind == Partner.Kind.CONVENER],
        "partners": [row for row in partners if row.kind == Partner.Kind.PARTNER],
        "contacts": contacts,
        "about": event(forum),
    }
    return render(request, "declarations/forums/detail.html", context)


def figures(forum: Forum) -> list[str]:
    """Return the forum in a few numbers, in words, as they stood this morning."""
    counted = daily(forum_figures, forum)
    language = get_language() or "fr"
    found = [(noun, getattr(counted, field)) for noun, field in COUNTED]
    # A number too small to be told is left out here: "fewer than 10" says nothing to somebody who arrives.
    return [band_words(band, noun, language) for noun, band in found if band and not str(band).startswith("<")]


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Whether the database answers, its tables are up to date, and nothing published can be changed in it."""
    try:
        if is_restoring(connection):
            return _said("a restore is not finished", 503)
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            return _said("migrations are waiting", 503)
        if missing := missing_guards(connection) | missing_news(connection):
            return _said(f"triggers are missing: {', '.join(sorted(missing))}", 503)
    except DatabaseError:
        return _said("the database does not answer", 503)
    return _said("ok", 200)


def _said(words: str, status: int) -> HttpResponse:
    return HttpResponse(f"{words}\n", status=status, content_type="text/plain; charset=utf-8")
