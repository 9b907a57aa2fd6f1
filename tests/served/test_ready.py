"""M4: what is taken back is gone from the pages that every process keeps ready, at the next look at any of them."""

from __future__ import annotations

import gzip
import random
import re
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from typing import Any

import pytest
from django.db import connection

from declarations.models import Forum, Testimony
from declarations.workflow import withdrawals
from declarations.workflow.participants import passing_seat
from tests import factories as make

from .server import HOST, Server, url_of

CROWD, CHANGES = 12, 40
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
def test_a_sentence_that_is_taken_back_is_gone_from_every_process() -> None:
    forum = make.a_forum("fleuve", mode="live")
    excerpt = make.an_excerpt(forum)
    make.a_finding(forum, "published", excerpts=(excerpt,))
    with Server(url_of(connection.settings_dict)) as server:
        for _ in range(LOOKS):
            answer, page = look(server.port, "/fr/fleuve/heard/", **{"Accept-Encoding": "gzip"})
            assert b"dit pourquoi" in gzip.decompress(page), "the control"
        assert answer.headers["Set-Cookie"] is None and answer.headers["Vary"] == "Accept-Encoding"
        withdrawals.withdraw(Testimony.objects.get(pk=excerpt.testimony_id), by=passing_seat(forum))
        for _ in range(LOOKS):
            answer, page = look(server.port, "/fr/fleuve/heard/", **{"Accept-Encoding": "gzip"})
            assert answer.status == 200 and b"dit pourquoi" not in gzip.decompress(page)


@pytest.mark.django_db(transaction=True)
def test_nobody_in_a_crowd_is_told_what_was_changed_before_they_asked() -> None:
    """Many ask without a pause while one page changes; each is told a state that stood when they asked, or a later."""
    make.a_forum("fleuve", mode="live")
    stands, told, late, stop = [0], Counter[int](), [], threading.Event()

    def read(port: int) -> None:
        line = HTTPConnection(HOST, port, timeout=30)
        while not stop.is_set():
            least = stands[0]
            line.request("GET", "/fr/fleuve/", headers={"Accept-Encoding": "gzip"})
            found = re.search(rb"Forum no (\d+)", gzip.decompress(line.getresponse().read()))
            now = int(found[1]) if found else 0
            told[now] += 1
            late.extend([(least, now)] * (now < least))
        line.close()

    with Server(url_of(connection.settings_dict)) as server, ThreadPoolExecutor(CROWD) as pool:
        readers = [pool.submit(read, server.port) for _ in range(CROWD)]
        try:
            for number in range(1, CHANGES + 1):
                Forum.objects.update(title={"fr": f"Forum no {number}"})
                stands[0] = number
                time.sleep(random.random() / 10)
        finally:
            stop.set()
        for each in readers:
            each.result()
    assert late == [] and len(told) > CHANGES / 2 and told.total() > CHANGES * CROWD, told


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
