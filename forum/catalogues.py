"""Compile the catalogues of the interface; `--check` says which is behind. Needs polib, not the gettext programs."""

import sys
from pathlib import Path

import polib

LOCALE = Path(__file__).resolve().parent / "locale"


def main() -> None:
    """Compile every catalogue, or check that this was done."""
    sources = sorted(LOCALE.glob("*/LC_MESSAGES/*.po"))
    if "--check" in sys.argv:
        if behind := [str(po.relative_to(LOCALE)) for po in sources if not compiled(po)]:
            sys.exit(f"Run `make messages`: the compiled catalogue is behind for {', '.join(behind)}.")
        return
    for po in sources:
        polib.pofile(str(po)).save_as_mofile(str(po.with_suffix(".mo")))


def compiled(po: Path) -> bool:
    """Whether the compiled catalogue says what its source says."""
    mo = po.with_suffix(".mo")
    return mo.exists() and mo.read_bytes() == polib.pofile(str(po)).to_binary()


if __name__ == "__main__":
    main()
