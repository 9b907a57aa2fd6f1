"""Tidy and compile the catalogues of the interface; `--check` says which is behind. Needs polib, not gettext."""

import sys
from pathlib import Path

import polib

LOCALE = Path(__file__).resolve().parent / "locale"
WIDTH = 120


def main() -> None:
    """Tidy and compile every catalogue, or check that this was done."""
    sources = sorted(LOCALE.glob("*/LC_MESSAGES/*.po"))
    if "--check" in sys.argv:
        if behind := [str(po.relative_to(LOCALE)) for po in sources if not compiled(po)]:
            sys.exit(f"Run `make messages`: the compiled catalogue is behind for {', '.join(behind)}.")
        return
    for po in sources:
        catalogue = tidy(polib.pofile(str(po), wrapwidth=WIDTH))
        catalogue.save()
        catalogue.save_as_mofile(str(po.with_suffix(".mo")))
        print(f"{po.parts[-3]}: {len(catalogue.untranslated_entries())} of {len(catalogue)} still without words")


def tidy(catalogue: polib.POFile) -> polib.POFile:
    """Drop what changes at every collecting, and the guesses: a wrong word is worse than the English one."""
    catalogue.metadata.pop("POT-Creation-Date", None)
    for entry in catalogue.fuzzy_entries():
        entry.flags.remove("fuzzy")
        entry.msgstr = ""
        entry.msgstr_plural = dict.fromkeys(entry.msgstr_plural, "")
        entry.previous_msgctxt = entry.previous_msgid = entry.previous_msgid_plural = None
    return catalogue


def compiled(po: Path) -> bool:
    """Whether the compiled catalogue says what its source says."""
    mo = po.with_suffix(".mo")
    return mo.exists() and mo.read_bytes() == polib.pofile(str(po)).to_binary()


if __name__ == "__main__":
    main()
