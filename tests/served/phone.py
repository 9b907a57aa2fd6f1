"""What a phone sends of a page that was filled in, as bytes on a line, and what it makes of the answer."""

from __future__ import annotations

import re
import secrets
import socket
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from declarations.forms.tickets import Ticket
from declarations.models import Forum

from .server import HOST

# The digits of a receipt on the page that hands it over.
RECEIPT = re.compile(r"\d\d(?:\xa0\d\d){3} · \d\d(?:\xa0\d\d){3}")
TIMEOUT = 60  # seconds


@dataclass(frozen=True)
class Answer:
    status: int
    page: str = field(repr=False)

    @property
    def receipt(self) -> str | None:
        """The receipt that acknowledges a testimony; None on every other page, also on another site's 200."""
        found = RECEIPT.search(self.page) if self.status == 200 else None
        return found[0] if found else None


def answers(forum: Forum, words: str, **changes: Any) -> dict[str, str]:
    """Return the fields of a page that was opened a minute ago; an answer of None is left out."""
    given = {
        "ticket": Ticket.new(time.time() - 60).sealed(forum),
        "adult": "yes",
        "may_read": "yes",
        "language": "fr",
        "words": words,
        "summarise": "yes",
        "quote": "no",
        "send": "1",
        **changes,
    }
    return {name: value for name, value in given.items() if value is not None}


# What a page gives a browser to send back twice: any 32 letters are as good as others, where the two are the same.
TOKEN = secrets.token_hex(16)


def request(
    port: int, path: str, fields: dict[str, str] | None = None, *, audio: bytes = b"", keep: bool = False
) -> bytes:
    """Return a whole request; with fields, a form sent from a page of the site.

    A form with TOKEN as its `csrfmiddlewaretoken` is of a phone that keeps cookies, every other of one that does not.
    """
    kind, body = form(fields, audio) if fields is not None else ("", b"")
    lines = [
        f"{'GET' if fields is None else 'POST'} {path} HTTP/1.1",
        f"Host: {HOST}:{port}",
        f"Connection: {'keep-alive' if keep else 'close'}",
    ]
    if fields is not None:
        if "csrfmiddlewaretoken" in fields:
            lines.append(f"Cookie: csrftoken={TOKEN}")
        lines += [
            f"Origin: http://{HOST}:{port}",
            f"Content-Type: {kind}",
            f"Content-Length: {len(body)}",
        ]
    return "\r\n".join([*lines, "", ""]).encode() + body


def form(fields: dict[str, str], audio: bytes) -> tuple[str, bytes]:
    """Return the type and the bytes of a form: with a voice in parts, as browsers send files."""
    if not audio:
        return "application/x-www-form-urlencoded", urlencode(fields).encode()
    edge = secrets.token_hex(16)
    file = ' name="audio"; filename="voice.wav"\r\nContent-Type: audio/wav'
    parts = [*((f' name="{name}"', value.encode()) for name, value in fields.items()), (file, audio)]
    body = b"".join(
        f"--{edge}\r\nContent-Disposition: form-data;{head}\r\n\r\n".encode() + value + b"\r\n" for head, value in parts
    )
    return f"multipart/form-data; boundary={edge}", body + f"--{edge}--\r\n".encode()


def send(port: int, path: str, fields: dict[str, str] | None = None, *, audio: bytes = b"") -> Answer:
    """Send one request and read its answer to the end; raises OSError where the line breaks off."""
    return answered(port, request(port, path, fields, audio=audio))


def send_sealed(port: int, path: str, parcel: bytes) -> Answer:
    """Send a parcel as the outbox does: no cookie, nothing beside the bytes."""
    lines = f"POST {path} HTTP/1.1", f"Host: {HOST}:{port}", "Connection: close", f"Content-Length: {len(parcel)}"
    return answered(port, "\r\n".join([*lines, "Content-Type: application/octet-stream", "", ""]).encode() + parcel)


def answered(port: int, sent: bytes) -> Answer:
    with socket.create_connection((HOST, port), timeout=TIMEOUT) as line:
        line.sendall(sent)
        received = b"".join(iter(lambda: line.recv(65536), b""))
    return read(received)


def read(received: bytes) -> Answer:
    """Read a whole answer; raises ConnectionError where its end is missing: half a page acknowledges nothing."""
    head, end, body = received.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)content-length: *(\d+)", head)
    if not end or not length or len(body) != int(length[1]):
        raise ConnectionError("The answer broke off.")
    return Answer(int(head.split(b" ", 2)[1]), body.decode())
