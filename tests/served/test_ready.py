"""Pages that are kept ready, as a server sends them."""

from __future__ import annotations

from http.client import HTTPConnection
from typing import Any

import pytest
from django.db import connection

from tests import factories as make

from .server import HOST, Server, url_of

LOOKS = 40  # at two processes that take turns as the machine likes: each is met, but for one chance in 2^40


def look(port: int, path: str, **headers: str) -> tuple[Any, bytes]:
    line = HTTPConnection(HOST, port, timeout=30)
    try:
        line.request("GET", path, headers=headers)
        answer = line.getresponse()
        return answer, answer.read()
    finally:
        line.close()


@pytest.mark.django_db(transaction=True)
def test_a_question_about_a_page_is_answered_without_its_bytes() -> None:
    make.a_forum("fleuve", mode="live")
    with Server(url_of(connection.settings_dict)) as server:
        for _ in range(LOOKS):
            answer, _page = look(server.port, "/fr/fleuve/", **{"Accept-Encoding": "br"})
        line = HTTPConnection(HOST, server.port, timeout=30)
        line.request("HEAD", "/fr/fleuve/", headers={"Accept-Encoding": "br"})
        head = line.getresponse()
        assert head.read() == b"" and head.headers["ETag"] == answer.headers["ETag"]
        # The line is still in step: nothing of a body was left on it.
        line.request("GET", "/fr/fleuve/", headers={"If-None-Match": str(answer.headers["ETag"])})
        assert line.getresponse().status == 304
        line.close()
