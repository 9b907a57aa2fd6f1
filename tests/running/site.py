"""A site of its own for one test: a database nobody else has, and its commands run as processes."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from django.db import connection

ROOT = Path(__file__).resolve().parent.parent.parent
# Settings as the tests have them, but for the database, which is named as in real life.
SETTINGS = """
from tests.settings import *
import os, environ
DATABASES = {"default": environ.Env().db_url_config(os.environ["SITE_DATABASE"])}
if "sqlite" in DATABASES["default"]["ENGINE"]:
    DATABASES["default"]["ENGINE"] = "forum.sqlite"
from pathlib import Path
TOMBSTONES_DIR = Path(os.environ["SITE_TOMBSTONES"])
BACKUPS_DIR = Path(os.environ["SITE_BACKUPS"])
"""


class Site:
    """One database, one folder of tombstones, one of backups."""

    def __init__(self, home: Path, like: Site | None = None) -> None:
        self.home = home
        self.backups, self.tombstones = home / "backups", home / "tombstones"
        (home / "site_settings.py").write_text(SETTINGS)
        self.name = f"site_{os.getpid()}_{abs(hash(home)) % 10**8}"
        self.new_database(self.name, like)

    def new_database(self, name: str, like: Site | None = None) -> None:
        """A database under this name, empty or like another's; the commands use it from now on."""
        if connection.vendor == "sqlite":
            self.file = self.home / f"{name}.sqlite3"
            self.url = f"sqlite:///{self.file}"
            if like:
                shutil.copy(like.file, self.file)
            return
        with connection._nodb_cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {name}")
            cursor.execute(f"CREATE DATABASE {name}" + (f" TEMPLATE {like.name}" if like else ""))
        host = connection.settings_dict.get("HOST") or connection.settings_dict["OPTIONS"].get("host")
        self.url = f"postgres://forum@/{name}?{urlencode({'host': host})}"
        self.made = [*getattr(self, "made", []), name]

    @classmethod
    def built(cls, home: Path, code: str) -> tuple[Site, Any]:
        """A site made by lines of Python, all of it in its one file where it is one; and what their last line said."""
        site = cls(home)
        site.run("migrate", "--verbosity", "0")
        said = json.loads(site.python(code).splitlines()[-1])
        if connection.vendor == "sqlite":
            site.python("from django.db import connection as c; c.cursor().execute('PRAGMA wal_checkpoint(TRUNCATE)')")
        return site, said

    def close(self) -> None:
        if connection.vendor == "postgresql":
            with connection._nodb_cursor() as cursor:
                for name in self.made:
                    cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def environment(self, **more: str) -> dict[str, str]:
        return {
            **os.environ,
            "PYTHONPATH": f"{self.home}:{ROOT}",
            "DJANGO_SETTINGS_MODULE": "site_settings",
            "SITE_DATABASE": self.url,
            "SITE_TOMBSTONES": str(self.tombstones),
            "SITE_BACKUPS": str(self.backups),
            **more,
        }

    def run(self, *arguments: str, fails: bool = False, **more: Any) -> str:
        """Run a command of manage.py; returns what it said."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment(**more),
            capture_output=True,
            text=True,
            check=False,
        )
        assert bool(done.returncode) == fails, (arguments, done.stdout, done.stderr[-3000:])
        return done.stdout + done.stderr

    def python(self, code: str, *arguments: str, fails: bool = False) -> str:
        """Run lines of Python in the site; returns what they printed."""
        done = subprocess.run(
            [sys.executable, "-c", f"import django; django.setup()\n{code}", *arguments],
            cwd=ROOT,
            env=self.environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        assert bool(done.returncode) == fails, (done.stdout, done.stderr[-3000:])
        return done.stdout.strip()
