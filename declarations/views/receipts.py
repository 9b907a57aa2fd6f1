"""Coming back with a receipt: what became of the words, what may be done with them, and taking them back (M4).

The digits are typed once and never stand in an address; the pages that follow carry them sealed, for 15 minutes.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from declarations import tracing
from declarations.forms.receipts import ConsentForm, ReceiptForm
from declarations.forms.tickets import open_pass, seal_pass
from declarations.models import Testimony
from declarations.workflow import screens, testimonies, withdrawals
from declarations.workflow.moves import IllegalMove
from declarations.workflow.participants import passing_seat

from .testimonies import PAGES, around, ears


def posted(view: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Ask whoever comes by the address alone for the digits: an empty answer has no way to leave quickly (M6)."""

    @wraps(view)
    def answered(request: HttpRequest) -> HttpResponse:
        if request.method == "POST":
            return view(request)
        response = ask_for_digits(request, ReceiptForm(request.forum), status=405)  # type: ignore[attr-defined]
        response["Allow"] = "POST"
        return response

    return answered


@never_cache
def testimony_receipt(request: HttpRequest) -> HttpResponse:
    """Ask for the digits, and answer with what became of the testimony."""
    forum = request.forum  # type: ignore[attr-defined]
    if request.method != "POST":
        return ask_for_digits(request, ReceiptForm(forum))
    form = ReceiptForm(forum, request.POST)
    if form.is_valid() and form.testimony:
        return standing(request, form.testimony, form.cleaned_data["receipt"])
    return ask_for_digits(request, form, status=429 if form.has_error("receipt", "wait") else 422)


@never_cache
@posted
def testimony_consent(request: HttpRequest) -> HttpResponse:
    """Change what may be done with the words; what rested on a consent taken back goes at once."""
    testimony, receipt = carried(request)
    if testimony is None:
        return ran_out(request)
    if testimony.state == Testimony.State.WITHDRAWN:
        return standing(request, testimony, receipt)
    form = ConsentForm(testimony, request.POST)
    if not form.is_valid():
        return standing(request, testimony, receipt, form=form, status=422)
    withdrawals.change_consent(
        testimony,
        by=passing_seat(testimony.forum),
        summarise=form.cleaned_data["summarise"],
        quote=form.cleaned_data["quote"],
        voice=form.cleaned_data.get("voice", testimony.may_keep_voice),
    )
    return standing(request, testimony, receipt, said=_("This is changed."))


@never_cache
@posted
def testimony_withdraw(request: HttpRequest) -> HttpResponse:
    """Ask once, then destroy the words."""
    testimony, receipt = carried(request)
    if testimony is None:
        return ran_out(request)
    if testimony.state != Testimony.State.WITHDRAWN:
        if "sure" not in request.POST:
            context = {**around(request), "pass": seal_pass(testimony.forum, receipt), "testimony": testimony}
            return render(request, f"{PAGES}/withdraw.html", context)
        try:
            withdrawals.withdraw(testimony, by=passing_seat(testimony.forum))
        except IllegalMove:
            # Taken back by a second tap, a moment ago: what was wanted is done.
            testimony.refresh_from_db()
    return standing(request, testimony, receipt)


def carried(request: HttpRequest) -> tuple[Testimony | None, str]:
    """Return the testimony whose receipt the page carried sealed, and its digits."""
    forum = request.forum  # type: ignore[attr-defined]
    receipt = open_pass(forum, request.POST.get("pass", "")) or ""
    return testimonies.of_receipt(forum, receipt), receipt


def ran_out(request: HttpRequest) -> HttpResponse:
    form = ReceiptForm(request.forum)  # type: ignore[attr-defined]
    note = _("The page was open for more than 15 minutes. Nothing was changed. Please type your numbers again.")
    return ask_for_digits(request, form, note=note, status=403)


def ask_for_digits(request: HttpRequest, form: ReceiptForm, *, note: str = "", status: int = 200) -> HttpResponse:
    playing, listen = screens.playing(form.forum), request.GET.get("listen", "")
    context = {
        **around(request),
        "form": form,
        "note": note,
        "listen": listen if listen in playing else "",
        "ears": ears(form.forum, playing, listen, first="given"),
        "said": {"digits": screens.digits(playing.get(listen, {}))},
    }
    return render(request, f"{PAGES}/receipt.html", context, status=status)


def standing(
    request: HttpRequest,
    testimony: Testimony,
    receipt: str,
    *,
    form: ConsentForm | None = None,
    said: str = "",
    status: int = 200,
) -> HttpResponse:
    """Show how a testimony stands: never its words, its group or its day."""
    language = get_language() or "fr"
    led_to = tracing.forward_from(testimony)
    context: dict[str, Any] = {
        **around(request),
        "testimony": testimony,
        "is_withdrawn": testimony.state == Testimony.State.WITHDRAWN,
        "led_to": led_to,
        "recommendations": [(row, row.wording_in(language, "fr")) for row in led_to.recommendations],
        "described": testimony.speaker_in(language),
        "form": form or ConsentForm(testimony),
        "pass": seal_pass(testimony.forum, receipt),
        "said": said,
    }
    return render(request, f"{PAGES}/standing.html", context, status=status)
