"""One server of the site in a process group of its own, on a free port of this machine."""

from __future__ import annotations

import atexit
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from tests.postgres import _end_with_parent

ROOT = Path(__file__).resolve().parent.parent.parent
HOST = "127.0.0.1"
START_SECONDS = 60


class Server:
    """`python -m forum.serve` on a database; it can be killed without warning and started again on the same port."""

    def __init__(self, database_url: str, *, settings: str = "tests.served.settings", log: Path | None = None) -> None:
        """Choose a port; nothing is started yet."""
        self.port = free_port()
        self.log = log
        self.process: subprocess.Popen[bytes] | None = None
        self.environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": settings,
            "DATABASE_URL": database_url,
            "ENV_FILE": os.devnull,
            "PORT": str(self.port),
            "BIND": HOST,
            "SITE_URL": f"http://{HOST}:{self.port}",
            "DEBUG": "0",
        }
        atexit.register(self.kill)

    def __enter__(self) -> Server:
        self.start()
        return self

    def __exit__(self, *error: Any) -> None:
        self.kill()

    def start(self) -> None:
        """Start the server and wait until it answers."""
        deadline = time.monotonic() + START_SECONDS
        # While it was gone, a line of somebody else on this machine may have got its port for a moment.
        while not is_free(self.port) and time.monotonic() < deadline:
            time.sleep(0.05)
        with open(self.log or os.devnull, "ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "forum.serve"],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=_end_with_parent,
            )
        while not self.answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                said = self.log.read_text(errors="replace") if self.log else ""
                raise RuntimeError(f"The server did not start. {said[-2000:]}")
            time.sleep(0.05)

    def manage(self, *command: str) -> None:
        """Run a command of manage.py on the database of this server."""
        subprocess.run(
            [sys.executable, "manage.py", *command], cwd=ROOT, env=self.environment, check=True, capture_output=True
        )

    @property
    def address(self) -> str:
        """Where it is asked."""
        return f"http://{HOST}:{self.port}"

    def answers(self) -> bool:
        """Whether a request is answered at all."""
        try:
            with socket.create_connection((HOST, self.port), timeout=5) as line:
                line.sendall(b"HEAD /static/ HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
                return line.recv(9) == b"HTTP/1.1 "
        except OSError:
            return False

    def kill(self) -> None:
        """End the process group at once, without a chance to finish anything."""
        if self.process is None:
            return
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.process = None


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def is_free(port: int) -> bool:
    """Whether a server may take the port; asked as the server itself does."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def url_of(settings: dict[str, Any]) -> str:
    """Return the DATABASE_URL of a connection's settings, so that a server of its own reaches the same rows."""
    if settings["ENGINE"] == "forum.sqlite":
        return f"sqlite:///{settings['NAME']}"
    host = settings["HOST"] or settings["OPTIONS"]["host"]
    return f"postgres://{settings['USER']}@/{settings['NAME']}?{urlencode({'host': host})}"
