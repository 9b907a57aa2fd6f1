"""The sweep itself: what is there is found, in every spelling and in each place (the positive control)."""

from __future__ import annotations

import base64
import gzip
import json
import secrets as random
import zlib
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client

from tests import canary
from tests import factories as make

from .journey import new_secret


@pytest.mark.parametrize(
    "wrap",
    [
        lambda text: text.encode(),
        lambda text: text.encode("utf-16"),
        lambda text: text.encode("utf-16-be"),
        lambda text: json.dumps({"words": text}).encode(),
        lambda text: repr(ascii(text)).replace("\\\\", "\\").encode(),
        lambda text: quote(text).encode(),
        lambda text: text.encode().hex().encode(),
        lambda text: text.encode().hex().upper().encode(),
        *[lambda text, n=n: base64.b64encode(b"x" * n + text.encode() + b"after") for n in range(4)],
        *[lambda text, n=n: base64.urlsafe_b64encode(b"x" * n + text.encode()) for n in range(4)],
        lambda text: b"before" + zlib.compress(f"a lot of {text}".encode()) + b"after",
        lambda text: b"before" + gzip.compress(text.encode()),
        lambda text: base64.urlsafe_b64encode(zlib.compress(json.dumps([text]).encode())),
    ],
)
def test_a_secret_is_found_however_it_is_written(wrap: Any) -> None:
    secret = new_secret("words")
    place = random.token_bytes(5000) + wrap(secret) + random.token_bytes(5000)
    assert {hit[:2] for hit in canary.sweep({"words": secret}, {"there": place})} == {("words", "there")}


def test_nothing_is_found_where_nothing_is() -> None:
    secret = new_secret("words")
    place = random.token_bytes(100_000) + secret[:-1].encode() + base64.b64encode(secret[:20].encode())
    assert canary.sweep({"words": secret}, {"there": place}) == set()


@pytest.mark.django_db(transaction=True)
def test_a_planted_secret_is_found_in_each_place() -> None:
    """The positive control: a secret in clear in a row and in a session is found in both, and in the files."""
    forum, secret = make.a_forum(), new_secret("planted")
    make.a_group(forum)
    forum.groups.update(title={"fr": secret})
    client = Client()
    session = client.session
    session["typed"] = secret
    session.save()
    places = {hit[1] for hit in canary.sweep({"planted": secret}, canary.kept())}
    assert {"table declarations_group", "sessions, opened", "table django_session"} <= places
    assert any(place.startswith("file ") for place in places) or not canary.files()
