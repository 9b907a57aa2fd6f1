"""A site in which every view fails, with everything that was sent in its exception."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse


class Failing:
    """A middleware that lets no view answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        typed = {**request.POST.dict(), **{name: file.read() for name, file in request.FILES.items()}}
        raise RuntimeError(f"{request.get_full_path()} could not take {typed}")
