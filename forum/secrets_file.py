"""Write a `.env` with fresh secrets, once. Needs Python alone, so it runs before anything is installed."""

import os
import secrets
import sys
from pathlib import Path

TEMPLATE = """\
# Made for this machine alone. Keep a copy where the database's copies are not; docs/operating.md says what the loss of
# each costs. Every other variable is described in .env.example.
SECRET_KEY={secret_key}
PEPPER={pepper}
INTAKE_KEY={intake_key}
"""


def write(path: Path) -> bool:
    """Write the file, readable by its owner alone, and say whether it was missing."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return False
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(
            TEMPLATE.format(
                secret_key=secrets.token_urlsafe(64), pepper=secrets.token_hex(32), intake_key=secrets.token_hex(32)
            )
        )
    return True


if __name__ == "__main__":
    target = Path(sys.argv[1] if len(sys.argv) > 1 else ".env")
    print(f"Fresh secrets were written to {target}." if write(target) else f"{target} is there already; it was kept.")
