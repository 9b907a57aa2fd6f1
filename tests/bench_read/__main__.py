"""`python -m tests.bench_read`: requests a second and the 99th percentile of reading; fails below half of a goal."""

from __future__ import annotations

import argparse
import os
import platform
import re
import secrets
import subprocess
import sys
import tempfile
import time
import uuid
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from tests.apart import database

ROOT = Path(__file__).resolve().parent.parent.parent
PAGE = "/fr/mali/declaration/"
CLIENTS = 32
# What is measured, how it is called, and where: a server and a path.
KINDS = {
    "live": ("declaration, live", "site", PAGE),
    "trivial": ("Django’s trivial view, same server", "site", "/bench/trivial/"),
    "whitenoise": ("declaration, baked, behind WhiteNoise", "whitenoise", PAGE),
    "nginx": ("declaration, baked, behind nginx", "nginx", PAGE),
    "file": ("nginx, one static file of the same size", "file", "/page.html"),
    "query": ("one query and a template, same server", "site", "/bench/one-query/"),
    "search": ("search", "site", "/fr/mali/search/?q=puits"),
    "filtered": ("recommendations of one theme", "site", "/fr/mali/recommendations/?theme=governance"),
    "many": ("declaration, live, 24,000 testimonies", "crowded", PAGE),
}
# Which is divided by which, and the least (or, where it is a limit, the most) that is asked for.
GOALS = (
    ("live", "trivial", 1.5),
    ("nginx", "file", 0.9),
    ("many", "live", 1 / 1.1),
    ("search", "query", 1 / 3),
    ("filtered", "query", 1 / 3),
)


class Measured(NamedTuple):
    rate: float  # requests a second
    p99: float  # milliseconds


def main() -> None:
    """Seed, bake, start every server, measure in turns and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--seconds", type=int, default=3, help="of each kind, in each round")
    parser.add_argument("--postgres", action="store_true", help="on a PostgreSQL server of its own")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="forum-bench-") as folder, ExitStack() as stack:
        os.chmod(folder, 0o755)
        _server, where = stack.enter_context(database(given.postgres, folder))
        choose_settings(folder)
        found = measured(Path(folder), stack, given.rounds, given.seconds)
    print(
        f"\n{where}, {os.cpu_count()} cores, Python {platform.python_version()}; medians of {given.rounds} rounds of ",
        end="",
    )
    print(f"{given.seconds} s, {CLIENTS} lines kept open, wrk beside the servers\n")
    print(table(found))
    lost = [one for one, other, goal in GOALS if ratio(found, one, other) < goal / 2]
    sys.exit(f"less than half of the goal: {', '.join(lost)}" if lost else 0)


def choose_settings(folder: str) -> None:
    """Name the settings of this run, on the database that was chosen."""
    import tests.settings  # noqa: F401  the secrets of this run

    os.environ.update(
        DATABASE_URL=os.environ["TESTS_DATABASE_URL"],
        DJANGO_SETTINGS_MODULE="tests.bench_read.settings",
        SITE_URL="http://127.0.0.1:1",
        TOMBSTONES_DIR=f"{folder}/tombstones",
    )


def measured(folder: Path, stack: ExitStack, rounds: int, seconds: int) -> dict[str, list[Measured]]:
    """Return the rounds of each kind; what else the machine does meets all of them alike."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from tests.browser.web import Nginx
    from tests.served.server import Server, url_of

    for command in (["migrate", "--verbosity", "0"], ["seed_demo", "--if-missing"], ["bake", str(folder / "baked")]):
        began = time.monotonic()
        call_command(*command, stdout=open(os.devnull, "w"))  # noqa: SIM115
        print(f"{command[0]}: {time.monotonic() - began:.0f} s", flush=True)
    few, many = url_of(connection.settings_dict), beside(folder, 24_000)
    size = (folder / "baked" / PAGE[1:] / "index.html.br").stat().st_size
    ports = {
        "site": stack.enter_context(Server(few, settings="tests.bench_read.settings")).port,
        "crowded": stack.enter_context(Server(many, settings="tests.bench_read.settings")).port,
        "whitenoise": stack.enter_context(WhiteNoise(folder / "baked")).port,
        "nginx": stack.enter_context(Nginx(folder / "nginx", "static", folder / "baked", workers=2)).port,
        "file": stack.enter_context(OneFile(folder / "file", size)).port,
    }
    found: dict[str, list[Measured]] = {kind: [] for kind in KINDS}
    for turn in range(rounds + 1):
        for kind in list(KINDS)[:: 1 if turn % 2 else -1]:
            _name, server, path = KINDS[kind]
            once = run(ports[server], path, seconds if turn else 1)
            found[kind] += [once] if turn else []  # the first turn warms up
            print(f"  {kind}: {once.rate:,.0f}", flush=True)
    return found


def beside(folder: Path, number: int) -> str:
    """Return the address of a second database: the same forum, with so many testimonies behind it."""
    from django.db import connection

    from tests.served.server import url_of

    first = connection.settings_dict["NAME"]
    other = str(folder / "many.sqlite3") if connection.vendor == "sqlite" else "many"
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("VACUUM INTO %s", [other])
        else:
            cursor.execute(f'CREATE DATABASE {other} TEMPLATE "{first}"')
    connection.close()
    connection.settings_dict["NAME"] = other
    try:
        print(f"{testimonies(number)} testimonies in a database beside it", flush=True)
        return url_of(connection.settings_dict)
    finally:
        connection.close()
        connection.settings_dict["NAME"] = first


def testimonies(number: int) -> int:
    """Let so many testimonies stand behind the forum, each under a finding as those that are there."""
    from django.db import connection

    from declarations.models import Evidence, Testimony

    rows, below = list(Testimony.objects.all()), dict(Evidence.objects.values_list("testimony", "finding"))
    fields = [field.attname for field in Testimony._meta.concrete_fields if not field.unique]
    seat = Evidence.objects.first()
    assert seat
    kept = [field.attname for field in Evidence._meta.concrete_fields if not field.primary_key]
    copies, evidence = [], []
    for turn in range(number - len(rows)):
        row = rows[turn % len(rows)]
        copy = Testimony(**{name: getattr(row, name) for name in fields} | {"pk": uuid.uuid4()})
        copy.receipt_hash = secrets.token_hex(32)
        copies.append(copy)
        if row.pk in below:
            given: dict[str, Any] = {name: getattr(seat, name) for name in kept}
            evidence.append(Evidence(**given | {"testimony_id": copy.pk, "finding_id": below[row.pk]}))
    Testimony.objects.bulk_create(copies, batch_size=500)
    Evidence.objects.bulk_create(evidence, batch_size=500)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")  # else the server does it by itself, while pages are read
    return Testimony.objects.count()


def run(port: int, path: str, seconds: int) -> Measured:
    """Read one page again and again over lines that are kept open; every answer must be a page."""
    said = subprocess.run(
        ["wrk", "-t", "1", "-c", str(CLIENTS), "-d", f"{seconds}s", "--timeout", "20s", "--latency"]
        + ["-H", "Accept-Encoding: br", "-H", "Connection: keep-alive", f"http://127.0.0.1:{port}{path}"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    if "Non-2xx" in said or "Socket errors" in said:
        raise SystemExit(f"{path} was not always answered:\n{said}")
    rate = re.search(r"Requests/sec: +([\d.]+)", said)
    p99 = re.search(r"99% +([\d.]+)(us|ms|s)", said)
    assert rate and p99, said
    return Measured(float(rate[1]), float(p99[1]) * {"us": 0.001, "ms": 1, "s": 1000}[p99[2]])


class WhiteNoise:
    """granian with the baked folder behind WhiteNoise, with as many threads as the site has."""

    def __init__(self, baked: Path) -> None:
        from tests.served.server import free_port

        self.port, self.baked = free_port(), baked

    def __enter__(self) -> WhiteNoise:
        options = f"--interface wsgi --workers 1 --blocking-threads 32 --no-ws --no-access-log --port {self.port}"
        self.process = subprocess.Popen(
            [Path(sys.executable).with_name("granian"), *options.split(), "tests.bench_read.files:application"],
            cwd=ROOT,
            env={**os.environ, "BAKED": str(self.baked)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        wait(self.port)
        return self

    def __exit__(self, *error: object) -> None:
        self.process.terminate()
        self.process.wait()


class OneFile:
    """nginx as plain as it can be, with one file."""

    CONF = """daemon off; pid {home}/pid; error_log stderr; worker_processes 2; user root; events {{}}
    http {{ access_log off; sendfile on; types {{ text/html html; }}
      server {{ listen 127.0.0.1:{port}; root {home}; }} }}"""

    def __init__(self, home: Path, size: int) -> None:
        from tests.served.server import free_port

        self.home, self.port = home, free_port()
        home.mkdir()
        (home / "page.html").write_bytes(os.urandom(size))
        (home / "nginx.conf").write_text(self.CONF.format(home=home, port=self.port))

    def __enter__(self) -> OneFile:
        self.process = subprocess.Popen(["/usr/sbin/nginx", "-p", str(self.home), "-c", str(self.home / "nginx.conf")])
        wait(self.port)
        return self

    def __exit__(self, *error: object) -> None:
        self.process.terminate()
        self.process.wait()


def wait(port: int) -> None:
    import socket

    until = time.monotonic() + 20
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)


def ratio(found: dict[str, list[Measured]], one: str, other: str) -> float:
    return median(each.rate for each in found[one]) / max(0.1, median(each.rate for each in found[other]))


def table(found: dict[str, list[Measured]]) -> str:
    """Return the figures, a row for each kind, and how they compare with the goals."""
    lines = ["| what | a second | 99th percentile |", "|---|---|---|"]
    for kind, (name, _server, _path) in KINDS.items():
        rate, p99 = (median(getattr(each, part) for each in found[kind]) for part in ("rate", "p99"))
        lines.append(f"| {name} | {rate:,.0f} | {p99:,.1f} ms |")
    lines.append("")
    for one, other, goal in GOALS:
        lines.append(f"{KINDS[one][0]} ÷ {KINDS[other][0]}: {ratio(found, one, other):.2f} (goal: {goal:.2f} or more)")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
