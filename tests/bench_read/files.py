"""The baked site behind WhiteNoise alone, for the same server as the living one."""

import os
from collections.abc import Iterable
from typing import Any

from whitenoise import WhiteNoise


def nothing(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    start_response("404 Not Found", [("Content-Length", "0")])
    return []


application = WhiteNoise(nothing, root=os.environ["BAKED"], index_file=True, max_age=0)
