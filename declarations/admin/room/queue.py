"""What waits to be read: in no order, from a place that differs each time, with no filter that singles anybody out."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.http import urlencode
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from declarations import counting
from declarations.forms.reading import QueueForm
from declarations.models import Draft, Group, Testimony
from declarations.models.testimonies import TestimonyQuerySet
from declarations.views.unlocking import unlocked

from .doors import page

ON_A_PAGE = 25
State = Testimony.State
STAGES = {
    State.RECEIVED: gettext_lazy("To read"),
    State.READ: gettext_lazy("Read, without a summary"),
    State.SUMMARISED: gettext_lazy("Summarised"),
}


SHARES = {"language": gettext_lazy("My languages"), "group": gettext_lazy("My groups")}


def wide_enough(cells: Mapping[Any, int], minimum: int) -> set[Any]:
    """Return the cells that may be looked at apart.

    Cells below the minimum are left out, and the smallest of the others with them while those left out would together
    be too few: else what remains when the others are taken away would be as telling as the small cell (M7).
    """
    kept = sorted((cell for cell in cells if not counting.fewer_than(cells[cell], minimum)), key=lambda c: cells[c])
    hidden = sum(cells.values()) - sum(cells[cell] for cell in kept)
    while kept and 0 < hidden < minimum:
        hidden += cells[kept.pop(0)]
    return set(kept)


class Queue:
    """The testimonies of one stage for the seat of a request, narrowed as far as may be."""

    def __init__(self, request: HttpRequest) -> None:
        self.seat: Any = request.seat  # type: ignore[attr-defined]
        asked = request.GET.get("stage")
        self.stage = State(asked) if asked in STAGES else State.RECEIVED
        self.all = Testimony.objects.for_seat(self.seat).filter(state=self.stage)
        self.by, self.value = QueueForm(request.GET).chosen()
        if not self.by and (mine := self.shares):
            self.by, self.value = "share", next(iter(mine))

    @property
    def least(self) -> int:
        minimum: int = self.seat.forum.inside_minimum
        return minimum

    @cached_property
    def shares(self) -> dict[str, set[Any]]:
        """What of the reading is this reader's, by language and by group, where enough wait to be looked at apart.

        One of the two at a time: both together would be a filter fine enough to single somebody out (M7).
        """
        rows = list(self.seat.shares.all())
        own = {"language": {row.language for row in rows} - {""}, "group": {row.group_id for row in rows} - {None}}
        # Without a share nothing is asked about languages and groups.
        kept = {name: cells & self.wide[name] for name, cells in own.items() if cells}
        return {name: cells for name, cells in kept.items() if cells}

    @cached_property
    def cells(self) -> dict[str, Counter[Any]]:
        """How many stand in each language and in each group."""
        return {name: Counter(self.all.order_by().values_list(name, flat=True)) for name in ("language", "group")}

    @cached_property
    def wide(self) -> dict[str, set[Any]]:
        """The languages and groups that enough testimonies share to be looked at apart."""
        return {name: wide_enough(cells, self.least) - {None} for name, cells in self.cells.items()}

    @cached_property
    def told_languages(self) -> set[Any]:
        """The languages that may be said of one testimony of the list: enough of those that it shows share each.

        A rare one would tell the one person who speaks it; and so would one that is rare in a group alone (M7).
        """
        if not self.narrowed:
            return self.wide["language"]
        return wide_enough(Counter(self.rows.order_by().values_list("language", flat=True)), self.least)

    @property
    def is_refused(self) -> bool:
        return self.by in self.wide and self.value not in self.wide[self.by]

    @property
    def rows(self) -> TestimonyQuerySet:
        return self.all.filter(**self.narrowed).in_no_order()

    @property
    def narrowed(self) -> dict[str, Any]:
        if self.by == "share":
            cells = self.shares.get(self.value)
            return {f"{self.value}__in": cells} if cells else {}
        return {self.by: self.value} if self.by and not self.is_refused else {}

    @property
    def query(self) -> str:
        """The part of an address that keeps stage and narrowing."""
        kept = {"stage": self.stage.value, **({self.by: self.value} if self.by else {})}
        return urlencode({name: value for name, value in kept.items() if value != State.RECEIVED})

    def after(self, pk: uuid.UUID) -> Testimony | None:
        """The next testimony, beginning anew at the end."""
        rows = self.rows.exclude(pk=pk)
        return rows.filter(pk__gt=pk).first() or rows.first()

    def before(self, pk: uuid.UUID) -> Testimony | None:
        rows = self.rows.exclude(pk=pk)
        return rows.filter(pk__lt=pk).last() or rows.last()


def queue_of(request: HttpRequest) -> Queue:
    """The queue of a request, asked for once however often a page needs it."""
    if not hasattr(request, "_queue"):
        request._queue = Queue(request)  # type: ignore[attr-defined]
    queue: Queue = request._queue  # type: ignore[attr-defined]
    return queue


@unlocked
def room(request: HttpRequest) -> HttpResponse:
    """Show what waits, in hours, and where to begin."""
    queue = queue_of(request)
    languages = language_names(queue.seat.forum)
    groups = {group.pk: group for group in Group.objects.for_seat(queue.seat)}
    rows = Paginator(queue.rows, ON_A_PAGE).get_page(request.GET.get("page"))
    narrow = [
        ("language", code, languages.get(code, code), queue.cells["language"][code])
        for code in sorted(queue.wide["language"])
    ] + [
        ("group", pk, groups[pk].title_in(get_language() or "fr"), queue.cells["group"][pk])
        for pk in sorted(queue.wide["group"], key=lambda pk: groups[pk].number)
    ]
    begun = set(Draft.objects.filter(seat=queue.seat, testimony__in=list(rows)).values_list("testimony_id", flat=True))
    return page(
        request,
        "queue",
        queue=queue,
        shares=[(name, SHARES[name], (queue.by, queue.value) == ("share", name)) for name in queue.shares],
        share_hours=counting.hours_to_read(queue.rows) if queue.by == "share" and queue.narrowed else None,
        begun=begun,
        stages=[(stage, label, stage == queue.stage) for stage, label in STAGES.items()],
        waiting=counting.testimonies_waiting(queue.seat.forum, queue.seat),
        listed=[(row, languages.get(row.language) if row.language in queue.told_languages else "") for row in rows],
        page_obj=rows,
        narrow=[(name, value, label, n, (queue.by, queue.value) == (name, value)) for name, value, label, n in narrow],
        query=queue.query,
    )


@unlocked
def onward(request: HttpRequest) -> HttpResponse:
    """Lead to the next testimony, the one before, or one at random to begin with."""
    queue = queue_of(request)
    back = request.GET.get("before")
    try:
        here = uuid.UUID(back or request.GET.get("after") or str(uuid.uuid4()))
    except ValueError:
        here = uuid.uuid4()
    found = queue.before(here) if back else queue.after(here)
    if found is None:
        messages.info(request, _("Nothing more waits here."))
        return redirect(with_query(reverse("admin:reading-room"), queue.query))
    return redirect(with_query(reverse("admin:reading-testimony", args=[found.pk]), queue.query))


def with_query(address: str, query: str) -> str:
    return f"{address}?{query}" if query else address


def language_names(forum: Any) -> dict[str, str]:
    """The forum's languages in the language of the page."""
    return {row.code: row.label_in(get_language() or "fr") for row in forum.languages.all()}
