"""What the stages of the demonstration share: the forum, who acts, the keys that are open, and what was made so far."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.db import transaction

from declarations.models import Forum, PersonKey, Seat

HERE = Path(__file__).parent
SLUG = "mali"
# The forum met a hundred days ago, so that answers had time to come.
DAYS_SINCE = 100
# Rows written in one transaction where thousands follow one another.
BATCH = 200


def load(name: str) -> Any:
    """Return the texts of one file of this folder."""
    return json.loads((HERE / f"{name}.json").read_text(encoding="utf-8"))


@dataclass
class Account:
    """Somebody of the table that is printed at the end."""

    role: Any
    who: str
    opens_with: str
    passphrase: str = ""


@dataclass
class Demonstration:
    """The demonstration as far as it is built."""

    random: random.Random
    scale: int
    say: Callable[[str], None]
    forum: Forum = field(default_factory=Forum)
    seats: dict[str, Seat] = field(default_factory=dict)
    persons: dict[str, PersonKey] = field(default_factory=dict)
    privates: dict[str, bytes] = field(default_factory=dict)
    reading_private: bytes = b""
    table: list[Account] = field(default_factory=list)
    # What later stages look up by the keys of the files: regions, capacities, groups, findings, clauses and so on.
    made: dict[str, dict[Any, Any]] = field(default_factory=dict)

    @property
    def first_day(self) -> date:
        return self.forum.today() - timedelta(days=DAYS_SINCE + 2)

    @property
    def last_day(self) -> date:
        return self.forum.today() - timedelta(days=DAYS_SINCE)

    def after(self, days: str) -> date:
        """Return the day that "+45d" after the last day of the forum is."""
        return self.last_day + timedelta(days=int(days.strip("+d")))

    def of(self, kind: str, code: str) -> Any:
        return self.made[kind][code]

    def in_batches(self, rows: list[Any], what: str) -> Iterator[Any]:
        """Yield the rows, a batch to a transaction, and say how far it is."""
        for start in range(0, len(rows), BATCH):
            with transaction.atomic():
                yield from rows[start : start + BATCH]
            if len(rows) > BATCH:
                self.say(f"  {what}: {min(start + BATCH, len(rows))} of {len(rows)}")
