"""The emergency lock: one button, and how to come back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from declarations.forms.keys import Lock
from declarations.views.unlocking import COOKIE
from declarations.workflow import locks

from .doors import allows, ask, desk, page, typed

LOCKS, OPENS = "declarations.lock_everything", "declarations.change_forum"


def urls(site: AdminSite) -> list[Any]:
    view = site.admin_view
    return [
        path("lock/", view(lock), name="lock"),
        path("lock/forms/open/", view(open_forms), name="lock-open"),
    ]


@never_cache
@desk(LOCKS)
def lock(request: HttpRequest) -> HttpResponse:
    """Lock everything; the answer is the last page of this session."""
    seat = ask(request, LOCKS)
    form = Lock(typed(request), seat=seat)
    if request.method == "POST" and form.is_valid():
        locks.lock(seat.forum, by=seat, **form.cleaned_data)
        request.session.flush()
        context = {"forum": seat.forum, "has_forms_locked": seat.forum.has_forms_locked}
        response = render(request, "declarations/admin/locked_down.html", context)
        response.delete_cookie(COOKIE, path=reverse("admin:index"), samesite="Strict")
        return response
    context = page(
        request,
        title=_("Lock everything"),
        form=form,
        has_forms_locked=seat.forum.has_forms_locked,
        may_open=allows(request, OPENS),
        back=reverse("admin:index"),
    )
    return TemplateResponse(request, "declarations/admin/lock.html", context)


@require_POST
@desk(OPENS)
def open_forms(request: HttpRequest) -> HttpResponse:
    """Open the forms again."""
    seat = ask(request, OPENS)
    locks.open_forms(seat.forum, by=seat)
    messages.success(request, _("The forms are open again, in their hours."))
    return redirect("admin:lock")
