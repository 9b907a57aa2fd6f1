"""An accessible PDF (PDF/UA-1 and PDF/A-2a), set by Typst in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from .encoding import plain
from .labels import LABELS, language_name
from .reader import read
from .reading import Reading, blocks
from .snapshot import Snapshot

TYPESETTING = Path(__file__).resolve().parent / "typesetting.py"
PATIENCE = 60  # seconds; forty pages take less than one


class TypesettingFailed(RuntimeError):
    """Typst made no PDF; the message is its own."""


def render(snapshot: Snapshot, language: str) -> bytes:
    """Return the edition in one language as PDF; raises TypesettingFailed."""
    reading = read(snapshot, language)
    return typeset({"edition": as_data(reading), "timestamp": moment(reading)})


def render_beside(snapshot: Snapshot, language: str) -> bytes:
    """Return the authentic text and, beside it, another language as PDF; raises TypesettingFailed.

    A language that is written from the right stands on the right; else the authentic text stands on the left.
    """
    authentic = read(snapshot, snapshot.authentic[0])
    sides = [authentic, read(snapshot, language)]
    if authentic.label_direction == "rtl":
        sides.reverse()
    order = {
        "sides": [
            {**as_data(side), "not_yet": side.label("not_yet", wanted=language_name(language, side.label_language))}
            for side in sides
        ],
        "authentic": authentic.language,
        "authentic_side": sides.index(authentic),
        "titles": [side.title.text for side in (sides if sides[0] is authentic else sides[::-1])],
    }
    return typeset({"template": "beside.typ", "edition": order, "timestamp": moment(authentic)})


def moment(reading: Reading) -> int:
    """The midnight on which the file says that it was made: the day of its edition."""
    return int(datetime.fromisoformat(reading.published_on).replace(tzinfo=UTC).timestamp())


def as_data(reading: Reading) -> dict[str, Any]:
    """Return the reading as the template wants it: plain data, every text cut into paragraphs and lists."""
    year, month, day = (int(part) for part in reading.published_on.split("-"))
    return {
        **in_blocks(plain(reading)),
        "labels": LABELS[reading.label_language],
        "date": {"year": year, "month": month, "day": day},
    }


def in_blocks(value: Any) -> Any:
    """Add its blocks to every text; they are what the template draws."""
    if isinstance(value, list):
        return [in_blocks(item) for item in value]
    if isinstance(value, dict):
        cut = {"blocks": plain(blocks(value["text"]))} if "stands_in" in value else {}
        return {**{key: in_blocks(item) for key, item in value.items()}, **cut}
    return value


def typeset(order: dict[str, Any], *, patience: float = PATIENCE) -> bytes:
    """Return the PDF that Typst makes of the order, in an empty environment."""
    name = "sheet" if "sheet" in order else "edition"
    first = {"template": order.get("template", "edition.typ"), "name": name, "timestamp": order["timestamp"]}
    lines = (json.dumps(first), json.dumps(order[name], ensure_ascii=False))
    try:
        done = subprocess.run(
            [sys.executable, "-I", str(TYPESETTING)],
            input="\n".join(lines).encode("utf-8"),
            capture_output=True,
            timeout=patience,
            env={},
            check=False,
        )
    except subprocess.TimeoutExpired as problem:
        raise TypesettingFailed(f"Typst had not finished after {patience} seconds.") from problem
    if done.returncode != 0 or not done.stdout.startswith(b"%PDF-"):
        raise TypesettingFailed(done.stderr.decode("utf-8", "replace").strip() or "Typst stopped without a word.")
    return done.stdout
