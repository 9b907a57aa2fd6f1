"""What whoever runs the server needs to know: late copies of what was taken back, and when work was last done."""

from __future__ import annotations

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.translation import gettext_lazy as _


class LateCopy(models.Model):
    """A testimony that was taken back and whose row a restored backup never had: a late copy of it is refused (M4).

    The digest is that of its tombstone, keyed; it leads back to nothing.
    """

    digest = models.CharField(max_length=64, primary_key=True)

    def __str__(self) -> str:
        return self.digest[:8]


class Upkeep(models.Model):
    """When a piece of the hourly work was last done to its end."""

    name = models.CharField(_("work"), max_length=30, primary_key=True)
    done_at = models.DateTimeField(_("done"))

    def __str__(self) -> str:
        return f"{self.name} {self.done_at:%Y-%m-%d}"


# A restore that is not finished: a table by itself, there before any row and gone after the last check.
MARKER = "forum_restoring"


def is_restoring(connection: BaseDatabaseWrapper) -> bool:
    """Whether a restore was begun and not finished: what was taken back may be there, so nobody is served."""
    return MARKER in connection.introspection.table_names()


def mark_restoring(connection: BaseDatabaseWrapper) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE IF NOT EXISTS {MARKER} (since integer)")


def unmark_restoring(connection: BaseDatabaseWrapper) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE {MARKER}")
