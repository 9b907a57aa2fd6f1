"""Long runs apart from the suite (`python -m tests.proof`, `tests.bench` …): their database, and their short forms."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
DURABLE = ["max_connections=200", "shared_buffers=64MB"]  # as a real one, and with room for two sites on it


@contextmanager
def database(is_postgres: bool, folder: str) -> Iterator[tuple[Any, str]]:
    """Name a database of its own in TESTS_DATABASE_URL; gives the PostgreSQL server or None, and what it is."""
    if not is_postgres:
        os.environ["TESTS_DATABASE_URL"] = f"sqlite:///{folder}/forum.sqlite3"
        yield None, f"SQLite {sqlite3.sqlite_version}"
        return
    from tests import postgres

    server = postgres.Server(settings=DURABLE)
    server.start()
    try:
        os.environ["TESTS_DATABASE_URL"] = server.url
        yield server, f"PostgreSQL {server.version}"
    finally:
        server.stop()


def said_by(module: str, *arguments: str) -> str:
    """Run a module to its end without what the tests set; returns what it said, which a failure shows whole."""
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if not name.startswith(("TESTS_DATABASE", "PYTEST"))},
        capture_output=True,
        text=True,
        timeout=400,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
