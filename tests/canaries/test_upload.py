"""A server that is killed while somebody's words and voice are half sent leaves nothing of them behind."""

from __future__ import annotations

import socket
import time
from pathlib import Path

import pytest
from django.db import connection

from declarations.models import Testimony
from tests import canary
from tests import factories as make
from tests.served.phone import answers
from tests.served.server import HOST, ROOT, Server, url_of

from .journey import new_secret

pytestmark = pytest.mark.django_db(transaction=True)
EDGE = "edge-of-a-part"
CHUNK = 1 << 16


def parts(fields: dict[str, str], voice: bytes) -> bytes:
    """A form with a file, as a browser sends it, without its end."""
    lines = [
        f'--{EDGE}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    head = f'--{EDGE}\r\nContent-Disposition: form-data; name="audio"; filename="a.m4a"\r\n'
    return b"".join(lines) + head.encode() + b"Content-Type: audio/mp4\r\n\r\n" + voice


def test_killed_in_mid_upload(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    forum = make.a_forum()
    make.reading_private(forum)
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    secrets = {name: new_secret(name) for name in ("words", "voice")}
    body = parts(answers(forum, secrets["words"]), secrets["voice"].encode() * 40_000)
    head = "\r\n".join(
        [
            f"POST /fr/{forum.slug}/testimonies/new/ HTTP/1.1",
            f"Host: {HOST}",
            f"Origin: http://{HOST}",
            f"Content-Type: multipart/form-data; boundary={EDGE}",
            f"Content-Length: {len(body) + 1_000_000}",
            "",
            "",
        ]
    )
    with (
        Server(url_of(connection.settings_dict), log=tmp_path / "log") as server,
        socket.create_connection((HOST, server.port), timeout=20) as line,
    ):
        line.sendall(head.encode())
        for start in range(0, len(body), CHUNK):
            line.sendall(body[start : start + CHUNK])
        time.sleep(0.5)  # the worker holds what came, and waits for the rest
        server.kill()
    assert not Testimony.objects.exists()
    left = [path for path in (*temporary.rglob("*"), tmp_path / "log", *ROOT.glob("core*")) if path.is_file()]
    places = {str(path): path.read_bytes() for path in left}
    assert canary.sweep(secrets, {**places, **canary.kept()}) == set()
    planted = temporary / "upload"
    planted.write_bytes(secrets["voice"].encode())
    assert canary.sweep(secrets, {"planted": planted.read_bytes()}), "the control"
