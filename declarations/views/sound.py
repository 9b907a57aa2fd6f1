"""Sound handed to a browser: as an attachment, whole or a stretch of it, and never as anything else (M10)."""

from __future__ import annotations

import re

from django.http import HttpRequest, HttpResponse

from declarations import cleaning

ASKED = re.compile(r"bytes=(\d*)-(\d*)")


def sound(request: HttpRequest, data: bytes, *, name: str) -> HttpResponse:
    """Answer with clean sound; with a stretch of it (206) where one stretch is asked for (RFC 9110, 14).

    Safari plays nothing without Range, and a player goes to any second by it. Whatever else is asked gets the whole.
    """
    status, start, end = 200, 0, len(data)
    if match := ASKED.fullmatch(request.headers.get("Range", "")):
        first, last = match.groups()
        if first:
            start, end = int(first), min(int(last) + 1 if last else len(data), len(data))
        elif last:
            start = max(0, len(data) - int(last))
        if (first or last) and start >= end:
            return headed(HttpResponse(status=416, headers={"Content-Range": f"bytes */{len(data)}"}), name)
        status = 206 if first or last else 200
    response = HttpResponse(data[start:end], status=status)
    if status == 206:
        response["Content-Range"] = f"bytes {start}-{end - 1}/{len(data)}"
    return headed(response, name)


def headed(response: HttpResponse, name: str) -> HttpResponse:
    """Say what it is, and that it is nothing else: a browser may play it, and neither show it nor guess."""
    response["Content-Type"] = cleaning.CONTENT_TYPE
    response["Content-Disposition"] = f'attachment; filename="{name}.{cleaning.EXTENSION}"'
    response["Accept-Ranges"] = "bytes"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response
