"""
Serve the site with granian: one process on SQLite, two on PostgreSQL, 32 working threads each.

Phones are waited for on threads of their own, see `forum.waiting`: slow ones block nobody.

`--check` only says whether the port is free; it needs nothing but Python.
"""

import os
import secrets
import socket
import sys
from pathlib import Path

from forum.waiting import WAITING


def main() -> None:
    """Become the server, or explain in one sentence why not."""
    host, port = os.environ.get("BIND", "127.0.0.1"), int(os.environ.get("PORT", "8000"))
    refuse_taken(host, port)
    if "--check" not in sys.argv:
        serve(host, port)


def refuse_taken(host: str, port: int) -> None:
    """Stop when something else already answers there."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            sys.exit(
                f"Port {port} cannot be used ({str(error.strerror).lower()}). Choose another: make run PORT={port + 1}"
            )


def serve(host: str, port: int) -> None:
    """Replace this process by granian; it keeps no access log."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "forum.settings")
    from django.conf import settings

    if not settings.HTTPS and host not in settings.LOOPBACK_HOSTS:
        sys.exit(f"Without https the forum is served to this machine alone: BIND={host} is refused.")
    refuse_unready()
    workers = 1 if settings.DATABASES["default"]["ENGINE"] == "forum.sqlite" else 2
    print(f"The forum is at {settings.SITE_URL} (Ctrl-C stops it).", flush=True)
    granian = Path(sys.executable).with_name("granian")
    os.environ["RUN_KEY"] = secrets.token_hex(32)  # one for all its processes
    options = f"--interface wsgi --workers {workers} --blocking-threads {WAITING} --no-ws --respawn-failed-workers"
    address = f"--host {host} --port {port} --no-access-log --log-level error"
    os.execv(granian, [str(granian), *options.split(), *address.split(), "forum.wsgi:application"])


def refuse_unready() -> None:
    """Stop where a restore was cut off, or a trigger is missing.

    Without them editions could be changed, and pages would show for a while what was taken back. A rebuilt SQLite table
    loses its triggers silently. And learn what was taken back since, whatever way this database was brought back: a
    copied file, a snapshot of the provider (M4).
    """
    import django
    from django.db import connection

    django.setup()
    from declarations.models.guards import missing_guards
    from declarations.models.news import missing_news
    from declarations.models.upkeep import is_restoring
    from declarations.workflow.replaying import replay

    if is_restoring(connection):
        sys.exit("A restore is not finished: people would be served what was taken back. Run: manage.py restore")
    if missing := missing_guards(connection) | missing_news(connection):
        sys.exit(f"Triggers are missing: {', '.join(sorted(missing))}. Run: python manage.py migrate")
    try:
        again = replay()
    except OSError as error:
        sys.exit(f"The tombstones cannot be read ({error}): what was taken back is not known. See docs/operating.md.")
    if again:
        print(f"Taken back again, as before this database was brought back: {again.total()}.", flush=True)
    connection.close()


if __name__ == "__main__":
    main()
