"""The site's own settings with secrets made up for one run, so that no test depends on a machine's `.env`."""

import os
import secrets
import tempfile

os.environ["ENV_FILE"] = os.devnull
# The processes of one run inherit the environment, so all of them share what the first one draws.
os.environ.setdefault("TESTS_SECRET", secrets.token_hex(32))
os.environ.update(
    SECRET_KEY=os.environ["TESTS_SECRET"] * 2,
    PEPPER=os.environ["TESTS_SECRET"],
    INTAKE_KEY=os.environ["TESTS_SECRET"][::-1],
    INTAKE_KEYS_BEFORE="",
    SITE_URL="http://localhost",
    CHEAP_PASSPHRASES="1",
    DEBUG="0",
    TRUST_PROXY="0",
    TOMBSTONES_DIR=f"{tempfile.gettempdir()}/forum-tombstones-{os.environ['TESTS_SECRET'][:8]}",
    DEMO_TABLE=f"{tempfile.gettempdir()}/forum-demo-{os.environ['TESTS_SECRET'][:8]}.txt",
    # Set by tests/postgres.py; anything else a shell may carry is not the tests' database.
    DATABASE_URL=os.environ.get("TESTS_DATABASE_URL", f"sqlite:///{tempfile.gettempdir()}/forum-unused.sqlite3"),
)

from forum.settings import *  # noqa: E402, F403
from forum.settings import DATABASES  # noqa: E402

if DATABASES["default"]["ENGINE"] == "forum.sqlite":
    # A file, not memory: the write-ahead log, the lock and several connections are what is to be tested.
    _run = os.environ["TESTS_SECRET"][:8]
    DATABASES["default"]["TEST"] = {"NAME": f"{tempfile.gettempdir()}/forum-tests-{_run}.sqlite3"}

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # not what is tested, and each sign-in pays for it

WHITENOISE_AUTOREFRESH = WHITENOISE_USE_FINDERS = True  # collected files are not there while testing
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
