"""Which rows go into which file of a backup.

Content may be kept for years. Keys are thrown away after seven days, and with them everything that a withdrawal must
reach in old backups too: keys of testimonies, words of quotes with their salts, what was kept aside with its key, names
behind testimonies. Content alone opens nothing, whoever holds the passphrases.
"""

from __future__ import annotations

from itertools import chain

from django.apps import apps
from django.db import models

# Names of models; one that is not there (yet) is passed over.
KEYS = (
    "declarations.TestimonyKey",
    "declarations.KeyHolding",
    "declarations.PersonKey",
    "declarations.Quote",
    "declarations.Conflict",
    "declarations.ConflictChunk",
    "declarations.SealedName",
    "declarations.NameOpening",
    "declarations.PaperForm",
)
# In no backup: sessions would sign people in again and hold half of an unwrapped key.
NEVER = ("sessions.Session",)


def named(names: tuple[str, ...]) -> list[type[models.Model]]:
    known = {model._meta.label: model for model in every()}
    return [known[name] for name in names if name in known]


def every() -> list[type[models.Model]]:
    """Every model with a table, the rows that join two lists included."""
    return [
        model for model in apps.get_models(include_auto_created=True) if model._meta.managed and not model._meta.proxy
    ]


def content() -> list[type[models.Model]]:
    apart = set(chain(named(KEYS), named(NEVER)))
    return [model for model in every() if model not in apart]
