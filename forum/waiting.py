"""
Phones are waited for outside the threads that work: what a slow one sends is read to its end before its turn begins.

A hall on a bad network sends a few hundred bodies at a time, each for a minute. Each would hold one of the 32 threads
that work, and a database connection with it; forty of them would stop the site for everybody. So the server lends each
request one of many threads that only wait, and the application answers on one of a few of its own.
"""

from __future__ import annotations

import io
import threading
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from queue import SimpleQueue
from typing import Any

WORKING = 32  # threads that answer; each keeps a connection to the database
WAITING = 480  # threads that wait for what a phone sends; made when they are needed, gone after half a minute
LONGEST = 600  # seconds one phone may take
LARGEST = 13 * 1024 * 1024  # bytes of one body: what the site accepts, and what a form puts around it
MOST_HELD = 512 * 1024 * 1024  # bytes of all the bodies that are waited for
PIECE = 64 * 1024
AT_ONCE = ("X-Accel-Buffering", "no")  # what a page says that is sent as it is made; nginx heeds it too

# The status, the headers and the body of an answer, once they are known.
Answer = Future[tuple[str, list[tuple[str, str]], Iterable[bytes]]]


class Waiting:
    """A WSGI application in front of another: reads the whole body, then waits for a working thread."""

    def __init__(self, application: Any) -> None:
        """Keep the application; no thread is started before there is a request."""
        self.application = application
        self.pool = ThreadPoolExecutor(WORKING, thread_name_prefix="working")
        self.held = 0
        self.lock = threading.Lock()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer a request, or say at once why it cannot be heard."""
        try:
            length = int(environ.get("CONTENT_LENGTH") or 0)
        except ValueError:
            return refused(start_response, "400 Bad Request")
        if environ.get("HTTP_TRANSFER_ENCODING"):
            # Without a length nobody can tell a whole form from half of one.
            return refused(start_response, "411 Length Required")
        if not 0 <= length <= LARGEST:
            return refused(start_response, "413 Content Too Large")
        if not self.hold(length):
            return refused(start_response, "503 Service Unavailable")
        try:
            body = read(environ["wsgi.input"], length) if length else b""
            if len(body) != length:
                return refused(start_response, "408 Request Timeout")
            environ["wsgi.input"] = io.BytesIO(body)
            answered: Answer = Future()
            self.pool.submit(self.answer, environ, answered)
            status, headers, page = answered.result()
        finally:
            self.hold(-length)
        start_response(status, headers)
        return page

    def hold(self, length: int) -> bool:
        """Count the bytes of a body, or return False where there is no room for it now."""
        with self.lock:
            if length > 0 and self.held + length > MOST_HELD:
                return False
            self.held += length
            return True

    def answer(self, environ: dict[str, Any], answered: Answer) -> None:
        """Let the application answer on this thread: whole, or piece by piece where the page asks not to be held back.

        Nobody waits for a phone to take the pieces, and a phone that has gone stops nothing.
        """
        try:
            said: list[Any] = []
            pages = self.application(environ, lambda status, headers, error=None: said.append((status, headers)))
            try:
                if AT_ONCE in said[-1][1]:
                    return piece_by_piece(pages, said[-1], answered)
                whole = b"".join(pages)
            finally:
                if hasattr(pages, "close"):
                    pages.close()
            answered.set_result((*said[-1], [whole]))
        except BaseException as error:
            if answered.done():
                raise
            answered.set_exception(error)


def piece_by_piece(pages: Iterable[bytes], said: tuple[str, list[tuple[str, str]]], answered: Answer) -> None:
    """Answer at once, and hand over what is made as it is made; it ends where the making ends or fails."""
    pieces: SimpleQueue[bytes | None] = SimpleQueue()
    answered.set_result((*said, passed_on(pieces)))
    try:
        for piece in pages:
            pieces.put(piece)
    finally:
        pieces.put(None)


def passed_on(pieces: SimpleQueue[bytes | None]) -> Iterator[bytes]:
    """Yield the pieces of a page as they come, until none is left."""
    while (piece := pieces.get()) is not None:
        yield piece


def read(stream: Any, length: int) -> bytes:
    """Return what arrives of a body in the time a phone may take, fewer bytes where it gives up."""
    pieces: list[bytes] = []
    left, until = length, time.monotonic() + LONGEST
    while left > 0 and time.monotonic() < until:
        piece = stream.read(min(left, PIECE))
        if not piece:
            break
        pieces.append(piece)
        left -= len(piece)
    return b"".join(pieces)


def refused(start_response: Any, status: str) -> list[bytes]:
    start_response(status, [("Content-Type", "text/plain"), ("Content-Length", "0"), ("Connection", "close")])
    return []
