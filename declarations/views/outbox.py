"""The phone's outbox: what its page needs to seal, where it sends what it sealed, and the desk without a network."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import get_language, override
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from declarations import sealing
from declarations.forms import guesses
from declarations.forms import outbox as forms
from declarations.forms.choices import mark_of
from declarations.models import Forum, ForumKey
from declarations.models.forums import in_language
from declarations.models.testimonies import ANYBODY, describe
from declarations.models.texts import LONGEST_TEXT
from declarations.workflow import keeping, names, outbox, quotas, recordings
from declarations.workflow.describing import Description

from .seats import needs
from .testimonies import PAGES, around, count_once

LARGEST = 12 << 20  # bytes of a parcel: ten megabytes of a voice, sealed and padded twice
# What is said of a parcel that was opened, and with which status. The first five let a phone forget it; the others
# leave it there, sealed, to be sent again.
SAID = {
    "kept": 200,
    "card": 200,
    "counted": 200,
    "conflict": 409,
    "withdrawn": 410,
    "quota": 429,
    "many": 429,
    "late": 403,
    "refused": 422,
}


# csrf_exempt: this address knows no cookie, no session and no seat, so there is nothing of the caller's that another
# site could borrow. Whoever can send a parcel can make it; what a desk's parcel may do is sealed inside it.
@csrf_exempt
@never_cache
def testimony_outbox(request: HttpRequest) -> HttpResponse:
    """Hand out what a page needs to seal (GET), or take a parcel in and acknowledge it once it is stored (POST)."""
    if request.method == "POST":
        return taken_in(request)
    return sheet(request)


def taken_in(request: HttpRequest) -> HttpResponse:
    forum: Forum = request.forum  # type: ignore[attr-defined]
    sealed = _body(request)
    parcel = _opened(forum, sealed) if sealed else None
    if parcel is None:
        # Nothing opened, so there is no key to answer under: the phone keeps what it has.
        return JsonResponse({"said": "unopened"}, status=413 if sealed is None else 400)
    try:
        key = forms.acknowledgement_key(parcel.answers)
    except forms.Malformed:
        return JsonResponse({"said": "unopened"}, status=400)
    said = _said_of(forum, parcel)
    # Here everything is committed; only whoever opened the parcel can make this proof (M2).
    return JsonResponse({"said": said, "proof": sealing.acknowledgement(key, said)}, status=SAID[said.split()[0]])


def _body(request: HttpRequest) -> bytes | None:
    """Return what was sent, None where it is too large; a request that does not say how long it is arrives empty."""
    if int(request.headers.get("Content-Length") or 0) > LARGEST:
        return None
    return request.read(LARGEST)


def _opened(forum: Forum, sealed: bytes) -> sealing.Parcel | None:
    for key in settings.INTAKE_KEYS:
        try:
            return sealing.open_parcel(key, forum.slug, sealed)
        except sealing.SealBroken:
            continue
    return None


def _said_of(forum: Forum, parcel: sealing.Parcel) -> str:
    """Keep what a parcel holds and return what became of it."""
    try:
        outer = forms.opened(parcel.answers)
        with override(outer.page):
            came = forms.arrived(forum, outer)
            if came.refusal:
                return counted(forum, outer, came)
            told = forms.told(forum, outer, came)
            if told.seat is None and told.participant is None and guesses.must_wait(told.id):
                return "many"
            given = outbox.take_in(told, parcel)
    except (forms.Malformed, outbox.Unfit, keeping.TooManyAside):
        return "refused"
    except keeping.Conflicting:
        return "conflict"
    except keeping.AlreadyWithdrawn:
        return "withdrawn"
    except quotas.QuotaSpent:
        return "quota"
    except keeping.TooLate:
        return "late"
    if outer.answers.get("serial", "").strip() and outbox.has_own_receipt(given, told):
        # Its card was used before, or is none: the way back to these words is the receipt that the phone made, which
        # it did not keep. Said again however often it is asked, and only to whoever made the parcel.
        return f"card {told.receipt}"
    return "kept"


def counted(forum: Forum, outer: forms.Outer, came: forms.Arrived) -> str:
    """Count, once, somebody whom a desk without a network did not record: nothing else of what came is looked at."""
    outbox.check_opening(forum, came.made_at)
    count_once(forum, outer.id, came.refusal, seconds=int(outbox.GRACE.total_seconds()))
    return "counted"


# What the page needs


def sheet(request: HttpRequest) -> HttpResponse:
    """Hand out the keys to seal to, the safe descriptions, and what the script says: the same for everybody."""
    forum: Forum = request.forum  # type: ignore[attr-defined]
    key = ForumKey.objects.filter(forum=forum).current(ForumKey.Purpose.READING).first()
    data = {
        "forum": forum.slug,
        "page": get_language() or "fr",
        "intake": sealing.public_of(settings.INTAKE_KEYS[0]).hex(),
        "reading": {"version": key.version, "public": bytes(key.public).hex()} if key else None,
        "custody": custody_of(forum),
        "longest": LONGEST_TEXT,
        "largest": recordings.LARGEST,
        **described(forum, get_language() or "fr"),
    }
    return render(request, f"{PAGES}/outbox.html", {**around(request), "data": data})


def custody_of(forum: Forum) -> dict[str, dict[str, object]] | None:
    """The two halves to which a phone seals a name; none where no two custodians look after names (M1)."""
    halves = names.custody(forum)
    if halves is None:
        return None
    return {key.purpose: {"version": key.version, "public": bytes(key.public).hex()} for key in halves}


def described(forum: Forum, language: str) -> dict[str, Any]:
    """What the phone needs to word a description itself, with nothing said of how many share it (M7)."""
    safe = [one for one in outbox.descriptions_of_all(forum) if one != Description()]
    return {
        "zones": {row.code: row.zone_id for row in forum.regions.all()},
        "families": {row.code: row.family_id for row in forum.capacities.all()},
        "regions": {row.code: row.pk for row in forum.regions.all()},
        "capacities": {row.code: row.pk for row in forum.capacities.all()},
        "described": {
            mark_of(one): describe(one.standing, one.place, language) for one in safe if one != Description()
        },
        "anybody": in_language(ANYBODY, language),
    }


# The desk of a facilitator, without a network


@needs("declarations.take_testimony")
def desk_worker(request: HttpRequest) -> HttpResponse:
    """The script that brings a facilitator's page back without a network; below the page's own address, to reach it."""
    found = finders.find("js/worker.js")
    path = Path(found) if found else Path(settings.STATIC_ROOT) / "js" / "worker.js"
    return HttpResponse(path.read_bytes(), content_type="text/javascript")
