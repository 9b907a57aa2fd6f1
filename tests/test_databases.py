"""The tests run on the database they say they run on."""

import pytest
from django.db import connection

from declarations.models.guards import missing_guards


@pytest.mark.django_db
def test_the_database_is_the_one_that_was_asked_for(pytestconfig):
    wanted = "postgresql" if pytestconfig.pluginmanager.has_plugin("tests.postgres") else "sqlite"
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    assert connection.vendor == wanted


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", [1, 2])
def test_the_guards_stand_again_after_a_test_that_commits(turn):
    assert missing_guards(connection) == set()
