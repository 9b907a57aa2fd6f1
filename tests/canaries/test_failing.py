"""Every view fails once with words in its hands: neither the answer nor the log holds one of them."""

from __future__ import annotations

import io
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse
from django.urls.resolvers import RoutePattern

from tests import canary
from tests import factories as make

from .journey import new_secret

pytestmark = pytest.mark.django_db
# What stands for an argument, by the name of its converter; nothing is looked up before the view fails.
ANY = {"IntConverter": 1, "SlugConverter": "x", "StringConverter": "fr", "UUIDConverter": uuid.UUID(int=1)}


def every_path(forum: str, patterns: Any = None, namespace: str = "") -> Iterator[tuple[str, str]]:
    """Yield (name, path) of every view that has a name and takes plain arguments."""
    for each in get_resolver().url_patterns if patterns is None else patterns:
        if not isinstance(each, URLPattern):
            inner = f"{each.namespace}:" if each.namespace else ""
            yield from every_path(forum, each.url_patterns, namespace + inner)
        elif each.name and isinstance(each.pattern, RoutePattern):
            given = {
                argument: forum if argument == "forum" else ANY.get(type(converter).__name__, "1")
                for argument, converter in each.pattern.converters.items()
            }
            yield each.name, reverse(namespace + each.name, kwargs=given)


def test_a_view_that_fails_tells_nothing(settings: Any, logs: io.StringIO) -> None:
    forum = make.a_forum()
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, "tests.canaries.failing.Failing"]
    settings.ADMINS = [("x", "somebody@example.org")]
    client = Client(raise_request_exception=False)
    secrets = {name: new_secret(name) for name in ("words", "query", "voice", "agent", "address")}
    failed = 0
    for _name, path in every_path(forum.slug):
        typed = {"words": secrets["words"], "audio": SimpleUploadedFile("a.m4a", secrets["voice"].encode())}
        answer = client.post(
            f"{path}?q={secrets['query']}", typed, headers={"user-agent": secrets["agent"]}, REMOTE_ADDR="203.0.113.77"
        )
        assert answer.status_code == 500, path
        assert canary.sweep(secrets, {path: answer.content}) == set()
        failed += 1
    assert failed > 150
    said = logs.getvalue()
    assert "testimony-new" in said and "203.0.113.77" not in said
    mails = "\n".join(str(message.message()) for message in mail.outbox)
    assert canary.sweep(secrets, {"logs": said.encode(), "mails": mails.encode(), **canary.kept()}) == set()
