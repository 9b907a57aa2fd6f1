"""The tests run on the database they say they run on."""

import pytest
from django.db import connection


@pytest.mark.django_db
def test_the_database_is_the_one_that_was_asked_for(pytestconfig):
    wanted = "postgresql" if pytestconfig.pluginmanager.has_plugin("tests.postgres") else "sqlite"
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    assert connection.vendor == wanted
