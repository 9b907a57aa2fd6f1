"""How a page of the admin is reached: the seat is asked first, and what the road forbids becomes an answer."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from declarations.models import Seat, User
from declarations.permissions import may

Answer = TypeVar("Answer", bound=HttpResponseBase)


def allows(request: HttpRequest, permission: str, row: Any = None) -> bool:
    """Whether the seat somebody acts from may do what the permission names, to this row where one is given.

    An account belongs to no forum; its list is scoped by its seats.
    """
    about = None if isinstance(row, User) else row
    return bool(permission) and may(request.seat or None, permission, about)  # type: ignore[attr-defined]


def ask(request: HttpRequest, permission: str, row: Any = None) -> Seat:
    """Return the seat of the request, or raise PermissionDenied where it may not."""
    if not allows(request, permission, row):
        raise PermissionDenied
    return request.seat  # type: ignore[attr-defined]


def desk(permission: str) -> Callable[[Callable[..., Answer]], Callable[..., Answer]]:
    """Let only seats with the permission through a page of the admin; `site.admin_view` still goes around it."""

    def decorate(view: Callable[..., Answer]) -> Callable[..., Answer]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Answer:
            ask(request, permission)
            return view(request, *args, **kwargs)

        return guarded

    return decorate


def page(request: HttpRequest, **context: Any) -> dict[str, Any]:
    """Return the context of a page that extends admin/base_site.html."""
    return {**admin.site.each_context(request), **context}


def typed(request: HttpRequest) -> Any:
    """Return what was sent, also where nothing was filled in; None where the form is only shown."""
    return request.POST if request.method == "POST" else None
