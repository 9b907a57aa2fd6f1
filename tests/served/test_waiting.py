"""M2, M12: slow phones are waited for and stop nobody; what did not arrive whole is never answered as a success."""

from __future__ import annotations

import io
import socket
import threading
import time
from typing import Any

import pytest
from django.db import connection

from declarations.models import Testimony
from forum import waiting
from tests import factories as make

from . import phone
from .server import HOST, Server, url_of

WORDS = "Le puits a été fermé un matin, et nous avons marché deux jours."


def ask(application: Any, body: bytes = b"", **environ: Any) -> tuple[str, bytes]:
    said: list[str] = []
    given = {"CONTENT_LENGTH": str(len(body)), "wsgi.input": io.BytesIO(body), **environ}
    pages = application(given, lambda status, headers: said.append(status))
    return said[0], b"".join(pages)


def echo(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    start_response("200 OK", [])
    return [environ["wsgi.input"].read()]


def test_a_body_arrives_whole():
    body = bytes(range(256)) * 1000
    assert ask(waiting.Waiting(echo), body) == ("200 OK", body)
    assert ask(waiting.Waiting(echo)) == ("200 OK", b"")


def in_pieces(made: list[int], goes_on: threading.Event, headers: list[tuple[str, str]]) -> Any:
    """An application that makes a second piece only when it may, and says when it is closed."""

    class Page:
        def __iter__(self) -> Any:
            yield b"one"
            goes_on.wait(5)
            made.append(2)
            yield b"two"

        def close(self) -> None:
            made.append(0)

    def application(environ: dict[str, Any], start_response: Any) -> Any:
        start_response("200 OK", headers)
        return Page()

    return application


def test_a_page_that_asks_for_it_is_passed_on_as_it_is_made():
    made: list[int] = []
    goes_on = threading.Event()
    application = waiting.Waiting(in_pieces(made, goes_on, [waiting.AT_ONCE]))
    pages = iter(application({"CONTENT_LENGTH": "0"}, lambda *_head: None))
    assert next(pages) == b"one" and made == []
    goes_on.set()
    assert list(pages) == [b"two"]
    # Any other is made whole first.
    made.clear()
    assert ask(waiting.Waiting(in_pieces(made, goes_on, []))) == ("200 OK", b"onetwo") and made == [2, 0]


def test_work_goes_on_to_its_end_when_the_phone_that_was_told_of_it_has_gone():
    made: list[int] = []
    goes_on = threading.Event()
    application = waiting.Waiting(in_pieces(made, goes_on, [waiting.AT_ONCE]))
    pages: Any = application({"CONTENT_LENGTH": "0"}, lambda *_head: None)
    assert next(pages) == b"one"
    pages.close()
    goes_on.set()
    application.pool.shutdown(wait=True)
    assert made == [2, 0]


def test_what_breaks_is_an_error_of_the_server_as_before():
    def broken(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        ask(waiting.Waiting(broken))


@pytest.mark.parametrize(
    ("environ", "status"),
    [
        ({"CONTENT_LENGTH": "5000"}, "408"),
        ({"CONTENT_LENGTH": "many"}, "400"),
        ({"CONTENT_LENGTH": "-1"}, "413"),
        ({"CONTENT_LENGTH": str(waiting.LARGEST + 1)}, "413"),
        ({"HTTP_TRANSFER_ENCODING": "chunked"}, "411"),
    ],
)
def test_what_does_not_arrive_whole_is_not_answered(environ, status):
    said, page = ask(waiting.Waiting(echo), b"half of it", **environ)
    assert said.startswith(status) and page == b""


def test_there_is_an_end_to_what_is_held_and_room_again_afterwards(monkeypatch):
    monkeypatch.setattr(waiting, "MOST_HELD", 100)
    application = waiting.Waiting(echo)
    assert ask(application, b"x" * 101)[0].startswith("503")
    for _ in range(3):
        assert ask(application, b"x" * 100)[0] == "200 OK"
    assert ask(application, b"x", CONTENT_LENGTH="50")[0].startswith("408")
    assert application.held == 0


def test_a_phone_that_never_ends_is_given_up(monkeypatch):
    monkeypatch.setattr(waiting, "LONGEST", 0)
    assert ask(waiting.Waiting(echo), b"x" * 10)[0].startswith("408")


def test_an_answer_that_fails_gives_its_room_back():
    def broken(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        raise ValueError

    application = waiting.Waiting(broken)
    with pytest.raises(ValueError):
        ask(application, b"words")
    assert application.held == 0


@pytest.mark.django_db(transaction=True)
def test_a_hundred_slow_phones_stop_nobody_and_are_heard_in_the_end(tmp_path):
    forum = make.a_forum()
    make.reading_private(forum)
    path = f"/fr/{forum.slug}/testimonies/new/"
    with Server(url_of(connection.settings_dict), log=tmp_path / "log") as server:
        lines = []
        for _ in range(100):
            sent = phone.request(server.port, path, phone.answers(forum, WORDS))
            line = socket.create_connection((HOST, server.port), timeout=phone.TIMEOUT)
            line.sendall(sent[:-20])
            lines.append((line, sent[-20:]))
        time.sleep(0.5)
        assert phone.send(server.port, path, phone.answers(forum, WORDS)).receipt
        assert Testimony.objects.count() == 1
        for line, rest in lines:
            line.sendall(rest)
        for line, _rest in lines:
            assert phone.read(b"".join(iter(lambda line=line: line.recv(65536), b""))).receipt
            line.close()
    assert Testimony.objects.count() == 101
