"""`python -m tests.proof`: kill the server at random moments, on SQLite or on PostgreSQL, and compare."""

from __future__ import annotations

import argparse
import os
import random
import secrets
import tempfile
from pathlib import Path

POSTGRES_SPEED = ["max_connections=100", "shared_buffers=64MB"]  # durable, as a real one: nothing else is turned off


def main() -> None:
    """Run the points, and end with an error where a testimony was lost, doubled or changed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--points", type=int, default=200, help="how often the server is killed")
    parser.add_argument("--phones", type=int, default=24, help="how many phones send at a time")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**9))
    parser.add_argument("--postgres", action="store_true", help="on a PostgreSQL server of its own")
    given = parser.parse_args()
    print(f"seed {given.seed}, {given.points} points, {given.phones} phones", flush=True)
    with tempfile.TemporaryDirectory(prefix="forum-proof-") as folder:
        database = None
        if given.postgres:
            from tests import postgres

            database = postgres.Server(settings=POSTGRES_SPEED)
            database.start()
        try:
            os.environ["TESTS_DATABASE_URL"] = database.url if database else f"sqlite:///{folder}/forum.sqlite3"
            prepare()
            from . import points

            ok = points.prove(random.Random(given.seed), given.points, given.phones, Path(folder), database)
        finally:
            if database:
                database.stop()
    raise SystemExit(0 if ok else 1)


def prepare() -> None:
    """Read the settings of the tests, on the database that was chosen, and build its tables."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)


if __name__ == "__main__":
    main()
