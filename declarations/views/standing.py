"""When the storage fails nothing was kept, and the page says so and gives back what was typed (M2).

A success is answered only after a commit. A full disk, a database that is down, a tombstone that cannot be written all
end here, wherever they were met: in a view, in a middleware, while a page was drawn.
"""

from __future__ import annotations

import sys

from django.db import DatabaseError, InterfaceError, InternalError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.debug import sensitive_variables
from django.views.defaults import server_error

from declarations.tombstones import CannotBury

AGAIN = "30"  # seconds after which a machine may try again
# What storage fails with; other errors of a database are faults of ours and stay errors.
FAILS = (OperationalError, InterfaceError, InternalError, CannotBury)
# Forms that are handed back whole, to be sent again with one tap: they carry no password, no digits of a receipt.
SENT_AGAIN = {"testimony-new", "testimony-take", "testimony-consent", "testimony-withdraw"}


def is_storage_failing(error: BaseException | None) -> bool:
    return isinstance(error, FAILS) or type(error) is DatabaseError


def broke(request: HttpRequest) -> HttpResponse:
    """Answer an error that nobody caught: 503 where the storage fails, 500 otherwise."""
    return not_kept(request) if is_storage_failing(sys.exc_info()[1]) else server_error(request)


@sensitive_variables()
def not_kept(request: HttpRequest) -> HttpResponse:
    """Say that nothing was kept; asks nothing of the database."""
    match = request.resolver_match
    typed: list[tuple[str, str]] = []
    if request.method == "POST" and match and match.url_name in SENT_AGAIN:
        typed = [(name, value) for name, values in request.POST.lists() for value in values]
    context = {
        "words": request.POST.get("words", "") if typed else "",
        "rest": [(name, value) for name, value in typed if name != "words"],
        "had_file": bool(typed and request.FILES),
        "is_withdrawal": bool(match and match.url_name == "testimony-withdraw"),
        "exit_url": getattr(getattr(request, "forum", None), "exit_url", ""),
    }
    # Without the request: its context processors ask for a session.
    response = render(None, "errors/503.html", context, status=503)
    response["Retry-After"] = AGAIN
    response["Cache-Control"] = "no-store"
    return response
