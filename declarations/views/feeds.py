"""What is new, for readers of feeds (Atom): editions, and what became of the words. No words of a testimony."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from typing import NamedTuple

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from declarations import tracing
from declarations.models import Commitment, Delivery, Forum, Response
from declarations.models.texts import in_language

from .editions import editions_of
from .reading import public_page

LONGEST = 50  # entries: readers of feeds keep what they have seen
ATOM = "application/atom+xml; charset=utf-8"
OF_CLAUSE = "clause__section__declaration__forum"


class News(NamedTuple):
    """One entry: a name that never changes, what is said, and where it stands."""

    name: str
    title: str
    text: str
    path: str
    at: datetime


@require_safe
@public_page
def edition_feed(request: HttpRequest) -> HttpResponse:
    """Every edition, the newest first."""
    forum: Forum = request.forum  # type: ignore[attr-defined]
    news = [
        News(
            f"edition/{row.number}",
            _("Edition %(number)s") % {"number": row.number},
            f"{capfirst(row.get_kind_display())}. {_('Control code')}{_(':')} {row.control_code}",
            reverse("edition-detail", args=[forum.slug, row.number]),
            row.published_at,
        )
        for row in editions_of(forum).without_snapshot()[:LONGEST]
    ]
    return feed(forum, _("Editions of the declaration"), "edition-list", news)


@require_safe
@public_page
def followup_feed(request: HttpRequest) -> HttpResponse:
    """What was handed over, answered, promised and reported, the newest first."""
    forum: Forum = request.forum  # type: ignore[attr-defined]
    news = sorted([*deliveries(forum), *answers(forum), *reports(forum)], key=lambda each: (each.at, each.name))
    return feed(forum, _("What became of the declaration"), "followup-list", news[: -LONGEST - 1 : -1])


def deliveries(forum: Forum) -> Iterable[News]:
    rows = Delivery.objects.public().filter(edition__declaration__forum=forum)
    for row in (
        rows.select_related("addressee", "edition").defer("edition__snapshot").order_by("-delivered_on")[:LONGEST]
    ):
        who = in_language(row.addressee.label, get_language() or "fr")
        title = _("Edition %(number)s was handed to: %(who)s") % {"number": row.edition.number, "who": who}
        how = row.how_in(get_language() or "fr")
        yield News(f"delivery/{row.pk}", title, how, followup(forum), noon(row.delivered_on))


def answers(forum: Forum) -> Iterable[News]:
    numbers = {clause.identifier: clause.number for clause in tracing.published_clauses(forum)}
    rows = Response.objects.public().filter(**{OF_CLAUSE: forum}, clause__identifier__in=numbers)
    for row in rows.select_related("addressee", "clause").order_by("-answered_on", "-pk")[:LONGEST]:
        who = in_language(row.addressee.label, get_language() or "fr")
        title = _("%(who)s, clause %(number)s: %(position)s") % {
            "who": who,
            "number": numbers[row.clause.identifier] or "–",
            "position": row.get_position_display(),
        }
        yield News(f"answer/{row.pk}", title, row.text, followup(forum), noon(row.answered_on))


def reports(forum: Forum) -> Iterable[News]:
    promises = Commitment.objects.public().filter(**{OF_CLAUSE: forum})
    for promise in promises.select_related("addressee").prefetch_related("reports"):
        who = in_language(promise.addressee.label, get_language() or "fr")
        for row in promise.reports.all():
            title = f"{who}{_(':')} {row.get_state_display()}"
            yield News(f"report/{row.pk}", title, row.text, followup(forum), noon(row.reported_on))


def followup(forum: Forum) -> str:
    return reverse("followup-list", args=[forum.slug])


def noon(day: date) -> datetime:
    """A day without an hour stands at noon, so that it is the same day in every time zone of the forum."""
    return datetime.combine(day, time(12), UTC)


def feed(forum: Forum, title: str, page: str, news: Iterable[News]) -> HttpResponse:
    language = get_language() or "fr"
    address = settings.SITE_URL + reverse(page, args=[forum.slug])
    made = Atom1Feed(
        title=f"{title} · {forum.title_in(language)}",
        link=address,
        description="",
        language=language,
        feed_url=f"{address}feed/",
        feed_guid=address,
    )
    for each in news:
        made.add_item(
            title=each.title,
            link=settings.SITE_URL + each.path,
            description=each.text,
            unique_id=f"{address}#{each.name}",
            updateddate=each.at,
            pubdate=each.at,
        )
    if not made.items:
        # Without entries a feed would say the present moment, and be another one at each look.
        made.latest_post_date = lambda: noon(forum.starts_on)  # type: ignore[method-assign]
    return HttpResponse(made.writeString("utf-8"), content_type=ATOM)
