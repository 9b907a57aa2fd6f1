"""Marks of tests that ask about one database alone."""

import pytest
from django.db import connection

on_sqlite = pytest.mark.skipif(connection.vendor != "sqlite", reason="about SQLite alone")
on_postgresql = pytest.mark.skipif(connection.vendor != "postgresql", reason="about PostgreSQL alone")
