"""nginx with the files of deploy/nginx, changed in nothing but paths, ports and the certificate."""

from __future__ import annotations

import subprocess
import time
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from types import TracebackType

from tests.postgres import _end_with_parent
from tests.served.server import HOST, free_port

SHIPPED = Path(__file__).resolve().parent.parent.parent / "deploy" / "nginx"
WHOLE = """load_module /usr/lib/nginx/modules/ngx_http_brotli_static_module.so;
daemon off; pid {home}/pid; error_log stderr; worker_processes {workers};
events {{}}
http {{ sendfile on; {places} include {home}/{server}.conf; }}
"""
PLACES = "".join(f"{name}_temp_path {{home}}/{name}; " for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))


class Nginx:
    """One nginx of a test, on a port of its own."""

    def __init__(self, home: Path, server: str, baked: Path, live_port: int = 0, workers: int = 1) -> None:
        """Write its files; `server` is the name of one of the shipped ones."""
        self.home, self.port = home, free_port()
        home.mkdir(parents=True, exist_ok=True)
        home.chmod(0o755)
        for name in ("baked", server):
            text = (SHIPPED / f"{name}.conf").read_text()
            for old, new in (
                ("/srv/forum/baked", str(baked)),
                ("/srv/forum/nginx", str(home)),
                ("listen 443 ssl http2;", f"listen {HOST}:{self.port};"),
                ("127.0.0.1:8000", f"{HOST}:{live_port}"),
                ("/var/log/nginx/forum.error.log crit", f"{home}/errors"),
                ("proxy_set_header Host $host;", "proxy_set_header Host $http_host;"),
            ):
                text = text.replace(old, new)
            lines = [line for line in text.splitlines() if "ssl_certificate" not in line]
            (home / f"{name}.conf").write_text("\n".join(lines))
        whole = WHOLE.format(home=home, server=server, workers=workers, places=PLACES.format(home=home))
        (home / "nginx.conf").write_text(whole)

    def __enter__(self) -> Nginx:
        # Nobody else may read a test's folder: its workers are who we are.
        settings = ["-g", "user root;"]
        self.process = subprocess.Popen(
            ["/usr/sbin/nginx", "-p", str(self.home), "-c", str(self.home / "nginx.conf"), *settings],
            preexec_fn=_end_with_parent,
        )
        until = time.monotonic() + 10
        while True:
            try:
                self.ask("/")
                return self
            except OSError:
                assert self.process.poll() is None and time.monotonic() < until, "nginx did not start"
                time.sleep(0.05)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.process.terminate()
        self.process.wait()

    def ask(self, path: str, **headers: str) -> tuple[HTTPResponse, bytes]:
        line = HTTPConnection(HOST, self.port, timeout=30)
        try:
            line.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
            answer = line.getresponse()
            return answer, answer.read()
        finally:
            line.close()
