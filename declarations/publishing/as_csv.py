"""The clauses as a table in plain text (RFC 4180), with the mark by which spreadsheets know UTF-8."""

from __future__ import annotations

import csv
import io

from .snapshot import Snapshot
from .tables import rows


def render(snapshot: Snapshot, language: str) -> bytes:
    """Return the clauses of the edition in one language as CSV."""
    out = io.StringIO(newline="")
    csv.writer(out).writerows(rows(snapshot, language))
    return out.getvalue().encode("utf-8-sig")
