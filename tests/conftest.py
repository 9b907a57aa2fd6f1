"""Plugins of the tests; what they share lives in factories.py."""

from unittest import mock

import pytest
from django.core.cache import cache, caches
from django.core.cache.backends.locmem import LocMemCache
from django.test import TransactionTestCase
from django.utils import translation

COUNTS = "sign_in", "guesses", "quotas"

pytest_plugins = ["tests.report"]


@pytest.fixture(autouse=True, scope="session")
def emptied_past_the_guards():
    """Lift the guards of the editions where a test that commits is cleaned up after: emptying tables is forbidden."""
    from declarations.models.guards import guards_lifted

    empty = TransactionTestCase._fixture_teardown

    def lift_and_empty(self):
        with guards_lifted():
            empty(self)
        for name in COUNTS:
            caches[name].clear()

    with mock.patch.object(TransactionTestCase, "_fixture_teardown", lift_and_empty):
        yield


@pytest.fixture(autouse=True)
def a_new_day():
    """Forget the public figures of the day: rows of another test may have had the same keys. And what was counted.

    And the language of the last page that another test opened.
    """
    translation.deactivate()
    cache.clear()
    for name in COUNTS:
        if isinstance(caches[name], LocMemCache):
            caches[name].clear()  # those in a database go with the test
