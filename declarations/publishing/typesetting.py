"""Sets an edition, a draft or a sheet with Typst: two lines come in, the PDF goes out; in a process of its own.

The first line is JSON and says what is set with which template; the second is what stands in it, handed to Typst as it
came: read here, it would be in memory three times over. In the web server's process Typst would keep its cache for
ever. Nothing is written to a disk on the way.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import typst

HERE = Path(__file__).resolve().parent
STANDARDS: list[typst.PDFStandard] = ["ua-1", "a-2a"]


def main() -> int:
    order = json.loads(sys.stdin.buffer.readline())
    name = order["name"]
    try:
        pdf = typst.compile(
            HERE / order["template"],
            root=HERE,
            font_paths=typst.Fonts(
                include_system_fonts=False, include_embedded_fonts=False, font_paths=[HERE / "fonts"]
            ),
            sys_inputs={name: sys.stdin.buffer.read().decode("utf-8")},
            # A sheet is printed and thrown away: no archive's standard for it.
            pdf_standards=[] if name == "sheet" else STANDARDS,
            timestamp=order["timestamp"],
        )
    except typst.TypstError as problem:
        print("\n".join((problem.message, *problem.hints)), file=sys.stderr)
        return 1
    sys.stdout.buffer.write(pdf)
    return 0


if __name__ == "__main__":
    sys.exit(main())
