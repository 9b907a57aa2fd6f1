"""The sweep itself: what is there is found, in every spelling and in each place (the positive control)."""

from __future__ import annotations

import base64
import gzip
import io
import json
import logging
import secrets as random
import tempfile
import zipfile
import zlib
from pathlib import Path
from typing import Any
from unittest.mock import Mock
from urllib.parse import quote

import pytest
from django.contrib import messages
from django.contrib.messages.storage.cookie import CookieStorage
from django.core import mail
from django.core.cache import cache
from django.db import ProgrammingError, connection
from django.http import HttpResponse
from django.test import Client, RequestFactory

from declarations.counting.daily import Held
from tests import canary
from tests import factories as make
from tests.databases import on_postgresql

from .journey import Journey, new_secret


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
        lambda text: zipped(text),
    ],
)
def test_a_secret_is_found_however_it_is_written(wrap: Any) -> None:
    secret = new_secret("words")
    place = random.token_bytes(5000) + wrap(secret) + random.token_bytes(5000)
    assert {hit[:2] for hit in canary.sweep({"words": secret}, {"there": place})} == {("words", "there")}


def zipped(text: str) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("word/document.xml", f"<p>{'and ' * 40}{text}</p>")
    return sink.getvalue()


def test_each_spelling_of_each_secret_is_searched_for() -> None:
    """Pieces that many have in common stand for them: none is lost, and each holds its piece."""
    secrets = {f"{n}": new_secret(f"a name of {n}") for n in range(40)} | {"digits": "7612345698765432", "short": "Awa"}
    wanted = canary.by_piece(tuple(secrets.items()))
    assert all(piece in needle for piece, needles in wanted.items() for _name, _how, needle in needles)
    every = {(name, how, needle) for name, text in secrets.items() for how, needle in canary.spellings(text).items()}
    assert {each for needles in wanted.values() for each in needles} == every
    assert len(wanted) < len(every) / 8


def test_nothing_is_found_where_nothing_is() -> None:
    secret = new_secret("words")
    place = random.token_bytes(100_000) + secret[:-1].encode() + base64.b64encode(secret[:20].encode())
    assert canary.sweep({"words": secret}, {"there": place}) == set()


@pytest.mark.django_db(transaction=True)
def test_a_planted_secret_is_found_in_each_place(logs: io.StringIO, tmp_path: Path) -> None:
    """The positive control: a secret in clear in each place that the journey looks into is found in each of them."""
    journey = Journey()
    secret = journey.secret("planted")
    make.a_group(journey.forum)
    journey.forum.groups.update(title={"fr": secret})
    session = Client().session
    session["typed"] = secret
    session.save()
    for _reader in range(2):
        assert secret in journey.public.get(journey.at("group-list")).content.decode()
    journey.public.get(journey.at("search") + "?q=pourquoi")
    cache.set("planted", Held({"a figure": secret}))
    logging.getLogger("django").error("%s", secret)
    mail.send_mail("A subject", secret, None, ["somebody@example.org"])
    journey.send(Mock(get=Mock(return_value=with_a_message(secret))), "/")
    journey.keep(tmp_path / "planted")
    fail_with(secret)
    temporary = Path(tempfile.gettempdir(), f"planted-{random.token_hex(8)}")
    try:
        temporary.write_text(secret)
        hits = journey.found(logs)
    finally:
        temporary.unlink()
    places = {place for _name, place, _how in hits}
    named = "logs", "mails", "cookies", "sessions, opened", "cache default", "pages kept ready", "the shelf"
    tables = "table declarations_group", "table django_session"
    assert {*named, *tables, "planted backup content.jsonl.gz", f"temporary {temporary.name}"} <= places
    files = {"sqlite": "file ", "postgresql": "file base/"}[connection.vendor]
    assert any(place.startswith(files) for place in places)
    if connection.vendor == "postgresql":
        assert "the server's log" in places and any(place.startswith("file pg_wal/") for place in places)


def with_a_message(secret: str) -> HttpResponse:
    """An answer with a message, which travels signed and packed in a cookie."""
    storage, response = CookieStorage(RequestFactory().get("/")), HttpResponse()
    storage.add(messages.INFO, f"Written: {secret}. {'And more. ' * 40}")
    storage.update(response)
    return response


def fail_with(secret: str) -> None:
    """Let a statement fail that holds the secret, on a server whose log tells of it."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET log_min_error_statement = error")
            try:
                with pytest.raises(ProgrammingError):
                    cursor.execute("SELECT %s FROM nowhere", [secret])
            finally:
                cursor.execute("RESET log_min_error_statement")


@pytest.mark.django_db
@on_postgresql
def test_a_server_whose_files_are_hidden_is_no_clean_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(canary.os, "access", lambda *_: False)
    with pytest.raises(AssertionError, match="cannot be read"):
        canary.files()
