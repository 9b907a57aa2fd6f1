from __future__ import annotations

import io
import logging
from collections.abc import Iterator

import pytest


@pytest.fixture
def logs() -> Iterator[io.StringIO]:
    """What the site's own handlers write, in the form in which they write it."""
    stream = io.StringIO()
    named = [logging.getLogger(name) for name in logging.root.manager.loggerDict]
    handlers = {
        handler
        for logger in [logging.root, *named]
        for handler in logger.handlers
        if type(handler) is logging.StreamHandler
    }
    assert handlers
    before = {handler: handler.setStream(stream) for handler in handlers}
    yield stream
    for handler, earlier in before.items():
        handler.setStream(earlier or handler.stream)
