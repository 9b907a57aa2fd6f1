"""What is wrong with this installation, and what to do about it, in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from django.db import DatabaseError

from declarations.workflow.moves import Refused


class Level(StrEnum):
    FINE = "fine"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at; `to_do` says what to do where it is not fine."""

    subject: str
    level: Level
    words: str
    to_do: str = ""


Check = Callable[[], Iterator[Finding]]


def fine(subject: str, words: str) -> Finding:
    return Finding(subject, Level.FINE, words)


def warning(subject: str, words: str, to_do: str) -> Finding:
    return Finding(subject, Level.WARNING, words, to_do)


def error(subject: str, words: str, to_do: str) -> Finding:
    return Finding(subject, Level.ERROR, words, to_do)


def examine() -> list[Finding]:
    """Look at everything; what cannot be looked at is an error of its own, and the rest is still looked at."""
    from . import database, editions, house, keys, safety

    found: list[Finding] = []
    for check in (*database.CHECKS, *house.CHECKS, *keys.CHECKS, *safety.CHECKS, *editions.CHECKS):
        try:
            found += check()
        except (DatabaseError, OSError, Refused) as problem:
            name = check.__name__.replace("_", " ")
            found.append(error(name, f"This cannot be looked at: {type(problem).__name__}.", "Mend what fails above."))
    return found
