"""Publishing is told file by file through the real server; whoever leaves meanwhile finds a whole edition."""

from __future__ import annotations

import http.client
import time
from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.urls import reverse

from declarations.models import Edition, Seat
from declarations.publishing import FORMATS
from declarations.workflow import editions
from tests import factories as make

from .server import HOST, Server, url_of

PATIENCE = 120  # seconds
TOKEN = "a" * 32


@pytest.mark.django_db(transaction=True)
def test_files_are_told_as_they_are_made_and_a_reader_who_leaves_stops_nothing(tmp_path: Path) -> None:
    forum = make.a_forum()
    proof, seat, client = make.a_proof(forum), make.a_seat(forum, Seat.Role.ORGANISER), Client()
    make.signing_private(seat)
    client.force_login(seat.user)
    cookies = {settings.SESSION_COOKIE_NAME: client.cookies[settings.SESSION_COOKIE_NAME].value, "csrftoken": TOKEN}
    with Server(url_of(connection.settings_dict), log=tmp_path / "log") as server:
        line = http.client.HTTPConnection(HOST, server.port, timeout=PATIENCE)
        line.request(
            "POST",
            reverse("admin:proof-publish", args=[proof.pk]),
            urlencode({"passphrase": make.PASSPHRASE, "csrfmiddlewaretoken": TOKEN}),
            {
                "Content-Type": "application/x-www-form-urlencoded",
                "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()),
            },
        )
        answer = line.getresponse()
        assert answer.status == 200, answer.read()
        told = b""
        while b"declaration.fr.html" not in told:
            told += answer.read1()
        assert not Edition.objects.exists() and b"</html>" not in told
        line.close()
        until = time.monotonic() + PATIENCE
        while not Edition.objects.exists() and time.monotonic() < until:
            time.sleep(0.1)
    edition = Edition.objects.get()
    assert edition.files.count() == 2 * len(FORMATS) + 1 and editions.verify(edition) == []
