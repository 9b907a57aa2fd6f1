"""Telling: the form of one's own, the desk of a facilitator, and the promise that both rest on.

Nothing here opens a session or looks at who asks, except the desk, which asks for a facilitator's seat.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from functools import cache as once
from typing import Any

from django.core.cache import cache
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from declarations import sealing
from declarations.forms import guesses
from declarations.forms.cards import CARD_IS_USED
from declarations.forms.taking import TakenForm
from declarations.forms.testimonies import TestimonyForm
from declarations.forms.tickets import Ticket
from declarations.models import Forum, ForumKey, HelpContact, OpeningHours, SpokenScreen, Testimony
from declarations.models.forums import is_form_open
from declarations.permissions import may
from declarations.workflow import cards, keeping, names, quotas, screens, testimonies
from declarations.workflow.moves import Refused

from .headers import with_microphone
from .reading import alternates, public_page
from .seats import ask
from .uploads import voice_of

PAGES = "declarations/testimonies"
Purpose = ForumKey.Purpose
SAME_PAGE_AGAIN = 3600  # seconds in which a second tap on one page does not count a second person

VERY_MANY = gettext_lazy(
    "Very many testimonies are coming in, so yours was not kept yet. Please press “Send” once more."
)

# What is said on each screen beside its question: a screen with one question has no title of its own.
SCREENS: dict[str, dict[str, Any]] = {
    "before": {"title": gettext_lazy("Nobody will read this today."), "include": f"{PAGES}/_before.html"},
    "how": {"title": gettext_lazy("How you take it"), "include": f"{PAGES}/_aloud.html"},
    "age": {"ends_on": "no"},
    "reading": {"ends_on": "no"},
    "language-and-card": {"title": gettext_lazy("Your language, and your card")},
    "speaking": {"include": f"{PAGES}/_speaking.html"},
    "described": {
        "title": gettext_lazy("How may we describe you?"),
        "help": gettext_lazy("We do not keep a description that fits only a few people."),
        "look": gettext_lazy("See how I will be described"),
    },
    "send": {"title": gettext_lazy("Send it"), "include": f"{PAGES}/_send.html"},
}


# csrf_exempt: the same check is made inside, so that a page that fails it comes back with its words.
@csrf_exempt
@never_cache
@with_microphone
def testimony_new(request: HttpRequest) -> HttpResponse:
    """Tell, on one's own phone: anybody may, with a card or without."""
    return told(request, TestimonyForm)


@csrf_exempt
@never_cache
@with_microphone
def testimony_take(request: HttpRequest) -> HttpResponse:
    """Take testimony for somebody; the desk only writes and shows nothing that was taken before."""
    try:
        seat = ask(request, "declarations.take_testimony")
    except PermissionDenied:
        # Also the desk of a link that was taken back: what its phone holds, sealed, is sent from this page.
        return render(request, f"{PAGES}/desk_closed.html", {"forum": request.forum}, status=403)  # type: ignore[attr-defined]
    return told(request, TakenForm, by=seat)


@never_cache
def testimony_stopped(request: HttpRequest) -> HttpResponse:
    """Say that nothing was kept, to somebody who stopped; the browser is asked to forget the pages too (M6)."""
    response = render(request, f"{PAGES}/stopped.html", around(request))
    response["Clear-Site-Data"] = '"cache"'
    return response


@public_page
def promise_detail(request: HttpRequest) -> HttpResponse:
    """Say what is kept, who can read it, for how long, how to take it back, and what we cannot protect against."""
    return render(
        request,
        f"{PAGES}/promises.html",
        {
            "forum": request.forum,  # type: ignore[attr-defined]
            "has_custody": names.custody(request.forum) is not None,  # type: ignore[attr-defined]
            "alternates": alternates(request),
            "page": "promises",
        },
    )


def told(request: HttpRequest, form_class: type[TestimonyForm], **fields: Any) -> HttpResponse:
    """Answer the form: ask, come back with every word, or keep and hand over the receipt."""
    forum: Forum = request.forum  # type: ignore[attr-defined]
    voice = voice_of(request)
    keys = ForumKey.objects.filter(forum=forum).now()
    refusal = closed(request, forum, keys)
    if request.method != "POST":
        return refusal or asked(request, form_class(forum, keys=keys, **fields))
    form = form_class(forum, request.POST, request.FILES, keys=keys, **fields)
    if refusal and not (Purpose.READING in keys and was_kept(forum, form.ticket_carried)):
        return refusal
    form.is_too_large = voice.is_too_large
    if problem := problem_with_page(request, form):
        message, status = problem
        form.add_error(None, message)
        return asked(request, form, status=status)
    if form.refusal:
        return turned_away(request, form)
    is_complete = form.is_valid()
    if "look" in request.POST or not (is_complete or "send" in request.POST):
        form.forgive_empty()
        if not form.errors:
            form.show_description()
        return asked(request, form, opened="described" if "look" in request.POST else form.first_unanswered())
    if not is_complete:
        return asked(request, form, status=422)
    if form.is_to_be_seen:
        form.show_description()
        return asked(request, form, opened="send", status=422)
    return kept(request, form, keys[Purpose.READING])


def problem_with_page(request: HttpRequest, form: TestimonyForm) -> tuple[str, int] | None:
    """Return what is wrong with the page itself and its status, and set it right for the next time; or None."""
    if not is_from_our_page(request):
        return _("The page was open too long. Please press “Send” once more."), 403
    if form.data.get("website"):
        form.data["website"] = ""
        return _("Something filled in this page by itself. Please look at it, and press “Send” once more."), 422
    ticket = form.ticket_carried
    if ticket is None or (ticket.is_too_old and not was_kept(form.forum, ticket)):
        form.renew_ticket()
        return _("The page was open for more than a day. Please press “Send” once more."), 422
    if ticket.is_too_young and "look" not in request.POST and not form.refusal:
        return _("That was very fast. Please look once more at what you wrote, and press “Send” again."), 422
    return None


def was_kept(forum: Forum, ticket: Ticket | None) -> bool:
    """Whether a testimony came from this page before: it gets its receipt again, late and closed as it may be (M2)."""
    return ticket is not None and Testimony.objects.filter(forum=forum, pk=ticket.id).exists()


class _Check(CsrfViewMiddleware):
    """Django's own check, which says no instead of answering with a page that has lost the words."""

    def _reject(self, request: HttpRequest, reason: str) -> str:
        return reason


def is_from_our_page(request: HttpRequest) -> bool:
    """Whether the form was sent from a page of this site."""
    if _Check(lambda request: HttpResponse()).process_view(request, told, (), {}) is None:
        return True
    # A phone that keeps no cookies: its browser still says from where the form was sent, and no page can forge that.
    return request.headers.get("Origin") == f"{request.scheme}://{request.get_host()}"


def closed(request: HttpRequest, forum: Forum, keys: Mapping[str, ForumKey]) -> HttpResponse | None:
    """Return the page that says why nothing can be told now, with what was typed; None where the form is open."""
    context = {**around(request), "words": request.POST.get("words", "")}
    if not is_form_open(forum, "testimonies"):
        hours = OpeningHours.objects.filter(forum=forum, form="testimonies", opens_at__gt=timezone.now())
        context["opens_at"] = hours.order_by("opens_at").values_list("opens_at", flat=True).first()
        return render(request, f"{PAGES}/closed.html", context, status=403 if request.method == "POST" else 200)
    if Purpose.READING not in keys:
        return render(request, f"{PAGES}/closed.html", {**context, "has_no_key": True}, status=503)
    return None


def asked(request: HttpRequest, form: TestimonyForm, *, opened: str = "", status: int = 200) -> HttpResponse:
    if form.is_bound:
        form.ask_for_voice_again()
    playing = screens.playing(form.forum)
    listen = form.data.get("listen") if form.is_bound else request.GET.get("listen")
    recordings = playing.get(listen or "", {})
    if recordings:
        form.listen_to(str(listen), recordings)
    context = {
        **around(request),
        "form": form,
        "steps": [
            {"id": step, "fields": names, "listen": recordings.get(step), **SCREENS.get(step, {})}
            for step, names in form.STEPS
        ],
        "ears": ears(form.forum, playing, str(listen or "")),
        "said": said(recordings),
        "opened": opened,
        "send": _("Send"),
        "stop_url": reverse("testimony-stopped", args=[form.forum.slug]),
        "languages": alternates(request) if request.method == "GET" else (),
        "is_taken": form.by is not None,
        "types_paper": may(form.by, "declarations.type_paper"),
        "names_here": _("Take a testimony") if form.by else _("Tell the forum"),
    }
    return render(request, f"{PAGES}/form.html", context, status=status)


def ears(
    forum: Forum, playing: dict[str, dict[str, SpokenScreen]], listen: str, first: str = "before"
) -> list[dict[str, Any]]:
    """The languages in which the screens can be heard, each with a screen, which says which language it is."""
    page = get_language() or "fr"
    return [
        {
            "code": row.code,
            "name": row.label_in(page),
            "first": playing[row.code].get(first),
            "is_chosen": row.code == listen,
        }
        for row in forum.languages.all()
        if row.code in playing
    ]


def said(recordings: dict[str, SpokenScreen]) -> dict[str, Any]:
    """What is heard of the two numbers: what they are, and their digits (M4, M15)."""
    return {"given": recordings.get("given"), "digits": screens.digits(recordings)}


def turned_away(request: HttpRequest, form: TestimonyForm) -> HttpResponse:
    """Keep nothing but a count, once a page, and say who can listen."""
    ticket = form.ticket_carried
    if ticket:
        count_once(form.forum, ticket.id, form.refusal, seconds=SAME_PAGE_AGAIN)
    return render(request, f"{PAGES}/turned_away.html", {**around(request), "why": form.refusal, "form": form})


def count_once(forum: Forum, one: uuid.UUID, why: str, *, seconds: int) -> None:
    """Count somebody who was not recorded; what comes again in that time is the same person."""
    if cache.add(f"turned-away-{one}", True, seconds):
        testimonies.turn_away(forum, why)


def kept(request: HttpRequest, form: TestimonyForm, reading: ForumKey) -> HttpResponse:
    """Keep the testimony and answer with its receipt, straight away: a page to come back to would have to be stored."""
    ticket = form.ticket_carried
    assert ticket is not None
    if form.by is None and form.participant is None and guesses.must_wait(ticket.id):
        form.add_error(None, VERY_MANY)
        return asked(request, form, opened="send", status=429)
    try:
        given = testimonies.give(form.forum, id=ticket.id, receipt=ticket.receipt, reading=reading, **form.to_give())
    except keeping.Conflicting:
        return again(request, form, ticket, "conflict", 409)
    except keeping.TooManyAside:
        return again(request, form, ticket, "full", 409)
    except keeping.AlreadyWithdrawn:
        return again(request, form, ticket, "withdrawn", 410)
    except quotas.QuotaSpent:
        form.add_error("code", _("This card gave all that it can in one day. Send without it, or tomorrow."))
        return asked(request, form, status=429)
    except cards.CardSpent:
        form.add_error("serial", CARD_IS_USED)
        return asked(request, form, status=422)
    except Refused as refused:
        form.add_error(None, refused.args[0])
        return asked(request, form, status=503)
    except ValidationError as error:
        form.add_error(None, error.messages)
        return asked(request, form, status=422)
    listen = form.cleaned_data["listen"]
    heard = said(screens.playing(form.forum).get(listen, {}) if listen else {})
    context = {**around(request), "form": form, "said": heard, **way_back(given.testimony, ticket, form)}
    return render(request, f"{PAGES}/given.html", context)


def way_back(testimony: Testimony | None, ticket: Ticket, form: TestimonyForm) -> dict[str, str]:
    """Return the digits of the receipt where the server made them, else the number outside the card that has them.

    What was kept first decides: a page sent again may carry another card, or none (M2).
    """
    if testimony is None or testimony.receipt_hash == testimonies.receipt_hash(ticket.receipt):
        return {"receipt": sealing.format_receipt(ticket.receipt)}
    card = getattr(form, "card", None)
    return {"receipt": "", "serial": sealing.format_serial(card.serial) if card and card.is_used else ""}


def again(request: HttpRequest, form: TestimonyForm, ticket: Ticket, why: str, status: int) -> HttpResponse:
    """Hand the words back where the page was used before, so that they can be sent as a testimony of their own."""
    form.renew_ticket()
    form.ask_for_voice_again()
    first = Testimony.objects.filter(forum=form.forum, pk=ticket.id).first()
    context = {**around(request), "form": form, "why": why, **way_back(first, ticket, form)}
    return render(request, f"{PAGES}/again.html", context, status=status)


def around(request: HttpRequest) -> dict[str, Any]:
    """What the pages of a participant show: the forum, and whom to call, which is read where a page says it."""
    forum: Forum = request.forum  # type: ignore[attr-defined]

    @once
    def contacts() -> list[Any]:
        rows = HelpContact.objects.public().filter(forum=forum).select_related("region")
        return list(rows.order_by("order", "pk"))

    return {
        "forum": forum,
        "for_all": lambda: [row for row in contacts() if row.region is None],
        "by_region": lambda: sorted((row for row in contacts() if row.region), key=lambda row: row.region.order),
        "is_taken": bool(request.resolver_match and request.resolver_match.url_name == "testimony-take"),
    }
