"""Tables whose key is random are kept in its order: SQLite's hidden rowid would tell who came first (M3)."""

from typing import Any

from django.db import models
from django.db.backends.sqlite3 import schema


def has_random_key(model: type[models.Model]) -> bool:
    """Whether the rows are known by a random identifier, their own or that of the one row they belong to."""
    key = model._meta.pk
    while isinstance(key, models.OneToOneField):
        key = key.target_field
    return isinstance(key, models.UUIDField)


class DatabaseSchemaEditor(schema.DatabaseSchemaEditor):
    """Django's own; it also makes every table that a migration rebuilds."""

    has_random_key = staticmethod(has_random_key)

    def table_sql(self, model: type[models.Model]) -> Any:
        """Return the statement that makes the table, clustered on a random key."""
        statement, params = super().table_sql(model)
        return (f"{statement} WITHOUT ROWID" if has_random_key(model) else statement), params
