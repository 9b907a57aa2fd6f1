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

ROUNDS = 3
# At least half the rate of the plain writing view, and its 99th percentile times four at most; an error below half.
GOAL_RATE, GOAL_P99 = 0.5, 4.0


def main() -> None:
    """Start a database and a server, send, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=640, help="of each kind, in each of three rounds")
    parser.add_argument("--postgres", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="forum-bench-") as folder:
        database = None
        if given.postgres:
            from tests import postgres

            # Durable, as a real one: nothing is turned off.
            database = postgres.Server(settings=["max_connections=100", "shared_buffers=64MB"])
            database.start()
        try:
            os.environ["TESTS_DATABASE_URL"] = database.url if database else f"sqlite:///{folder}/forum.sqlite3"
            ok = measure(given.requests, Path(folder), f"PostgreSQL {database.version}" if database else "SQLite")
        finally:
            if database:
                database.stop()
    raise SystemExit(0 if ok else 1)


def measure(number: int, folder: Path, where: str) -> bool:
    """Run the three kinds in turn, three times, on one server; return whether half of the goal is reached."""
    forum, url = prepare()
    from tests.served.server import Server

    from . import load

    with Server(url, settings="tests.bench.settings", log=folder / "log") as server:
        asyncio.run(load.run("warm-up", server.port, bodies("testimony", forum, server.port, 64), b""))
        rounds = [
            {
                kind: asyncio.run(load.run(kind, server.port, bodies(kind, forum, server.port, number), wanted))
                for kind, wanted in (
                    ("form", b"Thank you"),
                    ("plain", b"Thank you"),
                    ("testimony", "\xa0".encode()),
                )
            }
            for _ in range(ROUNDS)
        ]
    return told(rounds, where, number)


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
    """Return as many requests, made before the clock runs: the same answers for all three kinds."""
    from tests.served import phone

    region, capacity = forum.regions.first(), forum.capacities.first()
    found = []
    for _ in range(number):
        words = "Le puits a été fermé un matin, et nous avons marché deux jours. " * 12 + secrets.token_hex(8)
        if kind == "testimony":
            path = f"/fr/{forum.slug}/testimonies/new/"
            fields = phone.answers(forum, words, region=region.code, capacity=capacity.code)
        else:
            path = f"/bench/{forum.slug}/{kind}/"
            fields = {"language": "fr", "words": words, "summarise": "on", "region": str(region.pk)}
            fields["capacity"] = str(capacity.pk)
        found.append(phone.request(port, path, {**fields, "csrfmiddlewaretoken": phone.TOKEN}))
    return found


def told(rounds: list[dict[str, Any]], where: str, number: int) -> bool:
    """Print the table and say whether the goal is reached."""
    print(f"\n{where}, {os.cpu_count()} cores, Python {platform.python_version()}, {number} × {ROUNDS} of each kind\n")
    print("| what | a second | median | 99th percentile | errors | the phones’ own share of a core |")
    print("|---|---|---|---|---|---|")
    names = {"form": "plain form, no write", "plain": "plain form, words in clear", "testimony": "a whole testimony"}
    for kind, name in names.items():
        all_of = [one[kind] for one in rounds]
        print(
            f"| {name} | {median(m.rate for m in all_of):.0f} | {1000 * median(m.median for m in all_of):.0f} ms "
            f"| {1000 * median(m.p99 for m in all_of):.0f} ms | {sum(m.errors for m in all_of)} "
            f"| {median(m.busy for m in all_of):.0%} |"
        )
    # Each round is compared with itself: what else the machine does at that moment slows all three.
    rate = median(one["testimony"].rate / one["plain"].rate for one in rounds)
    p99 = median(one["testimony"].p99 / one["plain"].p99 for one in rounds)
    errors = sum(m.errors for one in rounds for m in one.values())
    reached = rate >= GOAL_RATE and p99 <= GOAL_P99 and not errors
    print(f"\ntestimony ÷ plain writing form: rate {rate:.2f} (goal {GOAL_RATE}), 99th percentile × {p99:.1f} (goal 4)")
    print("goal reached" if reached else "GOAL NOT REACHED")
    return rate >= GOAL_RATE / 2 and p99 <= GOAL_P99 * 2 and not errors


if __name__ == "__main__":
    main()
