"""Plugins of the tests; what they share lives in factories.py."""

import pytest
from django.core.cache import cache

pytest_plugins = ["tests.report"]


@pytest.fixture(autouse=True)
def a_new_day():
    """Forget the public figures of the day: rows of another test may have had the same keys."""
    cache.clear()
