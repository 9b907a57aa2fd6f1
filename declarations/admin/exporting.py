"""Lists that organisers take away, as a table. Lists of testimonies have no such door."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache

from declarations import exports
from declarations.models import Declaration, Forum

from .doors import desk

FORMATS = {
    "csv": (exports.as_csv, "text/csv; charset=utf-8"),
    "xlsx": (exports.as_xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}
Rows = Callable[[Forum, str], list[exports.Row]]


def table(request: HttpRequest, kind: str, name: str, rows: Iterable[exports.Row]) -> HttpResponse:
    """Answer with the rows as a file, which is made in memory and kept nowhere."""
    if kind not in FORMATS:
        raise Http404
    write, content_type = FORMATS[kind]
    response = HttpResponse(write(rows), content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    return response


def of_list(permission: str, name: str, rows: Rows) -> Callable[..., HttpResponse]:
    """Return the view that exports one list of the seat's forum."""

    @never_cache
    @desk(permission)
    def export(request: HttpRequest, kind: str) -> HttpResponse:
        forum: Forum = request.seat.forum  # type: ignore[attr-defined]
        return table(request, kind, name, rows(forum, get_language() or "fr"))

    return export


@never_cache
@desk("declarations.advance_declaration")
def clauses(request: HttpRequest, kind: str) -> HttpResponse:
    """The clauses of the text as it stands."""
    row: Any = Declaration.objects.for_seat(request.seat).first()  # type: ignore[attr-defined]
    if row is None:
        raise Http404
    return table(request, kind, "clauses", exports.rows_of_clauses(row, get_language() or "fr"))
