"""`python -m tests.bench`: measure on SQLite or PostgreSQL; ends with an error below half of the goal."""

from __future__ import annotations

import argparse
import asyncio
import os
import platform
import secrets
import tempfile
from pathlib import Path
from statistics import median
from typing import Any

from tests.apart import database

from . import load
from .load import Measured

SHORT = {"rounds": 5, "requests": 96}  # in CI: about a minute
# At least half the rate of the plain writing view, and its 99th percentile times four at most; an error below half.
GOAL_RATE, GOAL_P99 = 0.5, 4.0
# Kind, what it is called, and what stands in the answer to it.
KINDS = (
    ("form", "plain form, nothing written", b"Thank you"),
    ("plain", "plain form, words in clear", b"Thank you"),
    ("testimony", "a whole testimony", b'<div class="receipt">'),
)
Rounds = list[dict[str, Measured]]


def main() -> None:
    """Start a database and a server, send, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=320, help="of each kind, in each round")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--short", action="store_true", help="fewer of both")
    parser.add_argument("--postgres", action="store_true", help="on a PostgreSQL server of its own")
    given = parser.parse_args()
    if given.short:
        given.rounds, given.requests = SHORT["rounds"], SHORT["requests"]
    with (
        tempfile.TemporaryDirectory(prefix="forum-bench-") as folder,
        database(given.postgres, folder) as (_server, where),
    ):
        rounds = measure(given.rounds, given.requests, Path(folder))
    print(f"\n{where}, {os.cpu_count()} cores, Python {platform.python_version()}; ", end="")
    print(f"medians of {given.rounds} rounds of {given.requests} each, {load.CLIENTS} at a time\n")
    print(table(rounds))
    raise SystemExit("less than half of the goal" if is_below_half(rounds) else 0)


def measure(rounds: int, number: int, folder: Path) -> Rounds:
    """Send each kind in turn, in short rounds on one server, so that what else the machine does meets all of them."""
    forum, url = prepare()
    from tests.served.server import Server

    with Server(url, settings="tests.bench.settings", log=folder / "log") as server:
        for kind, _name, wanted in KINDS:
            asyncio.run(load.run(server.port, bodies(kind, forum, server.port, load.CLIENTS), wanted))
        found = []
        for turn in range(rounds):
            order = KINDS if turn % 2 else KINDS[::-1]
            found.append(
                {
                    kind: asyncio.run(load.run(server.port, bodies(kind, forum, server.port, number), wanted))
                    for kind, _name, wanted in order
                }
            )
    check_stored(load.CLIENTS + rounds * number)
    return found


def check_stored(wanted: int) -> None:
    """See to it that every testimony that was answered, and every plain row, is there."""
    from declarations.models import Testimony, TestimonyKey

    from .models import PlainTestimony

    found = [model._base_manager.count() for model in (Testimony, TestimonyKey, PlainTestimony)]
    if found != [wanted] * 3:
        raise SystemExit(f"{wanted} were sent of each; stored are {found}")


def prepare() -> tuple[Any, str]:
    """Build the tables, a forum with people in it, and return it with the address of its database."""
    import tests.settings  # noqa: F401  the secrets of this run

    os.environ["DATABASE_URL"] = os.environ["TESTS_DATABASE_URL"]
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.bench.settings"
    os.environ["SITE_URL"] = "http://127.0.0.1:1"
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    call_command("migrate", verbosity=0, run_syncdb=True)  # the table of the bench, which has no migration
    from django.db import connection

    from declarations.models import Participant
    from tests import factories as make
    from tests.served.server import url_of

    forum = make.a_forum()
    make.reading_private(forum)
    regions, capacities = list(forum.regions.all()), list(forum.capacities.all())
    Participant.objects.bulk_create(
        Participant(
            forum=forum,
            serial=f"{100_000 + row}",
            region=regions[row % len(regions)],
            capacity=capacities[row % len(capacities)],
            code_hash=secrets.token_hex(32),
            state=Participant.State.PRESENT,
        )
        for row in range(400)
    )
    return forum, url_of(connection.settings_dict)


def bodies(kind: str, forum: Any, port: int, number: int) -> list[bytes]:
    """Return as many requests, made before the clock runs: the same answers for all three kinds.

    Every second speaker wants to be described closely, which takes counting who else is.
    """
    from declarations.forms.choices import mark_of
    from declarations.workflow.describing import descriptions
    from tests.served import phone

    region, capacity = forum.regions.first(), forum.capacities.first()
    closely = {"precision": "fine", "seen": mark_of(descriptions(forum, region, capacity)[0])}
    found = []
    for turn in range(number):
        words = "Le puits a été fermé un matin, et nous avons marché deux jours. " * 12 + secrets.token_hex(8)
        if kind == "testimony":
            path = f"/fr/{forum.slug}/testimonies/new/"
            described = closely if turn % 2 else {}
            fields = phone.answers(forum, words, region=region.code, capacity=capacity.code, **described)
        else:
            path = f"/bench/{forum.slug}/{kind}/"
            fields = {"language": "fr", "words": words, "summarise": "on", "region": str(region.pk)}
            fields["capacity"] = str(capacity.pk)
        found.append(phone.request(port, path, {**fields, "csrfmiddlewaretoken": phone.TOKEN}))
    return found


def table(rounds: Rounds) -> str:
    """Return the figures, a row for each kind, and how they compare with the goal."""
    lines = [
        "| what | a second | median | 99th percentile | errors | the phones’ own share of a core |",
        "|---|---|---|---|---|---|",
    ]
    for kind, name, _wanted in KINDS:
        errors = sum(each[kind].errors for each in rounds)
        seconds = (f"{1000 * middle(rounds, kind, part):.0f} ms" for part in ("median", "p99"))
        lines.append(
            f"| {name} | {middle(rounds, kind, 'rate'):.0f} | {' | '.join(seconds)} | {errors} "
            f"| {middle(rounds, kind, 'busy'):.0%} |"
        )
    rate, p99 = compared(rounds)
    lines.append(
        f"\ntestimony ÷ plain form that writes: rate {rate:.2f} (goal: {GOAL_RATE} or more), "
        f"99th percentile {p99:.1f} (goal: below {GOAL_P99:.0f})"
    )
    return "\n".join(lines)


def middle(rounds: Rounds, kind: str, part: str) -> float:
    return median(getattr(each[kind], part) for each in rounds)


def compared(rounds: Rounds) -> tuple[float, float]:
    """Return the rate and the 99th percentile of a testimony as shares of those of the plain form that writes."""
    rate, p99 = (middle(rounds, "testimony", part) / middle(rounds, "plain", part) for part in ("rate", "p99"))
    return rate, p99


def is_below_half(rounds: Rounds) -> bool:
    """Whether not even half of the goal is reached, or anybody was not answered."""
    rate, p99 = compared(rounds)
    errors = sum(measured.errors for each in rounds for measured in each.values())
    return rate < GOAL_RATE / 2 or p99 > GOAL_P99 * 2 or errors > 0


if __name__ == "__main__":
    main()
