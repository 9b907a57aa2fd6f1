"""Who reads what first: languages and groups, given to each reader by an organiser or by the readers themselves.

Nothing of any testimony stands on this page, and no number of them: it opens without a passphrase.
"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from declarations.forms.reading import ShareForm
from declarations.models import Seat
from declarations.workflow import reading

from .doors import page, seated
from .queue import language_names


@never_cache
def shares(request: HttpRequest) -> HttpResponse:
    """Show what each reader takes first, and keep what is changed for one of them."""
    seat = seated(request, "declarations.share_reading")
    readers = Seat.objects.for_seat(seat).open().filter(role=Seat.Role.READER).prefetch_related("shares")
    names, groups, wrong = language_names(seat.forum), list(seat.forum.groups.all()), None
    if request.method == "POST":
        pk = request.POST.get("reader", "")
        reader = get_object_or_404(readers, pk=int(pk) if pk.isdecimal() else 0)
        form = ShareForm(names, groups, request.POST, prefix=str(reader.pk))
        if form.is_valid():
            reading.share_out(reader, by=seat, **form.cleaned_data)
            messages.success(request, _("%(name)s sees these first from now on.") % {"name": reader.name})
            return redirect("admin:reading-shares")
        wrong = (reader.pk, form)
    rows: list[dict[str, Any]] = []
    for reader in readers:
        own = list(reader.shares.all())
        initial = {"languages": [row.language for row in own if row.language], "groups": [row.group_id for row in own]}
        blank = ShareForm(names, groups, initial=initial, prefix=str(reader.pk))
        rows.append({"reader": reader, "form": wrong[1] if wrong and wrong[0] == reader.pk else blank})
    return page(request, "shares", 422 if wrong else 200, rows=rows)
