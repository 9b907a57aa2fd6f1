"""`python -m tests.proof`: kill the server at random moments, on SQLite or on PostgreSQL, and compare."""

from __future__ import annotations

import argparse
import os
import random
import secrets
import tempfile
from pathlib import Path

from tests.apart import database


def main() -> None:
    """Run the points, and end with an error where a testimony was lost, doubled or changed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--points", type=int, default=200, help="how often the server is killed")
    parser.add_argument("--phones", type=int, default=24, help="how many phones send at a time")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**9))
    parser.add_argument("--postgres", action="store_true", help="on a PostgreSQL server of its own")
    given = parser.parse_args()
    print(f"seed {given.seed}, {given.points} points, {given.phones} phones", flush=True)
    with (
        tempfile.TemporaryDirectory(prefix="forum-proof-") as folder,
        database(given.postgres, folder) as (server, _where),
    ):
        prepare()
        from . import points

        ok = points.prove(random.Random(given.seed), given.points, given.phones, Path(folder), server)
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
