"""Public bytes made small for the way: brotli or gzip, whichever the reader's browser takes."""

from __future__ import annotations

import gzip
from collections.abc import Callable

import brotli
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

# Kinds of files that are smaller when they are packed; the others were packed when they were made.
TEXTUAL = ("text/", "application/json", "application/xml", "application/atom+xml", "application/akn+xml", "image/svg")
SMALLEST = 200  # bytes: below, packing adds more than it saves

# What is kept is packed once, as small as can be; what is made for one reader, quickly.
ONCE: dict[str, Callable[[bytes], bytes]] = {
    "br": lambda body: brotli.compress(body, quality=11),
    "gzip": lambda body: gzip.compress(body, 9, mtime=0),
}
QUICKLY: dict[str, Callable[[bytes], bytes]] = {
    # A window no larger than the page: there is less memory to clear.
    "br": lambda body: brotli.compress(body, quality=5, lgwin=min(24, max(16, len(body).bit_length()))),
    "gzip": lambda body: gzip.compress(body, 4, mtime=0),
}


def is_textual(content_type: str) -> bool:
    return content_type.startswith(TEXTUAL)


def taken(accepted: str) -> str:
    """Return "br", "gzip" or "": the smallest packing that an Accept-Encoding header names and does not refuse."""
    named = {}
    for part in accepted.lower().split(","):
        name, _, weight = part.partition(";")
        named[name.strip()] = weight.replace(" ", "") not in {"q=0", "q=0.0", "q=0.00", "q=0.000"}
    return next((name for name in ONCE if named.get(name)), "")


def pack(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Pack the bytes of an answer that is the same for everybody; every other passes as it is.

    Only those: what is packed together with a secret can be guessed from its length.
    """
    if not getattr(response, "is_for_everybody", False):
        return response
    patch_vary_headers(response, ["Accept-Encoding"])
    encoding = taken(request.META.get("HTTP_ACCEPT_ENCODING", ""))
    if encoding and response.status_code == 200 and len(response.content) >= SMALLEST:
        response.content = QUICKLY[encoding](response.content)
        mark_packed(response, encoding)
    return response


def mark_packed(response: HttpResponse, encoding: str) -> None:
    """Say how the bytes are packed; the ETag becomes a weak one, for it names the words and not the bytes."""
    response["Content-Encoding"] = encoding
    response["Content-Length"] = str(len(response.content))
    if not response.get("ETag", "W/").startswith("W/"):
        response["ETag"] = f"W/{response['ETag']}"
