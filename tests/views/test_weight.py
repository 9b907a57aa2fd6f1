"""The form of a testimony on a slow network: all that its first view needs comes in one round trip."""

from __future__ import annotations

import random
import re
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any
from unittest.mock import patch

import brotli
import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from declarations import cleaning
from declarations.management.demonstration import forums
from declarations.management.demonstration.seed import Demonstration
from declarations.models import SpokenScreen
from tests import factories as make

pytestmark = pytest.mark.django_db
ONE_ROUND_TRIP = 14 << 10  # bytes
# A page is compressed as it leaves, its sign sheet beforehand and as small as it goes.
WHILE_SENDING, BEFOREHAND = 5, 11
LOADED = re.compile(r'(?:<link rel="(?:icon|stylesheet)"[^>]*? href|<use href|<script src)="/static/([^"#]+)[^>]*>')


def needed(page: str) -> set[str]:
    """The files without which the first view is not whole; a script that waits for the page is not among them."""
    return {match[1] for match in LOADED.finditer(page) if " defer" not in match[0]}


def weight(content: bytes) -> int:
    files = [Path(str(finders.find(name))).read_bytes() for name in needed(content.decode())]
    beside = sum(len(brotli.compress(file, quality=BEFOREHAND)) for file in files)
    return len(brotli.compress(content, quality=WHILE_SENDING)) + beside


@pytest.fixture
def mali() -> Any:
    """The forum of the demonstration, as large as a real one, with a recording of every screen and names asked."""
    demo = Demonstration(random.Random(1), 1, lambda words: None)
    forums.build(demo)
    make.custodians(demo.forum)
    with patch.object(cleaning, "clean", cache(cleaning.clean)):  # one sound, made clean once
        for screen in SpokenScreen.Screen:
            make.a_spoken_screen(demo.forum, screen)
    return demo.forum


def test_the_first_view_of_the_form_is_one_round_trip(client: Client, mali: Any) -> None:
    for language, listen in product(("fr", "en", "ar"), ({}, {"listen": "bm"})):
        with override(language):
            response = client.get(reverse("testimony-new", args=[mali.slug]), listen)
        assert "name" in response.context["form"].fields and bool(response.context["said"]["digits"]) == bool(listen)
        assert needed(response.content.decode()) >= {"pictograms.svg"}
        assert weight(response.content) <= ONE_ROUND_TRIP, (language, listen, weight(response.content))


def test_what_would_hold_up_the_first_view_is_counted() -> None:
    """The control: a sheet, a script that does not wait and a sign are found; a script that waits is not."""
    page = (
        '<link rel="stylesheet" href="/static/css/site.css"><script src="/static/js/exit.js"></script>'
        '<script src="/static/js/outbox.js" data-sheet="/x" defer></script><use href="/static/pictograms.svg#yes"/>'
    )
    assert needed(page) == {"css/site.css", "js/exit.js", "pictograms.svg"}
