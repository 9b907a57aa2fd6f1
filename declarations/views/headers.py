"""What a page may ask of a device: nothing, but for the microphone on the pages where somebody tells (M11)."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from csp.decorators import csp_update
from django.http import HttpRequest, HttpResponse

HEADER = "Permissions-Policy"
NOTHING = "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()"
MICROPHONE = NOTHING.replace("microphone=()", "microphone=(self)")


class PermissionsPolicyMiddleware:
    """Refuse every page the camera, the microphone and the place, unless its view said otherwise."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault(HEADER, NOTHING)
        return response


def with_microphone(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let this page, and nothing inside it, ask for the microphone, and play what it recorded before it is sent."""

    @wraps(view)
    def heard(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response[HEADER] = MICROPHONE
        return response

    return csp_update({"media-src": ["blob:"]})(heard)  # type: ignore[return-value]
