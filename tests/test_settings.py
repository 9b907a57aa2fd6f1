"""The site starts safe or not at all."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from forum import secrets_file

ROOT = Path(__file__).resolve().parent.parent
SHOWN = ["DEBUG", "HTTPS", "ALLOWED_HOSTS", "SESSION_COOKIE_SECURE", "SECURE_SSL_REDIRECT", "SECURE_HSTS_SECONDS"]
SAFE = {"SECRET_KEY": "s" * 64, "PEPPER": "ab" * 32, "INTAKE_KEY": "cd" * 32, "SITE_URL": "https://forum.example.org"}


def start(**environment):
    """Read the settings in a process of their own, print some of them, and return what was said and how it ended."""
    code = f"from django.conf import settings as s; print({{n: getattr(s, n) for n in {SHOWN} if hasattr(s, n)}})"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={
            "PATH": os.environ["PATH"],
            "ENV_FILE": os.devnull,
            "DJANGO_SETTINGS_MODULE": "forum.settings",
            **{name: value for name, value in environment.items() if value is not None},
        },
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode == 0, done.stdout + done.stderr.strip().rpartition("\n")[2]


@pytest.mark.parametrize("name", ["SECRET_KEY", "PEPPER", "INTAKE_KEY"])
def test_no_secret_has_a_default(name):
    started, said = start(**{**SAFE, name: None})
    assert not started
    assert f"{name} is missing" in said
    assert "forum.secrets_file" in said


@pytest.mark.parametrize("name", ["PEPPER", "INTAKE_KEY"])
@pytest.mark.parametrize("value", ["short", "ab" * 31, "zz" * 32])
def test_a_key_is_thirty_two_bytes_in_hexadecimal(name, value):
    started, said = start(**{**SAFE, name: value})
    assert not started
    assert f"{name} must be 64 hexadecimal digits" in said
    assert value not in said


@pytest.mark.parametrize(
    "url", ["http://forum.example.org", "http://192.168.1.5:8000", "http://0.0.0.0", "ftp://x", "x"]
)
def test_http_is_for_this_machine_alone(url):
    started, said = start(**{**SAFE, "SITE_URL": url})
    assert not started
    assert "SITE_URL" in said


@pytest.mark.parametrize("url", ["http://127.0.0.1:8000", "http://localhost", "http://[::1]:8000/"])
def test_http_starts_on_this_machine(url):
    started, said = start(**{**SAFE, "SITE_URL": url})
    assert started, said
    assert "'HTTPS': False" in said
    assert "'SESSION_COOKIE_SECURE': False" in said


def test_https_turns_every_protection_on():
    started, said = start(**SAFE)
    assert started, said
    for expected in (
        "'DEBUG': False",
        "'ALLOWED_HOSTS': ['forum.example.org']",
        "'SESSION_COOKIE_SECURE': True",
        "'SECURE_SSL_REDIRECT': True",
        "'SECURE_HSTS_SECONDS': 31536000",
    ):
        assert expected in said


@pytest.mark.parametrize("name", ["DEBUG", "CHEAP_PASSPHRASES"])
def test_what_weakens_the_site_is_refused_away_from_this_machine(name):
    started, said = start(**{**SAFE, name: "1"})
    assert not started
    assert name in said
    assert start(**{**SAFE, name: "1", "SITE_URL": "http://localhost"})[0]


def test_another_database_is_refused():
    started, said = start(**{**SAFE, "DATABASE_URL": "mysql://root@localhost/forum"})
    assert not started
    assert "DATABASE_URL" in said


def test_fresh_secrets_are_written_once_for_their_owner_alone(tmp_path):
    path = tmp_path / ".env"
    assert secrets_file.write(path)
    assert path.stat().st_mode & 0o777 == 0o600
    before = path.read_text()
    assert not secrets_file.write(path)
    assert path.read_text() == before
    started, said = start(ENV_FILE=str(path))
    assert started, said
